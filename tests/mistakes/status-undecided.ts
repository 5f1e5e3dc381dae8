// Mistake: a bare value where two statuses could be meant.
import { app } from 'plinth'
import { User } from './register.ts'

export default app().put('/me', { reply: { 200: User, 201: User } }, () => ({ id: 1, email: 'a@example.com' })) // <- here
