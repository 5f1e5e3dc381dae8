import { Ajv } from 'ajv'
import cookieParser from 'cookie-parser'
import express from 'express'
import { manyPath, orderSchema, placed, products, resources, sessions } from '../data.mjs'
import { built, host, port, ready } from './serve.mjs'

const app = express()

built({
  hello() {
    app.get('/hello', (_request, response) => response.json({ message: 'Hello, World!' }))
  },
  params() {
    for (const name of resources)
      app.get(`/api/${name}/:id/items/:item`, ({ params }, response) => response.json({ id: params.id, item: params.item }))
  },
  post() {
    const check = new Ajv().compile(orderSchema)
    app.use(express.json())
    const validated = ({ body }, response, next) => (check(body) ? next() : response.status(400).json({ errors: check.errors }))
    app.post('/orders', validated, ({ body }, response) => response.status(201).json(placed(body)))
  },
  list() {
    app.get('/products', (_request, response) => response.json(products))
  },
  guarded() {
    app.use(cookieParser())
    const signedIn = (request, response, next) => {
      const user = sessions.get(request.cookies.session)
      if (user === undefined) return response.status(401).json({ error: 'not signed in' })
      request.user = user
      next()
    }
    app.get('/me', signedIn, ({ user }, response) => response.json(user))
  },
  routes(count) {
    for (let n = 0; n < count; n++) app.get(manyPath(n), ({ params }, response) => response.json({ route: n, id: params.id }))
  },
})

app.listen(port, host, ready)
