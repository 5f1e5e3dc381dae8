import { describe, expect, test } from 'vitest'
import type { Incoming } from '../contract.ts'
import { BodyTooLarge } from '../http/failures.ts'
import { core, t } from '../index.ts'

test('a body that is no object comes as JSON, never as a form', async () => {
  await using built = await core()
    .post('/tags', { body: t.Array(t.String()) }, ({ body }) => body)
    .build()
  const post = (type: string, body: string): Promise<Response> =>
    built.fetch(new Request('http://shop.example/tags', { method: 'POST', headers: { 'content-type': type }, body }))
  expect(await (await post('application/json', '["a"]')).json()).toEqual(['a'])
  expect((await post('application/json', '{"a":1}')).status).toBe(422)
  const form = await post('application/x-www-form-urlencoded', 'a=1')
  expect([form.status, form.headers.get('accept')]).toEqual([415, 'application/json'])
})

test('where no body is declared, a type without one is no mistake', async () => {
  await using built = await core()
    .post('/likes', ({ body }) => ({ body: body ?? 'none' }))
    .build()
  const post = async (type: string, body?: string): Promise<unknown> => {
    const init = { method: 'POST', headers: { 'content-type': type }, ...(body !== undefined && { body }) }
    const answer = await built.fetch(new Request('http://shop.example/likes', init))
    return answer.status === 200 ? answer.json() : answer.status
  }
  for (const type of ['application/json', 'application/x-www-form-urlencoded', 'multipart/form-data; boundary=b']) {
    expect([type, await post(type), await post(type, '')]).toEqual([type, { body: 'none' }, { body: 'none' }])
  }
  expect(await post('application/json', '{"a":1}')).toEqual({ body: { a: 1 } })
  expect(await post('application/json', ' ')).toBe(400)
})

/** A request with a body whose transport has it at hand, or not yet. */
function incoming(headers: Record<string, string>, body: string, atHand: boolean): Incoming {
  const bytes = new TextEncoder().encode(body)
  return {
    method: 'POST',
    path: '/orders',
    search: '',
    header: (name: string) => headers[name],
    headers: () => Object.entries(headers),
    stream: () => null,
    gather: (limit: number) => (bytes.length > limit ? Promise.reject(new BodyTooLarge(limit)) : Promise.resolve(bytes)),
    gathered: (limit: number) => (atHand && bytes.length <= limit ? bytes : undefined),
    signal: new AbortController().signal,
  } as unknown as Incoming
}

describe('nobody waits for a body that is at hand, and it is judged alike', () => {
  const orders = core({ bodyLimit: 60 })
    .post('/orders', { query: t.Object({ n: t.Optional(t.Integer()) }), body: t.Object({ a: t.Integer() }) }, ({ body }) => body)
    .build()
  const undeclared = core({ bodyLimit: 60 })
    .post('/orders', ({ body }) => ({ body: body ?? 'none' }))
    .build()
  const json = { 'content-type': 'application/json' }

  test.each<[string, Record<string, string>, string, number]>([
    ['what fits', json, '{"a":1}', 200],
    ['what does not', json, '{"a":"x"}', 422],
    ['no JSON', json, '{"a":', 400],
    ['nothing', json, '', 400],
    ['a form', { 'content-type': 'application/x-www-form-urlencoded' }, 'a=1', 200],
    ['another type', { 'content-type': 'text/plain' }, 'a', 415],
    ['a type that is none', { 'content-type': 'json' }, 'a', 415],
    ['more than the route takes', json, `{"a":1${' '.repeat(60)}}`, 413],
    ['a coding that nobody knows', { ...json, 'content-encoding': 'x' }, '{"a":1}', 415],
  ])('%s', async (_what, headers, body, status) => {
    const settled = (headers['content-encoding'] ?? '') === '' && status !== 413
    for (const app of [await orders, await undeclared]) {
      const now = app.dispatch(incoming(headers, body, true))
      const later = await app.dispatch(incoming(headers, body, false))
      if (settled) expect(now).not.toBeInstanceOf(Promise)
      const { status: said, body: answer } = await now
      expect([said, answer]).toEqual([later.status, later.body])
      if (app === (await orders)) expect(said).toBe(status)
    }
  })
})
