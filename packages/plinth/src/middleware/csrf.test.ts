import { describe, expect, test } from 'vitest'
import { type Built, core } from '../app/index.ts'
import { csrf, type CsrfOptions } from './csrf.ts'

const COOKIE = { cookie: 'sid=1' }

async function built(options: CsrfOptions = {}): Promise<Built> {
  let written = 0
  return core()
    .use(csrf(options))
    .get('/a', () => 'read')
    .post('/a', { body: 'bytes' }, () => `written ${++written}`)
    .put('/a', { open: true }, () => 'put')
    .delete('/a', () => 'gone')
    .build({ mode: 'test' })
}

async function status(app: Built, headers: { [name: string]: string }, method = 'POST', url = 'http://app.example/a'): Promise<number> {
  return (await app.fetch(new Request(url, { method, headers }))).status
}

describe('a request with cookies', () => {
  test('from another site is refused, whatever type its body has', async () => {
    const app = await built()
    for (const type of [
      'text/plain',
      'application/x-www-form-urlencoded',
      'multipart/form-data; boundary=x',
      'application/json',
      undefined,
    ]) {
      for (const from of [
        { 'sec-fetch-site': 'cross-site', origin: 'https://evil.test' },
        { origin: 'https://evil.test' },
        { referer: 'https://evil.test/page' },
        { origin: 'null' },
        {},
      ]) {
        const headers: { [name: string]: string } = { ...COOKIE, ...from, ...(type === undefined ? {} : { 'content-type': type }) }
        const answer = await app.fetch(new Request('http://app.example/a', { method: 'POST', headers, body: new Uint8Array([123, 125]) }))
        expect([type, from, answer.status]).toEqual([type, from, 403])
        expect(((await answer.json()) as { code: string }).code).toBe('cross-site-request')
      }
    }
  })

  test('is refused for every unsafe method, on open routes, and where nothing is routed', async () => {
    const app = await built()
    const headers = { ...COOKIE, origin: 'https://evil.test' }
    for (const method of ['PUT', 'DELETE', 'PATCH']) expect([method, await status(app, headers, method)]).toEqual([method, 403])
    expect(await status(app, headers, 'POST', 'http://app.example/nowhere')).toBe(403)
    for (const method of ['GET', 'HEAD']) expect([method, await status(app, headers, method)]).toEqual([method, 200])
    expect(await status(app, headers, 'OPTIONS')).toBe(204)
  })

  test.each<[string, { [name: string]: string }, number]>([
    ['Sec-Fetch-Site same-origin', { 'sec-fetch-site': 'same-origin' }, 200],
    [
      'Sec-Fetch-Site same-origin beside the origin `null` of a page without referrer',
      { 'sec-fetch-site': 'same-origin', origin: 'null' },
      200,
    ],
    ['Sec-Fetch-Site none', { 'sec-fetch-site': 'none' }, 200],
    ['Sec-Fetch-Site same-site', { 'sec-fetch-site': 'same-site' }, 403],
    ['Sec-Fetch-Site in several words', { 'sec-fetch-site': 'same-origin, cross-site' }, 403],
    ['Sec-Fetch-Site against Origin', { 'sec-fetch-site': 'cross-site', origin: 'http://app.example' }, 403],
    ['its own origin', { origin: 'http://app.example' }, 200],
    ['its own origin over https, which a proxy ended', { origin: 'https://app.example' }, 200],
    ['its own origin in the Referer', { referer: 'http://app.example/form?a=1' }, 200],
    ['a foreign Origin against its own Referer', { origin: 'https://evil.test', referer: 'http://app.example/' }, 403],
    ['a sub-domain', { origin: 'https://evil.app.example' }, 403],
    ['a longer host', { origin: 'https://app.example.evil.test' }, 403],
    ['another port', { origin: 'http://app.example:81' }, 403],
    ['its own host as a user name', { referer: 'https://app.example@evil.test/' }, 403],
    ['another scheme', { origin: 'ftp://app.example' }, 403],
    ['an Origin that is no URL', { origin: 'app.example' }, 403],
    ['a Referer that is no URL', { referer: 'app.example' }, 403],
  ])('%s', async (_, headers, expected) => {
    expect(await status(await built(), { ...COOKIE, ...headers })).toBe(expected)
  })

  test('the default port and the case of the host do not matter', async () => {
    const app = await built()
    expect(await status(app, { ...COOKIE, origin: 'https://app.example', host: 'APP.example:443' })).toBe(200)
    expect(await status(app, { ...COOKIE, origin: 'http://app.example', host: 'app.example:443' })).toBe(403)
    expect(await status(app, { ...COOKIE, origin: 'http://app.example', host: 'a b' })).toBe(403)
  })

  test('a page without TLS is another origin where we see TLS ourselves', async () => {
    const app = await built()
    expect(await status(app, { ...COOKIE, origin: 'http://app.example' }, 'POST', 'https://app.example/a')).toBe(403)
    expect(await status(app, { ...COOKIE, origin: 'https://app.example' }, 'POST', 'https://app.example/a')).toBe(200)
  })
})

describe('what passes', () => {
  test('requests without cookies, and with a token that no browser adds by itself', async () => {
    const app = await built()
    expect(await status(app, { origin: 'https://evil.test' })).toBe(200)
    expect(await status(app, { 'sec-fetch-site': 'cross-site' })).toBe(200)
    expect(await status(app, { ...COOKIE, authorization: 'Bearer x', origin: 'https://evil.test' })).toBe(200)
  })

  test('a password that the browser remembers counts as a cookie; a program that sends one passes', async () => {
    const app = await built()
    for (const authorization of ['Basic YTpi', 'basic YTpi', 'Digest x', 'Negotiate x', 'NTLM x']) {
      expect([authorization, await status(app, { authorization, 'sec-fetch-site': 'cross-site' })]).toEqual([authorization, 403])
      expect([authorization, await status(app, { authorization })]).toEqual([authorization, 200])
      expect([authorization, await status(app, { ...COOKIE, authorization })]).toEqual([authorization, 403])
    }
  })

  test('listed origins, letter by letter', async () => {
    const app = await built({ origins: ['https://admin.example'] })
    expect(await status(app, { ...COOKIE, origin: 'https://admin.example', 'sec-fetch-site': 'cross-site' })).toBe(200)
    expect(await status(app, { ...COOKIE, referer: 'https://admin.example/page' })).toBe(200)
    expect(await status(app, { ...COOKIE, origin: 'https://x.admin.example' })).toBe(403)
  })

  test('sub-domains of the same site, where allowed', async () => {
    const app = await built({ sameSite: true })
    expect(await status(app, { ...COOKIE, 'sec-fetch-site': 'same-site', origin: 'https://www.app.example' })).toBe(200)
    expect(await status(app, { ...COOKIE, 'sec-fetch-site': 'cross-site' })).toBe(403)
  })

  test('cookies that sign nobody in, where those that do are named', async () => {
    const app = await built({ cookies: ['__Host-sid'] })
    const from = { origin: 'https://evil.test' }
    expect(await status(app, { ...from, cookie: 'theme=dark; other=__Host-sid' })).toBe(200)
    expect(await status(app, { ...from, cookie: 'theme=dark; __Host-sid=1' })).toBe(403)
    expect(await status(app, { ...from, cookie: '__Host-sid' })).toBe(403)
  })
})

test('settings that would let everything pass, or nothing, are refused', () => {
  expect(() => csrf({ cookies: [] })).toThrow('csrf: cookies is empty')
  expect(() => csrf({ origins: ['https://*.example'] })).toThrow("csrf: origins: 'https://*.example' is not an origin")
})
