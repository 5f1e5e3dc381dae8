import { testApp, type TestClient } from 'plinth/testing'
import { afterAll, beforeAll, expect, test } from 'vitest'
import application from './app.ts'
import seed from './seed.ts'

let api: TestClient<typeof application>
beforeAll(async () => {
  api = await testApp(application)
  await seed(api.app)
})
afterAll(() => api.close())

const account = { email: 'amara.osei@conduit.example', username: 'amara.osei', bio: null, image: null }
const as = (id: number): TestClient<typeof application> => api.as({ ...account, id })
async function ask(who: TestClient<typeof application>, path: string, method = 'GET', body?: object) {
  const headers = { 'content-type': 'application/json', prefer: 'return=representation' }
  const answer = await who.fetch(`/rest${path}`, { method, headers, ...(body && { body: JSON.stringify(body) }) })
  const text = await answer.text()
  return { status: answer.status, data: text === '' ? undefined : (JSON.parse(text) as unknown) }
}

interface Document {
  readonly paths: {
    readonly [path: string]: {
      readonly [method: string]: {
        readonly security: unknown
        readonly responses: { readonly [status: string]: { readonly content: unknown } }
      }
    }
  }
}

test('tables are read with what belongs to them', async () => {
  const { data } = await ask(api, '/articles?select=title,author(username),comments(body)&slug=eq.a-checklist-for-sourdough-bread')
  expect(data).toEqual([
    { title: 'A checklist for sourdough bread', author: { username: expect.any(String) }, comments: expect.any(Array) },
  ])
  expect((await ask(api, '/users?select=username,articles(slug)&id=eq.1')).data).toMatchObject([{ username: 'amara.osei' }])
})

test('addresses and passwords are columns that are not there', async () => {
  expect(Object.keys(((await ask(api, '/users?limit=1')).data as object[])[0]!)).toEqual([
    'id',
    'username',
    'bio',
    'image',
    'createdAt',
    'updatedAt',
  ])
  for (const column of ['email', 'passwordHash']) {
    expect(await ask(as(1), `/users?select=${column}`)).toMatchObject({ status: 400, data: { code: '42703' } })
    expect((await ask(as(1), `/users?${column}=like.*`)).status).toBe(400)
    expect((await ask(as(1), `/users/1`, 'PATCH', { [column]: 'x' })).status).toBe(400)
  }
})

test('one changes and deletes what is one’s own', async () => {
  expect(await ask(as(1), '/users/1', 'PATCH', { bio: 'New' })).toMatchObject({ status: 200, data: { bio: 'New' } })
  expect((await ask(as(2), '/users/1', 'PATCH', { bio: 'Not mine' })).status).toBe(404)
  expect((await ask(as(1), '/users/1', 'PATCH', { username: 'other' })).status).toBe(400)
  expect(await ask(api, '/favorites', 'POST', { articleId: 1 })).toMatchObject({ status: 401, data: { code: 'unauthorized' } })
  await ask(as(1), '/favorites?articleId=eq.1', 'DELETE')
  expect(await ask(as(1), '/favorites', 'POST', { articleId: 1 })).toMatchObject({ status: 201, data: [{ userId: 1, articleId: 1 }] })
  expect((await ask(as(1), '/favorites', 'POST', { articleId: 1, userId: 2 })).status).toBe(400)
  expect((await ask(as(2), '/favorites?articleId=eq.1&userId=eq.1', 'DELETE')).data).toEqual([])
  for (const table of ['articles', 'comments']) expect((await ask(as(1), `/${table}`, 'POST', { body: 'x' })).status).toBe(405)
  const [{ id, authorId }] = (await ask(api, '/comments?limit=1&order=id')).data as [{ id: number; authorId: number }]
  expect((await ask(as(authorId + 1), `/comments/${id}`, 'DELETE')).status).toBe(404)
  expect((await ask(as(authorId), `/comments/${id}`, 'DELETE')).status).toBe(200)
})

test('who follows whom is for these two to know', async () => {
  expect((await ask(api, '/follows')).data).toEqual([])
  const pairs = (await ask(as(1), '/follows')).data as { followerId: number; followedId: number }[]
  expect(pairs.length).toBeGreaterThan(0)
  for (const { followerId, followedId } of pairs) expect([followerId, followedId]).toContain(1)
})

test('the document describes routes, errors and tables, and the page shows it', async () => {
  const document = (await (await api.fetch('/openapi.json')).json()) as Document
  expect(Object.keys(document.paths)).toEqual(expect.arrayContaining(['/api/articles/{slug}/comments/{id}', '/rest/articles']))
  const { responses, security } = document.paths['/api/articles']!['post']!
  expect(security).toEqual([{ token: [] }])
  const errors = { 'application/json': { schema: { $ref: '#/components/schemas/Errors' } } }
  expect([responses['401']?.content, responses['422']?.content]).toEqual([errors, errors])
  expect(JSON.stringify(document.paths['/rest/users'])).not.toMatch(/passwordHash|email/)
  expect((await api.fetch('/docs')).status).toBe(200)
})
