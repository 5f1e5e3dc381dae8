import { createClient } from 'plinth/client'
import { testApp } from 'plinth/testing'
import { describe, expect, test } from 'vitest'
import application from './app.ts'
import { Sales } from './sales.ts'
import { Settings } from './settings.ts'
import { Shelf } from './shelf.ts'

const settings = Settings.with({ shopName: 'Fish & Books', cookieSecret: 'x'.repeat(32), staffToken: 'token-of-staff' })
const shop = () => testApp(application, { replace: [settings] })
const book = { title: 'Orlando', price: '12.50', copies: 2 }

test('staff put books on the shelf, everybody finds them, and nobody sees how many there are', async () => {
  await using api = await shop()
  const staff = api.as({ name: 'Sam', role: 'staff' })
  const added = await staff.post('/v2/books', { body: book })
  expect(added).toMatchObject({ status: 201, data: { id: 1, title: 'Orlando', price: '12.50' } })

  const found = await api.get('/v2/books', { query: { search: 'orl' } })
  expect(found.data).toEqual([{ id: 1, title: 'Orlando', price: '12.50', addedAt: expect.stringMatching(/Z$/) }])
})

test('an older version answers in its own shape and says until when', async () => {
  await using api = await shop()
  api.app.use(Shelf).add(book)
  const answer = await api.get('/v1/books/:id', { params: { id: 1 } })
  expect(answer).toMatchObject({ status: 200, data: { title: 'Orlando', price: 12.5 } })
  expect(answer.headers.get('deprecation')).toMatch(/^@\d+$/)
  expect(answer.headers.get('sunset')).toMatch(/GMT$/)
})

test('every mistake in a book is told at once', async () => {
  await using api = await shop()
  const answer = await api.as({ name: 'Sam', role: 'staff' }).fetch('/v2/books', {
    method: 'POST',
    body: '{"title":"","price":1,"copies":-1}',
    headers: { 'content-type': 'application/json' },
  })
  expect(answer.status).toBe(422)
  const { issues } = (await answer.json()) as { issues: { pointer: string }[] }
  expect(issues.map((it) => it.pointer)).toEqual(['/title', '/price', '/copies'])
})

describe('who may what', () => {
  test('strangers look but do not buy', async () => {
    await using api = await shop()
    expect((await api.get('/v2/books')).status).toBe(200)
    expect(await api.post('/orders', { body: { bookId: 1, copies: 1 } })).toMatchObject({ status: 401, problem: { code: 'not-signed-in' } })
  })

  test('customers buy but do not put books on the shelf', async () => {
    await using api = await shop()
    const ada = api.as({ name: 'Ada', role: 'customer' })
    expect((await ada.post('/v2/books', { body: book })).status).toBe(403)
  })

  test('a signed cookie makes a customer, a forged one does not', async () => {
    await using api = await shop()
    api.app.use(Shelf).add(book)
    const signedIn = await api.post('/session', { body: { name: 'Ada' } })
    const [cookie = ''] = signedIn.headers.getSetCookie()
    expect(cookie).toMatch(/^customer=Ada\..+; Path=\/; Max-Age=86400; HttpOnly; Secure; SameSite=Lax$/)

    const order = (value: string) =>
      api.fetch('/orders', {
        method: 'POST',
        body: '{"bookId":1,"copies":1}',
        headers: { 'content-type': 'application/json', cookie: value, origin: 'http://test.local' },
      })
    expect((await order(cookie.split(';')[0] as string)).status).toBe(201)
    expect((await order(cookie.split(';')[0]?.replace('Ada', 'Eve') as string)).status).toBe(401)
  })
})

test('what is sold out is a conflict that says how much is left', async () => {
  await using api = await shop()
  api.app.use(Shelf).add(book)
  const ada = api.as({ name: 'Ada', role: 'customer' })
  expect(await ada.post('/orders', { body: { bookId: 1, copies: 3 } })).toMatchObject({
    status: 409,
    problem: { code: 'sold-out', left: 2 },
  })
  expect(await ada.post('/orders', { body: { bookId: 7, copies: 1 } })).toMatchObject({
    status: 404,
    problem: { code: 'unknown-book', id: 7 },
  })
})

test('staff see sales as they happen', async () => {
  await using api = await shop()
  api.app.use(Shelf).add(book)
  const answer = await api.as({ name: 'Sam', role: 'staff' }).get('/sales')
  if (answer.status !== 200) throw new Error('no events')
  const events = answer.data[Symbol.asyncIterator]()
  const first = events.next()
  await api.as({ name: 'Ada', role: 'customer' }).post('/orders', { body: { bookId: 1, copies: 2 } })
  expect(await first).toEqual({ done: false, value: { title: 'Orlando', copies: 2, buyer: 'Ada' } })
  await events.return?.()
})

test('a cover comes back as it was sent, and nothing but a picture does', async () => {
  await using api = await shop()
  api.app.use(Shelf).add(book)
  const staff = api.as({ name: 'Sam', role: 'staff' })
  const cover = new Blob(['not really a picture'], { type: 'image/png' })
  expect((await staff.put('/v2/books/:id/cover', { params: { id: 1 }, body: { cover } })).status).toBe(204)
  const back = await api.fetch('/v2/books/1/cover')
  expect([back.headers.get('content-type'), await back.text()]).toEqual(['image/png', 'not really a picture'])

  const text = new Blob(['text'], { type: 'text/plain' })
  expect((await staff.put('/v2/books/:id/cover', { params: { id: 1 }, body: { cover: text } })).status).toBe(422)
})

test('a fake service shows what a handler tells it', async () => {
  const told: string[] = []
  const fake = { tell: (sale: { title: string }) => void told.push(sale.title), async *listen() {} }
  await using api = await testApp(application, { replace: [settings, Sales.with(fake)] })
  api.app.use(Shelf).add(book)
  await api.as({ name: 'Ada', role: 'customer' }).post('/orders', { body: { bookId: 1, copies: 1 } })
  expect(told).toEqual(['Orlando'])
})

test('over HTTP: the page escapes, the client is typed, the time is told', async () => {
  await using running = await application.listen(0, { mode: 'test', replace: [settings] })
  const page = await fetch(running.url)
  expect(await page.text()).toContain('<h1>Fish &amp; Books</h1>')
  expect(page.headers.get('server-timing')).toMatch(/^app;dur=/)

  const client = createClient<typeof application>(running.url, { headers: { authorization: 'Bearer token-of-staff' } })
  const { id, price } = await client.post('/v2/books', { body: book })
  expect(price).toBe('12.50')
  const sold = await client.try.post('/orders', { body: { bookId: id, copies: 9 } })
  expect(sold.status === 409 && sold.problem.left).toBe(2)
})
