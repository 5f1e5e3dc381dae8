import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { file } from '../http/file.ts'
import { reply } from '../http/reply.ts'
import { askRaw } from '../node/fixtures/raw-connection.ts'
import { t } from '../schema/index.ts'
import { core, module } from './builder.ts'
import { errorLog } from './fixtures/error-log.ts'
import type { Running } from './running.ts'
import type { Around, Context } from './types.ts'

const { log, errors } = errorLog()
const here = new URL(import.meta.url).pathname

class Unpaid extends Error {}
class Elsewhere extends Error {}
const User = t.Object({ id: t.Integer() })
const paid = module('paid')
  .catch(Unpaid, (error) => reply(402, { why: error.message }))
  .catch(Elsewhere, async () => reply(200, { id: 7, secret: 'x' }))
  .get('/unpaid', { reply: { 200: User } }, () => {
    throw new Unpaid('no credit')
  })
  .get('/elsewhere', { reply: { 200: User } }, () => {
    throw new Elsewhere()
  })
const busy = module('busy')
  .around(async () => reply(429, { wait: 5 }))
  .get('/busy', { reply: { 200: User } }, () => ({ id: 1 }))
class Rows extends Array<number> {}

let failBehind = (): void => {}
const waiting = new Promise<void>((_, reject) => (failBehind = () => reject(new Error('behind'))))
const hasty = module('hasty')
  .around((_, next) => {
    void next()
    return new Response('early')
  })
  .get('/hasty', () => waiting)
const forgetful = module('forgetful')
  .around((async (_: unknown, next: () => Promise<unknown>) => void (await next())) as unknown as Around<Context>)
  .get('/forgetful', () => 'x')

const app = core({ log })
  .use(hasty)
  .use(forgetful)
  .use(paid)
  .use(busy)
  .get('/map', () => new Map([[1, 2]]))
  .get('/set', () => new Set([1]))
  .get('/generator', () => [1][Symbol.iterator]())
  .get('/form', () => new URLSearchParams('a=1') as never)
  .get('/blob', () => new Blob(['x']) as never)
  .get('/buffer', () => new ArrayBuffer(3) as never)
  .get('/rows', () => Rows.of(1, 2))
  .get('/returned-error', (() => new Error('returned')) as never)
  .get('/network-error', () => Response.error())
  .get('/204', () => reply(204, 'hello'))
  .get('/304', () => reply(304, { a: 1 }))
  .get('/file', () => reply(200, file(here) as never, { 'x-own': '1' }))
  .get('/made', () => reply(201, file(here) as never))
  .get('/no-body', () => reply(200, null, { 'content-length': '5' }))

let running: Running
beforeAll(async () => {
  running = await app.listen({ port: 0, signals: false, mode: 'test' })
})
afterAll(() => running.close())
const get = (path: string, fields = '') => askRaw(running.port, `GET ${path} HTTP/1.1\r\nHost: a.test\r\n${fields}\r\n`)

test.each([
  ['/map', /answered an object of Map, which JSON would make \{\}/],
  ['/set', /answered an object of Set/],
  ['/generator', /answered an object of /],
  ['/form', /answered an object of URLSearchParams/],
  ['/blob', /answered an object of Blob/],
  ['/buffer', /answered an object of ArrayBuffer/],
  ['/returned-error', /unexpected error: Error: returned/],
  ['/network-error', /GET \/network-error answered a Response of status 0/],
  ['/forgetful', /return what next\(\) gave/],
])('%s is a logged 500', async (path, said) => {
  errors.length = 0
  expect(await get(path)).toMatchObject({ status: 500 })
  expect(errors).toEqual([expect.stringMatching(said)])
})

test('an array of another class is an array', async () => {
  expect(await get('/rows')).toMatchObject({ status: 200, body: '[1,2]' })
})

test.each([
  ['/unpaid', 402, '{"why":"no credit"}'],
  ['/busy', 429, '{"wait":5}'],
  ['/elsewhere', 200, '{"id":7}'],
])('%s: a wrap or catch may answer what the contract does not know of, and is held to what it declares', async (path, status, body) => {
  expect(await get(path)).toMatchObject({ status, body })
})

test('what fails behind a wrap that has answered is logged, and ends nothing', async () => {
  errors.length = 0
  expect(await get('/hasty')).toMatchObject({ status: 200, body: 'early' })
  failBehind()
  await waiting.catch(() => {})
  await expect.poll(() => errors).toEqual(['failed behind a wrap that did not wait for it: Error: behind'])
})

test.each(['/204', '/304'])('%s has neither a body nor its length', async (path) => {
  const { status, headers, body } = await get(path)
  expect([`/${status}`, body, headers.filter(([name]) => name === 'content-length')]).toEqual([path, '', []])
  const response = await app.fetch(new Request(`http://a.test${path}`))
  expect([`/${response.status}`, await response.text()]).toEqual([path, ''])
})

test('an answer without a body has one length, ours', async () => {
  const { headers } = await get('/no-body')
  expect(headers.filter(([name]) => name === 'content-length')).toEqual([['content-length', '0']])
})

// `reply(200, file(…))` once made a 304 an empty 200, which clients then kept as the file.
describe('a file in a reply', () => {
  test('keeps its 304 and 206, with the headers of the reply', async () => {
    const whole = await get('/file')
    const etag = new Map(whole.headers).get('etag')
    const again = await get('/file', `If-None-Match: ${etag}\r\n`)
    expect([whole.status, again.status, again.body, new Map(again.headers).get('x-own')]).toEqual([200, 304, '', '1'])
    const part = await get('/file', 'Range: bytes=0-3\r\n')
    expect([part.status, part.body]).toEqual([206, whole.body.slice(0, 4)])
  })

  test('has the status of the reply else', async () => {
    expect(await get('/made')).toMatchObject({ status: 201 })
  })
})
