import { app } from 'plinth'

export default app()
  .get('/', () => 'Hello, world')
  .get('/hello/:name', ({ params }) => ({ message: `Hello ${params.name}` }))
