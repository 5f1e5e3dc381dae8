// Mistake: a problem without a parameter that its catalogue asks for.
import { app, problem } from 'plinth'

export default app().get('/', () => {
  throw problem('email-taken', { address: 'a@example.com' }) // <- here
})
