import { describe, expect, test } from 'vitest'
import { core } from '../app/index.ts'
import { csrf } from '../middleware/csrf.ts'
import { type ForwardedFacts, readForwarded, type TrustProxy } from './forwarded.ts'

function read(setting: TrustProxy, address: string, headers: { readonly [name: string]: string }): ForwardedFacts {
  return readForwarded(setting)(address, (name) => headers[name])
}
const from = (value: string): { readonly [name: string]: string } => ({ 'x-forwarded-for': value })

describe('X-Forwarded-For', () => {
  test.each<[TrustProxy, string, string, string | undefined]>([
    // Who is not trusted is not heard.
    ['10.0.0.0/8', '192.0.2.1', '6.6.6.6', undefined],
    ['private', '192.0.2.1', '6.6.6.6', undefined],
    ['loopback', '10.0.0.1', '6.6.6.6', undefined],
    ['10.0.0.0/8', '', '6.6.6.6', undefined],
    ['loopback', '', '6.6.6.6', undefined],
    ['10.0.0.0/8', 'unix', '6.6.6.6', undefined],
    // From the right, as far as trust goes.
    ['10.0.0.0/8', '10.0.0.1', '192.0.2.1', '192.0.2.1'],
    ['10.0.0.0/8', '10.0.0.1', '6.6.6.6, 192.0.2.1', '192.0.2.1'],
    ['10.0.0.0/8', '10.0.0.1', '6.6.6.6, 192.0.2.1, 10.0.0.2', '192.0.2.1'],
    ['10.0.0.0/8', '10.0.0.1', '10.0.0.3, 10.0.0.2', '10.0.0.3'],
    ['private', '::ffff:10.0.0.1', '192.0.2.1', '192.0.2.1'],
    ['private', 'unix', '192.0.2.1', '192.0.2.1'],
    ['unix', 'unix', '192.0.2.1', '192.0.2.1'],
    [['192.0.2.7', '2001:db8::/32'], '2001:db8::9', '6.6.6.6, 192.0.2.7', '6.6.6.6'],
    // What is no address ends the way.
    ['10.0.0.0/8', '10.0.0.1', '192.0.2.1, unknown', undefined],
    ['10.0.0.0/8', '10.0.0.1', '192.0.2.1, ', undefined],
    ['10.0.0.0/8', '10.0.0.1', '192.0.2.1, 10.0.0.2 x, 10.0.0.3', '10.0.0.3'],
    ['10.0.0.0/8', '10.0.0.1', '1.2.3.4:99999', undefined],
    ['10.0.0.0/8', '10.0.0.1', '\u00a0192.0.2.1', undefined],
    // By number.
    [1, '203.0.113.1', '192.0.2.1', '192.0.2.1'],
    [1, '203.0.113.1', '6.6.6.6, 192.0.2.1', '192.0.2.1'],
    [2, '203.0.113.1', '6.6.6.6, 192.0.2.1, 10.0.0.1', '192.0.2.1'],
    [2, '203.0.113.1', '192.0.2.1', undefined],
    [2, '203.0.113.1', 'unknown, 10.0.0.1', '10.0.0.1'],
    [1, '203.0.113.1', '', undefined],
    // With ports.
    [1, '203.0.113.1', '[2001:db8::1]:4711', '2001:db8::1'],
    [1, '203.0.113.1', '2001:db8::1', '2001:db8::1'],
  ])('trusting %j, asked by %j with %j: %s', (setting, address, value, client) => {
    expect(read(setting, address, from(value)).address).toBe(client)
  })

  test('tells the port where it is written', () => {
    expect(read(1, '10.0.0.1', from('192.0.2.1:4711'))).toEqual({ address: '192.0.2.1', port: 4711 })
  })

  test('scheme and host are those of the hop that gave the address, or the edge set them once', () => {
    const headers = { 'x-forwarded-for': '6.6.6.6, 192.0.2.1, 10.0.0.2', 'x-forwarded-proto': 'http, https, http' }
    expect(read('private', '10.0.0.1', headers)).toMatchObject({ address: '192.0.2.1', secure: true })
    expect(read('private', '10.0.0.1', { ...headers, 'x-forwarded-proto': 'https', 'x-forwarded-host': 'shop.example' })).toMatchObject({
      secure: true,
      host: 'shop.example',
    })
    expect(read('private', '10.0.0.1', { 'x-forwarded-proto': 'HTTPS' })).toEqual({ secure: true })
    expect(read('private', '192.0.2.1', { 'x-forwarded-proto': 'https', 'x-forwarded-host': 'a' })).toEqual({})
  })

  test('a scheme or host that is none is passed over', () => {
    expect(read(1, '10.0.0.1', { ...from('192.0.2.1'), 'x-forwarded-proto': 'gopher', 'x-forwarded-host': 'a/b' })).toEqual({
      address: '192.0.2.1',
      port: 0,
    })
    expect(read(1, '10.0.0.1', { ...from('192.0.2.1'), 'x-forwarded-host': 'a:99999' }).host).toBeUndefined()
  })
})

describe('Forwarded', () => {
  const setting: TrustProxy = { from: 'private', header: 'forwarded' }

  test.each<[string, ForwardedFacts]>([
    ['for=192.0.2.1', { address: '192.0.2.1', port: 0 }],
    [
      'For="[2001:db8::1]:4711";Proto=https;host="shop.example"',
      { address: '2001:db8::1', port: 4711, secure: true, host: 'shop.example' },
    ],
    ['for=6.6.6.6, for=192.0.2.1;proto=https, for=10.0.0.2;proto=http', { address: '192.0.2.1', port: 0, secure: true }],
    ['for=192.0.2.1 ; by=10.0.0.1; proto=http', { address: '192.0.2.1', port: 0, secure: false }],
    ['for=unknown;proto=https', { secure: true }],
    ['for=_hidden', {}],
    // What the client wrote must not swallow what the proxy appended.
    ['for="6.6.6.6, for=192.0.2.1', { address: '192.0.2.1', port: 0 }],
    ['for="\\, for=192.0.2.1;proto=https', { address: '192.0.2.1', port: 0, secure: true }],
    ['for=6.6.6.6;for=7.7.7.7', {}],
    ['192.0.2.1', {}],
    ['for=192.0.2.1;', {}],
    ['', {}],
  ])('%j', (value, facts) => {
    expect(read(setting, '10.0.0.1', { forwarded: value })).toEqual(facts)
  })

  test('of the two kinds of fields the configured one is read, the other never', () => {
    const both = { forwarded: 'for=192.0.2.1;proto=https', 'x-forwarded-for': '192.0.2.2', 'x-forwarded-proto': 'http' }
    expect(read(setting, '10.0.0.1', both)).toMatchObject({ address: '192.0.2.1', secure: true })
    expect(read('private', '10.0.0.1', both)).toMatchObject({ address: '192.0.2.2', secure: false })
    expect(read('private', '10.0.0.1', { forwarded: 'for=192.0.2.1' })).toEqual({})
  })
})

test.each<[unknown, string]>([
  [0, 'the number of proxies, 1 or more'],
  [1.5, 'the number of proxies'],
  [true, "must be an address, a range (10.0.0.0/8), 'loopback', 'private', 'unix'"],
  [[], 'must be an address, a range'],
  ['', '"" is no address and no range'],
  ['10.1.0.0/8', 'no bits behind the prefix'],
  ['constructor', '"constructor" is no address'],
  [[7], '7 is no address'],
  [{ from: 1, header: 'via' }, "header must be 'x-forwarded' or 'forwarded'"],
  [{}, 'must be an address'],
])('trusting %j does not start', async (setting, message) => {
  const application = core({ trustProxy: setting as TrustProxy, mode: 'test' })
  await expect(application.build()).rejects.toThrow(message)
  await expect(application.build()).rejects.toMatchObject({ problems: [{ code: 'bad-trust-proxy' }] })
})

describe('an application behind a proxy', () => {
  const tell = (trustProxy?: TrustProxy) =>
    core({ mode: 'test', ...(trustProxy === undefined ? {} : { trustProxy }) })
      .use(csrf())
      .get('/', ({ peer, request, header }) => ({ ...peer, url: request.url, host: header('host'), fields: request.headers.get('host') }))
      .post('/', () => 'posted')
      .build()
  const headers = { 'x-forwarded-for': '192.0.2.1', 'x-forwarded-proto': 'https', 'x-forwarded-host': 'shop.example' }
  const bun = { requestIP: () => ({ address: '10.0.0.1', port: 1, family: 'IPv4' }) }

  test('sees the client and the origin that it asked', async () => {
    const built = await tell('private')
    const answer = await built.fetch(new Request('http://inside:3000/?a=1', { headers }), bun)
    expect(await answer.json()).toEqual({
      address: '192.0.2.1',
      port: 0,
      secure: true,
      url: 'https://shop.example/?a=1',
      host: 'shop.example',
      fields: 'shop.example',
    })
    const post = { method: 'POST', headers: { ...headers, cookie: 'a=1', origin: 'https://shop.example' } }
    expect((await built.fetch(new Request('http://inside:3000/', post), bun)).status).toBe(200)
  })

  test('sees nothing of it where nobody is trusted', async () => {
    const built = await tell()
    const answer = await built.fetch(new Request('http://inside:3000/', { headers }), bun)
    expect(await answer.json()).toMatchObject({ address: '10.0.0.1', secure: false, url: 'http://inside:3000/' })
  })
})
