// Mistake: reading who is asking on a route where nobody need be signed in.
import { app } from 'plinth'

export default app().get('/me', ({ user }) => ({ id: user.id })) // <- here
