import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { core, guard, module, refuse } from '../app/index.ts'
import type { Running } from '../app/index.ts'
import { askRaw } from '../node/fixtures/raw-connection.ts'

const seen: string[] = []
const inner = (request: { readonly url: string; readonly method: string }): Response => {
  seen.push(new URL(request.url).pathname)
  return new Response(new URL(request.url).pathname)
}
let running: Running
const serveOver = async (transport: 'http1' | 'node:http'): Promise<void> => {
  const admin = module('admin')
    .guard(guard(() => refuse('forbidden')))
    .mount('/admin', inner, { keepPrefix: true })
  running = await core().use(admin).mount('/open', inner, { keepPrefix: true }).listen({ port: 0, signals: false, mode: 'test', transport })
}

const ask = (target: string, host = 'a.test', method = 'GET') =>
  askRaw(running.port, `${method} ${target} HTTP/1.1\r\nHost: ${host}\r\n\r\n`)

describe.each(['http1', 'node:http'] as const)('over %s', (transport) => {
  beforeAll(() => serveOver(transport))
  afterAll(() => running.close())

  // The guards that ran were those of /open, and what was mounted there was asked for /admin.
  describe('a mounted handler sees the path that was routed, or is not asked', () => {
    test.each([
      '/open/../admin/x',
      '/open/%2e%2e/admin/x',
      '/open/%2E./admin/x',
      '/open/x/..',
      '/open/./x',
      '/open/%2e',
      '/open/..\\admin',
      '/open/a#b',
      '/open/a#/../../admin',
    ])('%s is 400', async (target) => {
      seen.length = 0
      const { status, body } = await ask(target)
      expect([status, JSON.parse(body)]).toMatchObject([400, { code: /[#\\]/.test(target) ? 'malformed-request' : 'malformed-path' }])
      expect(body).not.toContain('admin')
      expect(seen).toEqual([])
    })

    test.each([
      '/open/a%2Fb',
      '/open//x',
      '/open/x/',
      '/open/.hidden',
      '/open/...',
      '/open/a;b',
      '/open/%C3%A9',
      '/open/a%5Cb',
      '/open/a:b@c',
    ])('%s comes as it is', async (target) => {
      expect(await ask(target)).toMatchObject({ status: 200, body: target })
    })
  })

  describe('a Host that would make another URL is 400, never a 500', () => {
    test.each([
      ...[
        '',
        'a b',
        '[',
        '[::1',
        'user@a.test',
        'a.test/admin?',
        'a.test#',
        'a.test?',
        'a.test\\x',
        'a.test:99999',
        'a.test:x',
        '%00',
        '%zz',
        '1.2.3.4.5',
        '<',
      ],
    ])('%s', async (host) => {
      seen.length = 0
      const { status, body } = await ask('/open/x', host)
      expect([status, JSON.parse(body)]).toMatchObject([400, { code: 'malformed-request' }])
      expect(seen).toEqual([])
    })

    test.each(['a.test', 'a.test:8080', '127.0.0.1', '[::1]:80', 'xn--bcher-kva.example', 'a_b.test'])('%s passes', async (host) => {
      expect(await ask('/open/x', host)).toMatchObject({ status: 200, body: '/open/x' })
    })

    test('the authority of an absolute target is judged as Host is', async () => {
      expect(await ask('http://user@b.test/open/x')).toMatchObject({ status: 400 })
      expect(await ask('http://b.test/open/x')).toMatchObject({ status: 200, body: '/open/x' })
    })
  })

  test('a method that no Request can have is 501 behind a mount', async () => {
    const { status, body } = await ask('/open/x', 'a.test', 'TRACE')
    expect([status, JSON.parse(body)]).toMatchObject([501, { code: 'not-implemented' }])
  })
})

test('a method that Request would write otherwise is 501, not the method that it looks like', async () => {
  const app = await core().mount('/open', inner, { keepPrefix: true }).build({ mode: 'test' })
  for (const method of ['get', 'Post', 'delete']) {
    const outgoing = await app.dispatch({
      ...{ method, path: '/open', search: '', env: undefined, template: undefined, sent: undefined },
      ...{ peer: { address: '', port: 0, secure: false }, signal: new AbortController().signal, abort: () => {} },
      ...{ header: () => undefined, headers: () => [], stream: () => null, gather: () => Promise.resolve(new Uint8Array(0)) },
    })
    expect([method, outgoing.status]).toEqual([method, 501])
  }
})
