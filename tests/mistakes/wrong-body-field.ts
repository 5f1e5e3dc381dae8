// Mistake: reading a field of the body that its schema does not have.
import { app } from 'plinth'
import { Signup } from './register.ts'

export default app().post('/users', { body: Signup }, ({ body }) => ({
  mail: body.mail, // <- here
}))
