import { describe, expect, test } from 'vitest'
import { type Built, core, html, problem, reply } from '../app/index.ts'
import { securityHeaders, type SecurityHeadersOptions } from './security-headers.ts'

const policy = "default-src 'self'; base-uri 'none'; form-action 'self'; object-src 'none'; frame-ancestors 'none'"
const pages = { 'content-security-policy': policy, 'cross-origin-opener-policy': 'same-origin' }
const defaults = {
  'cross-origin-resource-policy': 'same-origin',
  'referrer-policy': 'strict-origin-when-cross-origin',
  'x-frame-options': 'DENY',
}

function built(options?: SecurityHeadersOptions): Promise<Built> {
  return core()
    .use(securityHeaders(options))
    .get('/json', () => ({}))
    .get('/html', () => html`<p>x</p>`)
    .get('/none', () => null)
    .get('/response', () => new Response('x'))
    .get('/own-page', () => new Response('<p>x</p>', { headers: { 'content-type': 'text/html' } }))
    .get('/loud-page', () => reply(200, 'x', { 'content-type': 'Text/HTML' }))
    .get('/page-by-header', (ctx) => {
      ctx.setHeader('content-type', 'text/html; charset=utf-8')
      return '<p>x</p>'
    })
    .get('/unchanged', (ctx) => ctx.reply(304, null))
    .get('/conflict', () => {
      throw problem('conflict')
    })
    .get('/breaks', () => {
      throw new Error('broken')
    })
    .get('/framed', (ctx) => {
      ctx.setHeader('content-security-policy', 'frame-ancestors https://portal.example')
      return {}
    })
    .build({ mode: 'test' })
}

async function headers(app: Built, path: string, scheme = 'http'): Promise<{ [name: string]: string }> {
  return Object.fromEntries((await app.fetch(new Request(`${scheme}://h${path}`))).headers)
}

describe('by default', () => {
  test('stand on every answer, those of pages on HTML alone, nosniff once and only where there is a body', async () => {
    const app = await built()
    for (const [path, status] of [
      ['/json', 200],
      ['/html', 200],
      ['/response', 200],
      ['/own-page', 200],
      ['/loud-page', 200],
      ['/page-by-header', 200],
      ['/none', 204],
      ['/unchanged', 304],
      ['/conflict', 409],
      ['/nowhere', 404],
      ['/breaks', 500],
    ] as const) {
      expect((await app.fetch(new Request(`http://h${path}`))).status).toBe(status)
      const { 'content-type': type, 'x-content-type-options': sniff, ...rest } = await headers(app, path)
      expect([path, rest]).toEqual([path, type?.toLowerCase().startsWith('text/html') ? { ...defaults, ...pages } : defaults])
      expect([path, sniff]).toEqual([path, type === undefined ? undefined : 'nosniff'])
    }
  })

  test('Strict-Transport-Security stands on answers over https alone', async () => {
    const app = await built()
    expect((await headers(app, '/json', 'https'))['strict-transport-security']).toBe('max-age=31536000')
    expect((await headers(app, '/nowhere', 'https'))['strict-transport-security']).toBe('max-age=31536000')
    expect((await headers(app, '/json'))['strict-transport-security']).toBeUndefined()
  })

  test("a handler's own header stands in place of ours", async () => {
    expect((await headers(await built(), '/framed'))['content-security-policy']).toBe('frame-ancestors https://portal.example')
  })
})

describe('settings', () => {
  test('each can be left out', async () => {
    const app = await built({
      csp: false,
      frames: false,
      referrer: false,
      hsts: false,
      opener: false,
      resources: false,
      permissions: false,
    })
    expect(await headers(app, '/none', 'https')).toEqual({})
  })

  test('each can be said otherwise', async () => {
    const app = await built({
      csp: { 'script-src': ["'self'", 'https://cdn.example'], 'object-src': false, 'upgrade-insecure-requests': true, 'img-src': '*' },
      frames: 'same-origin',
      referrer: 'no-referrer',
      hsts: { maxAge: 63_072_000, subDomains: true, preload: true, always: true },
      opener: 'unsafe-none',
      resources: 'cross-origin',
      permissions: 'camera=(), geolocation=(self)',
    })
    const { 'content-type': _, 'x-content-type-options': __, ...sent } = await headers(app, '/html')
    expect(sent).toEqual({
      'content-security-policy':
        "default-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'self'; script-src 'self' https://cdn.example; upgrade-insecure-requests; img-src *",
      'cross-origin-opener-policy': 'unsafe-none',
      'cross-origin-resource-policy': 'cross-origin',
      'permissions-policy': 'camera=(), geolocation=(self)',
      'referrer-policy': 'no-referrer',
      'strict-transport-security': 'max-age=63072000; includeSubDomains; preload',
      'x-frame-options': 'SAMEORIGIN',
    })
  })

  test('a whole policy as text is sent as it is; without frames it does not speak of them', async () => {
    expect((await headers(await built({ csp: "default-src 'none'" }), '/html'))['content-security-policy']).toBe("default-src 'none'")
    expect((await headers(await built({ frames: false }), '/html'))['content-security-policy']).not.toContain('frame-ancestors')
  })

  test.each<[SecurityHeadersOptions, string]>([
    [{ csp: { 'script-src': ["'self'; script-src *"] } }, "csp 'script-src' has a source that is empty or holds ';'"],
    [{ csp: { 'script-src': [''] } }, "csp 'script-src' has a source that is empty"],
    [{ csp: { 'img-src': 'a,b' } }, "csp 'img-src' has a source"],
    [{ csp: { scriptSrc: ["'self'"] } }, "csp names 'scriptSrc'; directives are lower case with hyphens"],
    [{ csp: "default-src 'self'\r\nx: y" }, 'csp must be printable ASCII text'],
    [{ referrer: '' }, 'referrer must be printable ASCII text, or false'],
    [{ permissions: 'camera=()\n' }, 'permissions must be printable ASCII text'],
    [{ frames: 'none' as 'deny' }, "frames must be 'deny', 'same-origin' or false"],
    [{ hsts: { maxAge: -1 } }, 'hsts.maxAge must be a whole number of seconds'],
    [{ hsts: { preload: true } }, 'hsts.preload needs subDomains: true'],
    [{ hsts: { preload: true, subDomains: true, maxAge: 60 } }, 'a maxAge of at least 31536000'],
  ])('%j is refused', (options, message) => {
    expect(() => securityHeaders(options)).toThrow(message)
    expect(() => securityHeaders(options)).toThrow(TypeError)
  })
})
