import { testApp, type TestClient } from 'plinth/testing'
import { afterAll, beforeAll, expect, test } from 'vitest'
import application from './app.ts'
import seed from './seed.ts'

// A PostgreSQL in memory, made by the migrations and gone afterwards. One for the whole file: it takes a moment to begin.
let api: TestClient<typeof application>

beforeAll(async () => {
  api = await testApp(application)
  await seed(api.app)
}, 60_000)
afterAll(() => api.close())

const as = (name: 'ada' | 'bob') => ({ authorization: `Bearer ${name}-token` })

async function titles(headers: Record<string, string> = {}): Promise<string[]> {
  const answer = await api.fetch('/rest/notes?select=title&order=id', { headers })
  expect(answer.status).toBe(200)
  return ((await answer.json()) as { title: string }[]).map((it) => it.title)
}

function write(method: string, path: string, body: object, headers: Record<string, string> = {}): Promise<Response> {
  return api.fetch(path, {
    method,
    body: JSON.stringify(body),
    headers: { 'content-type': 'application/json', prefer: 'return=representation', ...headers },
  })
}

test('everybody reads what is shared, and otherwise only what is their own', async () => {
  expect(await titles()).toEqual(['For everybody'])
  expect(await titles(as('ada'))).toEqual(['For everybody', 'For Ada alone'])
  expect(await titles(as('bob'))).toEqual(['For everybody', 'For Bob alone'])
})

test('who is signed in keeps notes, which nobody else can change', async () => {
  const made = await write('POST', '/rest/notes', { title: 'Draft' }, as('ada'))
  expect(made.status).toBe(201)
  const [note] = (await made.json()) as { id: number; ownerId: number }[]
  expect(note).toMatchObject({ ownerId: 1, title: 'Draft', shared: false })

  const path = `/rest/notes/${note?.id}`
  expect((await write('PATCH', path, { title: 'Mine now' }, as('bob'))).status).toBe(404)
  expect(await (await write('PATCH', path, { title: 'Done' }, as('ada'))).json()).toMatchObject({ title: 'Done' })
  expect((await api.fetch(path, { method: 'DELETE', headers: as('ada') })).ok).toBe(true)
  expect(await titles(as('ada'))).not.toContain('Done')
})

test('strangers write nothing, and nobody writes in the name of another', async () => {
  expect((await write('POST', '/rest/notes', { title: 'Who am I?' })).status).toBe(401)
  expect((await write('POST', '/rest/notes', { title: 'By Bob?', ownerId: 2 }, as('ada'))).status).toBe(400)
})

test('hashes of tokens are read by nobody', async () => {
  const answer = await api.fetch('/rest/users?select=tokenHash', { headers: as('ada') })
  expect(answer.status).toBe(400)
})

test('a token says who is asking; an unknown one says nothing', async () => {
  expect(await (await api.fetch('/me', { headers: as('bob') })).json()).toEqual({ id: 2, name: 'Bob' })
  expect((await api.fetch('/me', { headers: { authorization: 'Bearer guessed' } })).status).toBe(401)
  expect(await api.as({ id: 1, name: 'Ada' }).get('/me')).toMatchObject({ ok: true, data: { id: 1 } })
})
