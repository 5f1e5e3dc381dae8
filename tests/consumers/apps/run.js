// What was installed answers, under plain Node, from the file that TypeScript emitted.
import assert from 'node:assert/strict'
import { createClient } from '@plinth/client'
import application from './out/app.js'

const ask = (path, init) => application.fetch(new Request(`http://localhost${path}`, init))
const json = (value) => ({ method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(value) })

assert.equal(await (await ask('/')).text(), 'Hello, world')
assert.deepEqual(await (await ask('/hello/Ada')).json(), { message: 'Hello Ada' })
assert.equal((await ask('/users', json({ email: 'a@example.com' }))).status, 201)
assert.equal((await ask('/users', json({ email: 'taken@example.com' }))).status, 409)
assert.equal((await ask('/users', json({ age: -1 }))).status, 422)
assert.equal((await ask('/me')).status, 401)
assert.deepEqual(await (await ask('/billing/invoices', json({ total: '3' }))).json(), { total: 3, tenant: 'acme' })
assert.equal((await ask('/nowhere')).status, 404)

const client = createClient('http://localhost', { fetch: (request) => application.fetch(request) })
assert.deepEqual(await client.get('/hello/:name', { params: { name: 'Ada' } }), { message: 'Hello Ada' })
assert.equal((await client.from('posts').select()).status, 404)
