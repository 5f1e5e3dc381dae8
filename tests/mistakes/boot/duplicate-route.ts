// Mistake: two routes for the same method and path.
import { app } from 'plinth'

export default app()
  .get('/users/:id', () => ({ first: true }))
  .get('/users/:name', () => ({ second: true })) // <- here
