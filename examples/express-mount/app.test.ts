import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { makeServer } from './server.ts'

let made: Awaited<ReturnType<typeof makeServer>>
let url: string
beforeAll(async () => {
  made = await makeServer('test')
  made.server.listen(0, '127.0.0.1')
  await once(made.server, 'listening')
  url = `http://127.0.0.1:${(made.server.address() as AddressInfo).port}`
})
afterAll(() => made.close())

const post = (path: string, body: object): Promise<Response> =>
  fetch(`${url}${path}`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) })

test('what moved is answered by Plinth, with the headers of Express', async () => {
  const answer = await post('/api/quotes', { sku: 'book-7', copies: 3 })
  expect([answer.status, answer.headers.get('x-served-by')]).toEqual([201, 'express'])
  expect(await answer.json()).toEqual({ sku: 'book-7', copies: 3, total: '37.50' })
})

test('its contract is enforced there as anywhere', async () => {
  const answer = await post('/api/quotes', { sku: 'Book', copies: 0 })
  expect([answer.status, answer.headers.get('content-type')]).toEqual([422, expect.stringContaining('application/problem+json')])
  const { issues } = (await answer.json()) as { readonly issues: readonly { readonly pointer: string }[] }
  expect(issues.map((it) => it.pointer)).toEqual(['/sku', '/copies'])
  expect((await fetch(`${url}/api/quotes`)).status).toBe(405)
})

test('what has not moved is answered by Express, below the same prefix too', async () => {
  expect(await (await fetch(url)).text()).toBe('The old pages')
  expect(await (await fetch(`${url}/api/legacy`)).json()).toEqual({ moved: false })
  expect(await (await post('/echo', { read: 'by express.json()' })).json()).toEqual({ read: 'by express.json()' })
  expect((await fetch(`${url}/api/nowhere`)).status).toBe(404)
})

test('the API documents itself below the prefix', async () => {
  expect((await fetch(`${url}/api/docs`)).status).toBe(200)
  const document = (await (await fetch(`${url}/api/openapi.json`)).json()) as { readonly paths: object }
  expect(Object.keys(document.paths)).toContain('/quotes')
})
