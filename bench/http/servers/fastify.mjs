import cookie from '@fastify/cookie'
import fastify from 'fastify'
import {
  helloReply,
  itemReply,
  manyPath,
  orderSchema,
  placed,
  placedReply,
  products,
  productsReply,
  resources,
  sessions,
  userReply,
} from '../data.mjs'
import { built, host, port, ready } from './serve.mjs'

const app = fastify()

built({
  hello() {
    app.get('/hello', { schema: { response: { 200: helloReply } } }, async () => ({ message: 'Hello, World!' }))
  },
  params() {
    for (const name of resources) {
      app.get(`/api/${name}/:id/items/:item`, { schema: { response: { 200: itemReply } } }, async ({ params }) => ({
        id: params.id,
        item: params.item,
      }))
    }
  },
  post() {
    app.post('/orders', { schema: { body: orderSchema, response: { 201: placedReply } } }, async ({ body }, reply) => {
      reply.code(201)
      return placed(body)
    })
  },
  list() {
    app.get('/products', { schema: { response: { 200: productsReply } } }, async () => products)
  },
  guarded() {
    app.register(cookie)
    app.decorateRequest('user', null)
    const signedIn = async (request, reply) => {
      const user = sessions.get(request.cookies.session)
      if (user === undefined) return reply.code(401).send({ error: 'not signed in' })
      request.user = user
    }
    app.register(async (inner) => {
      inner.addHook('onRequest', signedIn)
      inner.get('/me', { schema: { response: { 200: userReply } } }, async ({ user }) => user)
    })
  },
  routes(count) {
    for (let n = 0; n < count; n++) app.get(manyPath(n), async ({ params }) => ({ route: n, id: params.id }))
  },
})

await app.listen({ port, host })
ready()
