// Mistake: answering with a status that the contract does not declare.
import { app } from 'plinth'
import { Signup, User } from './register.ts'

export default app().post('/users', { body: Signup, reply: { 201: User } }, ({ body, reply }) => {
  return reply(200, { id: 1, email: body.email }) // <- here
})
