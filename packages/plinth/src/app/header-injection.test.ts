import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { cors } from '../middleware/cors.ts'
import { requestId } from '../middleware/request-id.ts'
import { RawConnection } from '../node/fixtures/raw-connection.ts'
import { core, file, html, problem, redirect, reply, sse, type Running } from './index.ts'

// Whatever a handler puts into a header from what a client sent: it leaves whole, encoded, or not at all.
const folder = mkdtempSync(join(tmpdir(), 'injection-'))
writeFileSync(join(folder, 'a.txt'), 'text')
const path = join(folder, 'a.txt')

type Place = (
  value: string,
  ctx: {
    setHeader(name: string, value: string): void
    appendHeader(name: string, value: string): void
    setCookie(name: string, value: string, attributes?: object): void
  },
) => unknown
const places: { readonly [name: string]: Place } = {
  'setHeader value': (v, ctx) => ctx.setHeader('x-echo', v),
  'setHeader name': (v, ctx) => ctx.setHeader(v, 'x'),
  'appendHeader value': (v, ctx) => ctx.appendHeader('x-echo', v),
  'appendHeader name': (v, ctx) => ctx.appendHeader(v, 'x'),
  'reply value': (v) => reply(200, 'ok', { 'x-echo': v }),
  'reply values': (v) => reply(200, 'ok', { 'x-echo': ['a', v] }),
  'reply name': (v) => reply(200, 'ok', { [v]: 'x' }),
  'content type': (v) => reply(200, 'ok', { 'content-type': v }),
  'cookie value': (v, ctx) => ctx.setCookie('a', v),
  'cookie name': (v, ctx) => ctx.setCookie(v, 'x'),
  'cookie path': (v, ctx) => ctx.setCookie('a', 'x', { path: v }),
  'cookie domain': (v, ctx) => ctx.setCookie('a', 'x', { domain: v }),
  'cookie sameSite': (v, ctx) => ctx.setCookie('a', 'x', { sameSite: v }),
  'cookie priority': (v, ctx) => ctx.setCookie('a', 'x', { priority: v }),
  'cookie maxAge': (v, ctx) => ctx.setCookie('a', 'x', { maxAge: v }),
  'redirect path': (v) => redirect(`/x${v}`),
  'redirect all': (v) => redirect(v),
  'redirect query': (v) => redirect(`/x?y=${v}`),
  'redirect listed': (v) => redirect(`https://listed.test/${v}`, { allow: ['https://listed.test'] }),
  'download name': (v) => file(path, { download: v }),
  'file type': (v) => file(path, { type: v }),
  'file cache': (v) => file(path, { cache: v }),
  'problem header': (v) => {
    throw problem('conflict', undefined, { headers: { 'x-echo': v } })
  },
  'problem header name': (v) => {
    throw problem('conflict', undefined, { headers: { [v]: 'x' } })
  },
  'problem detail': (v) => {
    throw problem(409, v)
  },
  'web Response': (v) => new Response('ok', { headers: { 'x-echo': v } }),
  'web Response status text': (v) => new Response('ok', { statusText: v }),
  'event name': async function* (v) {
    yield sse({ event: v, data: 'x' })
  },
  'event id': async function* (v) {
    yield sse({ id: v, data: 'x' })
  },
  'event data': async function* (v) {
    yield sse({ data: v })
  },
  page: (v) => html`<p title="${v}">${v}</p>`,
}

let running: Running
beforeAll(async () => {
  let app = core({ errors: undefined as never })
    .use(requestId({ trust: true }))
    .use(cors({ origins: () => true, credentials: true }))
    .headers((ctx) => (ctx.path === '/source' ? { 'x-echo': String((ctx as unknown as { query: { v: string } }).query.v) } : undefined))
    .get('/source', () => 'ok')
  for (const [name, place] of Object.entries(places))
    app = app.get(`/${name.replaceAll(' ', '-')}`, (ctx) => {
      const { v } = ctx.query as { readonly v: string }
      return (place(v, ctx as never) ?? 'ok') as string
    }) as typeof app
  running = await app.listen({ port: 0, signals: false, mode: 'test' })
})
afterAll(async () => {
  await running.close()
  rmSync(folder, { recursive: true })
})

const injections = [
  'a\r\nx-injected: 1',
  'a\nx-injected: 1',
  'a\rx-injected: 1',
  'a\r\n\r\nHTTP/1.1 200 OK\r\nx-injected: 1\r\n\r\n',
  '\u560d\u560ax-injected: 1',
  '\u0100x-injected: 1',
  'a\0x-injected: 1',
  'a\u2028x-injected: 1',
  'a\u0085x-injected: 1',
  '\u{1f600}\r\nx-injected: 1',
  'a; Domain=evil.test; x-injected',
  'x-injected:',
  ' x-injected',
  '"\r\nx-injected: 1',
  '%0d%0ax-injected: 1',
  '=?utf-8?q?=0D=0Ax-injected: 1?=',
]

/** Everything up to the second answer: what was sent between them would stand before it. */
async function ask(target: string, more = ''): Promise<string> {
  const connection = await new RawConnection(running.port).opened()
  try {
    connection.send(
      `GET ${target} HTTP/1.1\r\nHost: a.test\r\n${more}\r\nGET /nowhere HTTP/1.1\r\nHost: a.test\r\nConnection: close\r\n\r\n`,
    )
    return (await connection.end()).received
  } finally {
    connection.destroy()
  }
}

function headLinesOf(received: string): readonly string[] {
  return received.slice(0, received.indexOf('\r\n\r\n')).split(/[\r\n]+/)
}

describe.each(Object.keys(places))('%s', (name) => {
  test('writes no line of its own', async () => {
    for (const value of injections) {
      const received = await ask(`/${name.replaceAll(' ', '-')}?v=${encodeURIComponent(value)}`)
      const lines = headLinesOf(received)
      expect([value, lines.filter((line) => /^\s*x-injected/i.test(line) && !name.endsWith('name'))]).toEqual([value, []])
      expect([value, lines.filter((line) => /[^\t\x20-\x7e\x80-\xff]/.test(line))]).toEqual([value, []])
      // A cookie has the attributes that were written, and those alone.
      if (name.startsWith('cookie')) expect([value, lines.filter((line) => /;\s*domain=evil/i.test(line))]).toEqual([value, []])
      if (/<p|title/.test(name)) expect(received).not.toMatch(/<script/)
    }
  })
})

test('a source of headers', async () => {
  for (const value of injections) {
    const lines = headLinesOf(await ask(`/source?v=${encodeURIComponent(value)}`))
    expect([value, lines.filter((line) => /^\s*x-injected/i.test(line))]).toEqual([value, []])
  }
})

test('an origin, the headers that a preflight asks for, and a trusted id come back as they were or not at all', async () => {
  for (const value of ['a b', '\u00e9', '"', '<script>', 'x'.repeat(129), 'a,b;c=d', "';--"]) {
    const lines = headLinesOf(
      await ask(
        '/source?v=x',
        `Origin: https://a.test${value}\r\nX-Request-Id: ${value}\r\nAccess-Control-Request-Method: GET\r\nAccess-Control-Request-Headers: ${value}\r\n`,
      ),
    )
    expect(lines.filter((line) => line.startsWith('x-request-id: '))).toEqual([expect.stringMatching(/^x-request-id: [\w._~:@/+=-]+$/)])
    expect(lines.filter((line) => line.startsWith('access-control-allow-origin: '))).toEqual([
      `access-control-allow-origin: https://a.test${value}`,
    ])
  }
})
