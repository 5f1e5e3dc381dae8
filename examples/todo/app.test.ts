import type { Running } from 'plinth'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import application from './app.ts'

// One application for all of them: a database in memory takes a moment to begin.
let running: Running
let root: string
beforeAll(async () => {
  running = await application.listen(0, { mode: 'test' })
  root = `${running.url}/todos`
}, 60_000)
beforeEach(async () => void (await ask(root, 'DELETE')))
afterAll(() => running.close(), 30_000)

const json = { 'content-type': 'application/json' }

interface Todo {
  readonly url: string
}

async function ask(url: string, method: string = 'GET', body?: object): Promise<{ readonly status: number; readonly data: unknown }> {
  const answer = await fetch(url, { method, headers: json, ...(body !== undefined && { body: JSON.stringify(body) }) })
  const text = await answer.text()
  return { status: answer.status, data: text === '' ? undefined : (JSON.parse(text) as unknown) }
}

// What Todo-Backend's own suite asks for.
test('todos are made, listed in order, changed and deleted by their urls', { timeout: 30_000 }, async () => {
  expect(await ask(root)).toEqual({ status: 200, data: [] })
  const made = await ask(root, 'POST', { title: 'walk the dog', order: 2 })
  const { url } = made.data as Todo
  const dog = { id: Number(url.slice(root.length + 1)), title: 'walk the dog', completed: false, order: 2, url }
  expect(made).toEqual({ status: 201, data: dog })
  expect(await ask(url)).toEqual({ status: 200, data: dog })
  await ask(root, 'POST', { title: 'feed the cat', order: 1 })
  expect(await ask(root)).toMatchObject({ data: [{ title: 'feed the cat' }, { title: 'walk the dog' }] })

  expect(await ask(url, 'PATCH', { completed: true })).toEqual({ status: 200, data: { ...dog, completed: true } })
  expect(await ask(url, 'PATCH', { title: 'bathe the dog', order: 0 })).toMatchObject({ data: { title: 'bathe the dog', order: 0 } })
  expect(await ask(root)).toMatchObject({ data: [{ title: 'bathe the dog', completed: true }, { title: 'feed the cat' }] })

  expect((await ask(url, 'DELETE')).status).toBe(204)
  for (const [method, body] of [['GET'], ['PATCH', { title: 'gone' }], ['DELETE']] as const) {
    expect([method, (await ask(url, method, body)).status]).toEqual([method, 404])
  }
  expect((await ask(root, 'DELETE')).status).toBe(204)
  expect(await ask(root)).toEqual({ status: 200, data: [] })
})

test('pages of any origin may do all of it', async () => {
  const origin = 'https://todobackend.example'
  const all = [
    ['', 'POST'],
    ['', 'DELETE'],
    ['/1', 'PATCH'],
    ['/1', 'DELETE'],
  ] as const
  for (const [path, method] of all) {
    const answer = await fetch(`${root}${path}`, {
      method: 'OPTIONS',
      headers: { origin, 'access-control-request-method': method, 'access-control-request-headers': 'content-type' },
    })
    expect([path, answer.status, answer.headers.get('access-control-allow-origin')]).toEqual([path, 204, '*'])
    expect(answer.headers.get('access-control-allow-methods')).toContain(method)
    expect(answer.headers.get('access-control-allow-headers')?.toLowerCase()).toContain('content-type')
  }
  const made = await fetch(root, { method: 'POST', headers: { ...json, origin }, body: '{"title":"from a page"}' })
  expect([made.status, made.headers.get('access-control-allow-origin')]).toEqual([201, '*'])
})

test('what does not fit is told with its place, and nothing is written', async () => {
  const { status, data } = await ask(root, 'POST', { title: '', order: 1e12 })
  expect([status, (data as { issues: { pointer: string }[] }).issues.map((it) => it.pointer)]).toEqual([422, ['/title', '/order']])
  expect((await ask(root)).data).toEqual([])
  expect((await ask(`${root}/one`)).status).toBe(422)
})

test('the same rows speak the grammar of PostgREST', async () => {
  for (const title of ['a', 'b', 'c']) await ask(root, 'POST', { title, completed: title === 'b' })
  const { data } = await ask(`${running.url}/rest/todos?select=title&completed=is.false&order=title.desc`)
  expect(data).toEqual([{ title: 'c' }, { title: 'a' }])
})
