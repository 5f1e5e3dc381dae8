import fastify from 'fastify'

const app = fastify()
const reply = { type: 'object', properties: { message: { type: 'string' } }, required: ['message'] }
app.get('/hello', { schema: { response: { 200: reply } } }, async () => ({ message: 'Hello, World!' }))
await app.listen({ port: Number(process.env.PORT), host: '127.0.0.1' })
