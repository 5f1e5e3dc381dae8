import { serve } from '@hono/node-server'
import { zValidator } from '@hono/zod-validator'
import { Hono } from 'hono'
import { getCookie } from 'hono/cookie'
import { createMiddleware } from 'hono/factory'
import { z } from 'zod'
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

const app = new Hono()

const text = (max, pattern) => (pattern ? z.string().min(1).max(max).regex(new RegExp(pattern)) : z.string().min(1).max(max))

built({
  hello() {
    app.get('/hello', (c) => c.json({ message: 'Hello, World!' }))
  },
  params() {
    for (const name of resources)
      app.get(`/api/${name}/:id/items/:item`, (c) => c.json({ id: c.req.param('id'), item: c.req.param('item') }))
  },
  post() {
    const order = z.object({
      customer: z.object({
        name: text(100),
        email: text(200, emailPattern),
        phone: text(30),
        address: z.object({ street: text(200), city: text(100), postcode: text(10, postcodePattern), country: text(3, codePattern) }),
      }),
      items: z
        .array(
          z.object({
            sku: text(10, skuPattern),
            title: text(200),
            quantity: z.int().min(1).max(1000),
            price: z.number().min(0),
            options: z.object({ colour: text(40), size: text(40) }),
          }),
        )
        .min(1)
        .max(100),
      payment: z.object({ method: z.enum(methods), currency: text(3, codePattern), reference: text(60) }),
      notes: text(500),
      giftWrap: z.boolean(),
    })
    app.post('/orders', zValidator('json', order), (c) => c.json(placed(c.req.valid('json')), 201))
  },
  list() {
    app.get('/products', (c) => c.json(products))
  },
  guarded() {
    const signedIn = createMiddleware(async (c, next) => {
      const user = sessions.get(getCookie(c, 'session'))
      if (user === undefined) return c.json({ error: 'not signed in' }, 401)
      c.set('user', user)
      await next()
    })
    app.use('/me', signedIn)
    app.get('/me', (c) => c.json(c.get('user')))
  },
  routes(count) {
    for (let n = 0; n < count; n++) app.get(manyPath(n), (c) => c.json({ route: n, id: c.req.param('id') }))
  },
})

serve({ fetch: app.fetch, port, hostname: host }, ready)
