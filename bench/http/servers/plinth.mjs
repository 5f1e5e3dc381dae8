import { app, guard, identify, refuse, reply, t } from 'plinth'
import {
  codePattern,
  emailPattern,
  manyPath,
  methods,
  placed,
  postcodePattern,
  products,
  resources,
  sessions,
  skuPattern,
} from '../data.mjs'
import { built, host, port, ready } from './serve.mjs'

const api = app()
// What `listen` uses unless told otherwise, or what the command line names.
const transport = process.argv[3]

const text = (maxLength, pattern) => t.String({ minLength: 1, maxLength, ...(pattern && { pattern }) })

built({
  hello() {
    api.get('/hello', { reply: { 200: t.Object({ message: t.String() }) } }, () => ({ message: 'Hello, World!' }))
  },
  params() {
    for (const name of resources) {
      api.get(`/api/${name}/:id/items/:item`, { reply: { 200: t.Object({ id: t.String(), item: t.String() }) } }, ({ params }) => ({
        id: params.id,
        item: params.item,
      }))
    }
  },
  post() {
    const Order = t.Object({
      customer: t.Object({
        name: text(100),
        email: text(200, emailPattern),
        phone: text(30),
        address: t.Object({ street: text(200), city: text(100), postcode: text(10, postcodePattern), country: text(3, codePattern) }),
      }),
      items: t.Array(
        t.Object({
          sku: text(10, skuPattern),
          title: text(200),
          quantity: t.Integer({ minimum: 1, maximum: 1000 }),
          price: t.Number({ minimum: 0 }),
          options: t.Object({ colour: text(40), size: text(40) }),
        }),
        { minItems: 1, maxItems: 100 },
      ),
      payment: t.Object({ method: t.Union(methods.map((one) => t.Literal(one))), currency: text(3, codePattern), reference: text(60) }),
      notes: text(500),
      giftWrap: t.Boolean(),
    })
    const Placed = t.Object({ id: t.Integer(), items: t.Integer(), total: t.Number() })
    api.post('/orders', { body: Order, reply: { 201: Placed } }, ({ body }) => reply(201, placed(body)))
  },
  list() {
    const Product = t.Object({
      id: t.Integer(),
      sku: t.String(),
      title: t.String(),
      description: t.String(),
      price: t.Number(),
      stock: t.Integer(),
      active: t.Boolean(),
      tags: t.Array(t.String()),
    })
    api.get('/products', { reply: { 200: t.Array(Product) } }, () => products)
  },
  guarded() {
    const signedIn = guard((ctx) => ctx.user ?? refuse('not-signed-in'))
    api
      .identify(identify(({ cookies }) => sessions.get(cookies.session)))
      .guard(signedIn)
      .get('/me', { reply: { 200: t.Object({ id: t.Integer(), email: t.String(), role: t.String() }) } }, ({ user }) => user)
  },
  routes(count) {
    for (let n = 0; n < count; n++) api.get(manyPath(n), ({ params }) => ({ route: n, id: params.id }))
  },
})

await api.listen({ port, hostname: host, ...(transport && { transport }) })
ready()
