// Mistake: a path that does not begin with a slash.
import { app } from 'plinth'

export default app().get('users', () => ({ ok: true })) // <- here
