import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { builtinProblems } from '../http/problem-catalogue.ts'
import { csrf } from '../middleware/csrf.ts'
import { rateLimit } from '../middleware/rate-limit.ts'
import { askRaw } from '../node/fixtures/raw-connection.ts'
import { t } from '../schema/index.ts'
import { core, file, guard, module, problem, redirect, refuse, type Running } from './index.ts'

type Code = keyof typeof builtinProblems
interface Wrong {
  readonly bytes: string
  /** Headers that the answer must have beside those of every problem. */
  readonly headers?: { readonly [name: string]: string | RegExp }
  /** Members of the body beside type, title, status and code. */
  readonly members?: readonly string[]
}

const folder = mkdtempSync(join(tmpdir(), 'wrong-'))
writeFileSync(join(folder, 'ten.txt'), '0123456789')

const signedIn = guard(() => refuse('not-signed-in', undefined, { headers: { 'www-authenticate': 'Bearer' } }))
const broken = { take: () => Promise.reject(new Error('the store is away')) }
const app = core({ bodyLimit: 1_000 })
  .use(csrf())
  .post('/body', { body: t.Object({ n: t.Integer() }) }, ({ body }) => body)
  .post('/any', ({ body }) => ({ body }))
  .post('/many', { bodyLimit: 10_000 }, ({ body }) => ({ body }))
  .get('/query', { query: t.Object({ n: t.Optional(t.Integer()) }) }, ({ query }) => query)
  .get('/go', ({ query }) => redirect(String(query['to'])))
  .get('/closed', { guards: [signedIn] }, () => 'in')
  .get('/forbidden', () => refuse('forbidden'))
  .get('/not-acceptable', () => refuse('not-acceptable'))
  .get('/conflict', () => {
    throw problem('conflict')
  })
  .get('/file', () => file(join(folder, 'ten.txt')))
  .get('/throws', () => {
    throw new Error('the password is hunter2')
  })
  .get('/hangs', { timeout: 100 }, () => new Promise(() => {}))
  .get('/socket', { websocket: true }, () => 'never')
  .mount('/mounted', () => new Response('ok'))
  .use(
    '/limited',
    module('limited')
      .use(rateLimit({ limit: 1, window: 60_000 }))
      .get('/', () => 'ok'),
  )
  .use(
    '/unlimited',
    module('unlimited')
      .use(rateLimit({ name: 'away', limit: 1, window: 60_000, store: broken as never, onStoreError: 'closed' }))
      .get('/', () => 'ok'),
  )

let running: Running
beforeAll(async () => {
  running = await app.listen({ port: 0, signals: false, mode: 'test' })
})
afterAll(async () => {
  await running.close()
  rmSync(folder, { recursive: true })
})

const get = (target: string, more = ''): string => `GET ${target} HTTP/1.1\r\nHost: a.test\r\n${more}\r\n`
const post = (target: string, body: string, type = 'application/json', more = ''): string =>
  `POST ${target} HTTP/1.1\r\nHost: a.test\r\n${type === '' ? '' : `Content-Type: ${type}\r\n`}${more}Content-Length: ${body.length}\r\n\r\n${body}`
const form = 'application/x-www-form-urlencoded'
const gzip = (text: string): string => gzipSync(text).toString('latin1')

/** Every way to ask wrongly. */
const wrong: { readonly [code in Code]?: readonly Wrong[] } = {
  'malformed-request': [
    { bytes: 'GET / HTTP/1.1\r\n\r\n' },
    { bytes: `GET /mounted HTTP/1.1\r\nHost: a/b\r\n\r\n` },
    { bytes: post('/body', 'no gzip', 'application/json', 'Content-Encoding: gzip\r\n'), members: ['detail'] },
    { bytes: post('/body', gzip('{"n":1}').slice(0, -4), 'application/json', 'Content-Encoding: gzip\r\n'), members: ['detail'] },
  ],
  'malformed-path': [
    { bytes: get('/%') },
    { bytes: get('/%00') },
    { bytes: get('/%ff') },
    { bytes: get('/mounted/..'), members: ['detail'] },
  ],
  'malformed-query': [
    { bytes: get('/query?n=%'), members: ['detail'] },
    { bytes: get('/query?n=%00'), members: ['detail'] },
    { bytes: get(`/query?${'a&'.repeat(1_001)}`), members: ['detail'] },
  ],
  'malformed-json': [
    { bytes: post('/body', '{'), members: ['detail'] },
    { bytes: post('/body', ''), members: ['detail'] },
    { bytes: post('/body', '\xff'), members: ['detail'] },
    { bytes: post('/body', '{"n":1e999}'), members: ['detail'] },
  ],
  'json-too-deep': [{ bytes: post('/any', '['.repeat(65) + ']'.repeat(65)), members: ['detail', 'limit'] }],
  'prototype-key': [
    { bytes: post('/any', '{"__proto__":{"admin":true}}'), members: ['detail'] },
    { bytes: post('/any', '{"constructor":{"prototype":{}}}'), members: ['detail'] },
  ],
  'unsafe-redirect': [
    { bytes: get('/go?to=//evil.test'), members: ['detail'] },
    { bytes: get('/go?to=javascript:alert(1)'), members: ['detail'] },
  ],
  'malformed-form': [
    { bytes: post('/any', 'a=%', form), members: ['detail'] },
    { bytes: post('/any', '--x', 'multipart/form-data; boundary=x'), members: ['detail'] },
    { bytes: post('/any', '--x', 'multipart/form-data'), members: ['detail'] },
  ],
  'too-many-fields': [{ bytes: post('/many', 'a&'.repeat(1_001), form), members: ['detail'] }],
  'not-signed-in': [{ bytes: get('/closed'), headers: { 'www-authenticate': 'Bearer' } }],
  forbidden: [{ bytes: get('/forbidden') }],
  'cross-site-request': [
    { bytes: post('/body', '{"n":1}', 'application/json', 'Cookie: a=b\r\nSec-Fetch-Site: cross-site\r\n') },
    { bytes: post('/body', '{"n":1}', 'text/plain', 'Cookie: a=b\r\nOrigin: https://evil.test\r\n') },
    { bytes: post('/body', '{"n":1}', '', 'Cookie: a=b\r\n') },
  ],
  'not-found': [{ bytes: get('/nowhere') }, { bytes: get('/body/') }, { bytes: get('//body') }],
  'method-not-allowed': [
    { bytes: get('/body'), headers: { allow: 'OPTIONS, POST' } },
    { bytes: post('/query', ''), headers: { allow: 'GET, HEAD, OPTIONS' } },
  ],
  'not-acceptable': [{ bytes: get('/not-acceptable') }],
  conflict: [{ bytes: get('/conflict') }],
  'precondition-failed': [{ bytes: get('/file', 'If-Match: "other"\r\n') }],
  'body-too-large': [
    { bytes: post('/body', ' '.repeat(1_001)), members: ['detail', 'limit'] },
    { bytes: post('/body', gzip(' '.repeat(1_001)), 'application/json', 'Content-Encoding: gzip\r\n'), members: ['detail', 'limit'] },
  ],
  'unsupported-media-type': [
    { bytes: post('/body', '{}', 'text/plain'), members: ['detail', 'accepts'], headers: { accept: /application\/json/ } },
    { bytes: post('/body', '{}', ''), members: ['detail', 'accepts'], headers: { accept: /application\/json/ } },
    { bytes: post('/body', '{}', 'application/json; charset=latin1'), members: ['detail'] },
    { bytes: post('/body', '{}', 'application/json, text/plain'), members: ['detail'] },
  ],
  'unsupported-encoding': [
    {
      bytes: post('/body', '{}', 'application/json', 'Content-Encoding: compress\r\n'),
      members: ['detail'],
      headers: { 'accept-encoding': /gzip/ },
    },
    {
      bytes: post('/body', '{}', 'application/json', 'Content-Encoding: gzip, gzip\r\n'),
      members: ['detail'],
      headers: { 'accept-encoding': /gzip/ },
    },
  ],
  'range-not-satisfiable': [{ bytes: get('/file', 'Range: bytes=10-\r\n'), headers: { 'content-range': 'bytes */10' } }],
  'validation-failed': [
    { bytes: post('/body', '{"n":"x"}'), members: ['issues'] },
    { bytes: get('/query?n=x'), members: ['issues'] },
  ],
  'upgrade-required': [{ bytes: get('/socket'), headers: { upgrade: 'websocket' } }],
  'too-many-requests': [{ bytes: get('/limited'), headers: { 'retry-after': /^\d+$/ } }],
  'headers-too-large': [{ bytes: get('/query', `X: ${'x'.repeat(20_000)}\r\n`) }],
  'internal-error': [{ bytes: get('/throws'), members: ['requestId'] }],
  'not-implemented': [
    { bytes: 'PROPFIND /query HTTP/1.1\r\nHost: a.test\r\n\r\n', members: ['requestId'] },
    { bytes: 'TRACE /mounted HTTP/1.1\r\nHost: a.test\r\n\r\n', members: ['requestId'] },
  ],
  overloaded: [{ bytes: get('/unlimited'), members: ['requestId'] }],
  'handler-timeout': [{ bytes: get('/hangs'), members: ['requestId'] }],
}

/** Made by a transport that reads the bytes itself. */
const ofTransports: readonly Code[] = [
  'request-timeout',
  'target-too-long',
  'expectation-failed',
  'misdirected-request',
  'version-not-supported',
]

const cases = Object.entries(wrong).flatMap(([code, list]) => list.map((it, index) => [`${code} ${index + 1}`, code as Code, it] as const))

test.each(cases)('%s', async (_, code, { bytes, headers = {}, members = [] }) => {
  if (code === 'too-many-requests') await askRaw(running.port, bytes)
  const answer = await askRaw(running.port, bytes)
  const { status, title } = builtinProblems[code]
  const body = JSON.parse(answer.body) as { readonly [name: string]: unknown }
  expect([answer.status, body]).toMatchObject([status, { type: `urn:problem-type:${code}`, title, status, code }])
  expect(Object.keys(body).sort()).toEqual(['type', 'title', 'status', 'code', ...members].sort())
  expect(answer.body).not.toMatch(/hunter2|evil|\.ts|at .*:\d+:\d+/)
  const own = Object.fromEntries(answer.headers)
  expect(own).toMatchObject({ 'content-type': 'application/problem+json; charset=utf-8', 'x-content-type-options': 'nosniff' })
  expect(own['content-length']).toBe(String(Buffer.byteLength(answer.body, 'latin1')))
  for (const [name, wanted] of Object.entries(headers)) {
    if (typeof wanted === 'string') expect([name, own[name]]).toEqual([name, wanted])
    else expect(own[name]).toMatch(wanted)
  }
})

test('every code of the catalogue stands in one of the lists', () => {
  expect([...Object.keys(wrong), ...ofTransports].sort()).toEqual(Object.keys(builtinProblems).sort())
})
