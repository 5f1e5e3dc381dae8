// Mistake: the answer lacks a field that the reply schema has.
import { app } from 'plinth'
import { Signup, User } from './register.ts'

export default app().post('/users', { body: Signup, reply: { 201: User } }, ({ reply }) => {
  return reply(201, { id: 1 }) // <- here
})
