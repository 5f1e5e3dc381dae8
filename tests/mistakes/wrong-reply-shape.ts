// Mistake: a field of the answer has another type than the reply schema says.
import { app } from 'plinth'
import { User } from './register.ts'

export default app().get('/me', { reply: { 200: User } }, () => ({ id: '1', email: 'a@example.com' })) // <- here
