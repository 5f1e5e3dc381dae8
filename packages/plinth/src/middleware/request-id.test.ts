import { expect, test } from 'vitest'
import { type Built, core, type Logger, module, problem } from '../app/index.ts'
import { requestId, type RequestIdOptions } from './request-id.ts'

function built(options?: RequestIdOptions, log?: Logger): Promise<Built> {
  return core({ ...(log ? { log } : {}) })
    .use(module('inner').use(requestId(options)))
    .use(requestId(options))
    .get('/', (ctx) => ctx.requestId)
    .get('/fails', () => {
      throw problem('conflict')
    })
    .get('/breaks', () => {
      throw new Error('broken')
    })
    .build({ mode: 'test' })
}

async function ask(app: Built, headers: { [name: string]: string } = {}, path = '/'): Promise<[string | null, string]> {
  const answer = await app.fetch(new Request(`http://h${path}`, { headers }))
  return [answer.headers.get('x-request-id'), await answer.text()]
}

test('every answer carries an id of its own, the one that the handler sees', async () => {
  const app = await built()
  const [first, text] = await ask(app)
  expect(first).toBe(text)
  const seen = [first]
  for (const path of ['/', '/fails', '/breaks', '/nowhere', '/%zz']) seen.push((await ask(app, {}, path))[0])
  expect(new Set(seen).size).toBe(6)
  for (const id of seen) expect(id).toMatch(/^[a-z0-9]{10}-[a-z0-9]+$/)
})

test('an unexpected error names the same id in its answer, its header and the log', async () => {
  const logged: unknown[] = []
  const nothing = (): void => {}
  const log: Logger = {
    debug: nothing,
    info: nothing,
    warn: nothing,
    error: nothing,
    child: (fields) => (logged.push(fields['requestId']), log),
  }
  const [id, text] = await ask(await built({ trust: true }, log), { 'x-request-id': 'abc' }, '/breaks')
  expect([id, (JSON.parse(text) as { requestId: string }).requestId, logged]).toEqual(['abc', 'abc', ['abc']])
})

test('an id that came in is believed only where that was said, and only when well-formed', async () => {
  expect((await ask(await built(), { 'x-request-id': 'mine' }))[0]).not.toBe('mine')
  const app = await built({ trust: true })
  for (const id of ['mine', '01J8-Z_x.~:@/+=', 'a'.repeat(128)]) expect(await ask(app, { 'x-request-id': id })).toEqual([id, id])
  for (const id of ['', ' ', 'a b', 'a"b', 'a,b', '<b>', 'a;b', 'é', 'a'.repeat(129)]) {
    expect((await ask(app, { 'x-request-id': id }))[0]).toMatch(/^[a-z0-9]{10}-/)
  }
})

test('the header and the making of ids can be chosen', async () => {
  let count = 0
  const app = await built({ header: 'X-Correlation-Id', generate: () => `id-${++count}` })
  const answer = await app.fetch(new Request('http://h/'))
  const id = answer.headers.get('x-correlation-id')
  expect(id).toMatch(/^id-\d$/)
  expect(await answer.text()).toBe(id)
})

test('an id that went wrong does not cost the request its answer', async () => {
  for (const next of [
    () => 'line\nbreak',
    () => {
      throw new Error('no entropy')
    },
  ]) {
    let make: () => string = () => 'fine'
    const app = await built({ generate: () => make() })
    make = next
    const [id, text] = await ask(app)
    expect(id).toMatch(/^[a-z0-9]{10}-/)
    expect(text).toBe(id)
  }
})

test('settings that could never work are refused', () => {
  expect(() => requestId({ header: 'x request' })).toThrow("requestId: 'x request' is not a header name")
  expect(() => requestId({ generate: () => 'a b' })).toThrow('requestId: generate must make 1 to 128 letters')
})
