import { app, t } from 'plinth'

await app()
  .get('/hello', { reply: { 200: t.Object({ message: t.String() }) } }, () => ({ message: 'Hello, World!' }))
  .listen({ port: Number(process.env.PORT), hostname: '127.0.0.1' })
