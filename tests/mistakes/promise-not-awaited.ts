// Mistake: using a field of an asynchronous service method without awaiting it.
import { app } from 'plinth'
import { User, Users } from './register.ts'

export default app().get('/first', { reply: { 200: User } }, ({ use }) => {
  const user = use(Users).find(1)
  return { id: 1, email: user.email } // <- here
})
