import { Elysia, t } from 'elysia'
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

const app = new Elysia()

const text = (maxLength, pattern) => t.String({ minLength: 1, maxLength, ...(pattern && { pattern }) })

built({
  hello() {
    app.get('/hello', () => ({ message: 'Hello, World!' }), { response: t.Object({ message: t.String() }) })
  },
  params() {
    const Item = t.Object({ id: t.String(), item: t.String() })
    for (const name of resources)
      app.get(`/api/${name}/:id/items/:item`, ({ params }) => ({ id: params.id, item: params.item }), { response: Item })
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
    app.post('/orders', ({ body, status }) => status(201, placed(body)), { body: Order, response: { 201: Placed } })
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
    app.get('/products', () => products, { response: t.Array(Product) })
  },
  guarded() {
    app
      .resolve(({ cookie, status }) => {
        const user = sessions.get(cookie.session?.value)
        return user === undefined ? status(401, { error: 'not signed in' }) : { user }
      })
      .get('/me', ({ user }) => user, { response: { 200: t.Object({ id: t.Integer(), email: t.String(), role: t.String() }) } })
  },
  routes(count) {
    for (let n = 0; n < count; n++) app.get(manyPath(n), ({ params }) => ({ route: n, id: params.id }))
  },
})

app.listen({ port, hostname: host }, ready)
