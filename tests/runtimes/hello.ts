// What a user deploys: no line of it is about a platform.
import { app, t } from 'plinth'

export default app()
  .get('/', () => 'Hello, world')
  .get('/hello/:name', ({ params }) => ({ message: `Hello ${params.name}` }))
  .post('/sum', { body: t.Object({ numbers: t.Array(t.Number()) }), reply: { 200: t.Object({ sum: t.Number() }) } }, ({ body }) => ({
    sum: body.numbers.reduce((sum, it) => sum + it, 0),
  }))
