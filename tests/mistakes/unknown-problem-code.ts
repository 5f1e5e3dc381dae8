// Mistake: a problem whose code is in no catalogue.
import { app, problem } from 'plinth'

export default app().get('/', () => {
  throw problem('email-token') // <- here
})
