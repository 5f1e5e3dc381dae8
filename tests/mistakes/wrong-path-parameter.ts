// Mistake: reading a path parameter under another name than the template gives it.
import { app } from 'plinth'

export default app().get('/teams/:team', ({ params }) => ({
  team: params.id, // <- here
}))
