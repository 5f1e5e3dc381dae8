import { type } from 'arktype'
import * as v from 'valibot'
import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { config } from '../config/index.ts'
import { core, t } from './index.ts'

const before = Reflect.ownKeys(Object.prototype).map(String)
/** What objects inherit now and did not before. */
function added(): readonly string[] {
  return Reflect.ownKeys(Object.prototype)
    .map(String)
    .filter((it) => !before.includes(it))
}

const names = ['__proto__', 'constructor', 'prototype', 'toString', 'hasOwnProperty', 'valueOf', '__defineGetter__']
/** As a careless handler would: into an object of its own, member by member. */
function copied(from: object): { [name: string]: unknown } {
  const to: { [name: string]: unknown } = {}
  for (const [name, value] of Object.entries(from)) to[name] = value
  return to
}
const seen: { inherits: boolean; keys: readonly string[] }[] = []
function look(from: unknown): string {
  const object = from as object
  seen.push({ inherits: 'polluted' in object || (object as { toString?: unknown }).toString === 'x', keys: Object.keys(object) })
  copied(object)
  return 'ok'
}
const loose = {
  typebox: t.Record(t.String(), t.Unknown()),
  zod: z.record(z.string(), z.unknown()),
  'zod loose': z.looseObject({}),
  valibot: v.record(v.string(), v.unknown()),
  'valibot loose': v.looseObject({}),
  arktype: type('Record<string, unknown>'),
}

test('names that objects inherit are names like any other in params, query, headers and cookies', async () => {
  const app = await core()
    .get('/:constructor/:toString', ({ params, query, headers, cookies }) => {
      return {
        params: { ...params },
        query: { ...query },
        cookies: { ...cookies },
        known: Object.keys(headers).length,
        inherits: [query, cookies, params].map((it) => 'valueOf' in it),
      }
    })
    .build({ mode: 'test' })
  const pairs = names.map((name) => `${name}=x`)
  const request = new Request(`http://a.test/a/b?${pairs.join('&')}&__proto__[polluted]=1&constructor.prototype.polluted=1`, {
    headers: { cookie: pairs.join('; '), constructor: 'x', __proto__: 'x' } as never,
  })
  const answer = (await (await app.fetch(request)).json()) as { query: object; cookies: object; params: object; inherits: unknown }
  expect(Object.keys(answer.query)).toEqual(expect.arrayContaining(names))
  expect(Object.keys(answer.cookies)).toEqual(expect.arrayContaining(names))
  expect(answer.params).toEqual({ constructor: 'a', toString: 'b' })
  expect(added()).toEqual([])
})

describe.each(Object.entries(loose))('a loose schema of %s', (_, schema) => {
  test('hands no prototype on from query, JSON or forms', async () => {
    seen.length = 0
    const app = await core()
      .get('/', { query: schema as never }, ({ query }) => look(query))
      .post('/', { body: schema as never }, ({ body }) => look(body))
      .build({ mode: 'test' })
    const post = (contentType: string, body: string): Request =>
      new Request('http://a.test/', { method: 'POST', headers: { 'content-type': contentType }, body })
    const parts = names.map((name) => `--x\r\nContent-Disposition: form-data; name="${name}"\r\n\r\nx\r\n`).join('')
    const statuses: number[] = []
    for (const request of [
      new Request(`http://a.test/?${names.map((name) => `${name}=x`).join('&')}`),
      post('application/x-www-form-urlencoded', names.map((name) => `${name}=x`).join('&')),
      post('multipart/form-data; boundary=x', `${parts}--x--\r\n`),
      post('application/json', '{"constructor":{"a":1},"toString":"x","a":{"valueOf":1}}'),
    ])
      statuses.push((await app.fetch(request)).status)
    for (const body of [
      '{"__proto__":{"polluted":1}}',
      '{"a":{"__proto__":{"polluted":1}}}',
      '{"a":[{"constructor":{"prototype":{"polluted":1}}}]}',
      '{"\\u005f\\u005fproto__":{"polluted":1}}',
    ])
      expect((await app.fetch(post('application/json', body))).status).toBe(400)
    expect(statuses.filter((it) => it >= 500)).toEqual([])
    expect(seen.filter((it) => it.inherits && !it.keys.includes('toString'))).toEqual([])
    expect(added()).toEqual([])
  })
})

test('settings', async () => {
  const Settings = config(t.Object({ name: t.String({ default: 'x' }) }), { env: { __PROTO__: 'x', CONSTRUCTOR: 'y', NAME: 'z' } } as never)
  const app = await core().use(Settings).build({ mode: 'test' })
  expect({ ...app.use(Settings) }).toEqual({ name: 'z' })
  expect(added()).toEqual([])
})
