import { describe, expect, test } from 'vitest'
import { core } from '../app/index.ts'
import { allowedHosts } from './allowed-hosts.ts'
import { askRaw } from './fixtures/raw-connection.ts'

describe('a host is allowed', () => {
  test.each([
    ['api.example.com', true],
    ['API.Example.com:8080', true],
    ['shop.example.org', true],
    ['a.b.example.org:443', true],
    ['[::1]', true],
    ['[::1]:3000', true],
    ['example.com', false],
    ['x.api.example.com', false],
    ['example.org', false],
    ['.example.org', false],
    ['evilexample.org', false],
    ['example.org.evil.test', false],
    ['api.example.com.', false],
    ['[::2]', false],
    ['', false],
  ])('%s: %s', (host, allowed) => {
    expect(allowedHosts(['Api.example.com', '*.example.org', '[::1]'])?.(host)).toBe(allowed)
  })

  test('where no list is given', () => {
    expect(allowedHosts(undefined)).toBeUndefined()
  })
})

test.each<[unknown, string]>([
  [[], 'hosts must be a list of names'],
  ['a.test', 'hosts must be a list of names'],
  [['a.test:80'], '"a.test:80" is no host'],
  [['https://a.test'], '"https://a.test" is no host'],
  [['*'], '"*" is no host'],
  [['*.'], '"*." is no host'],
  [['*.[::1]'], '"*.[::1]" is no host'],
  [['a.*.test'], '"a.*.test" is no host'],
  [[7], '7 is no host'],
])('%j is refused', (names, message) => {
  expect(() => allowedHosts(names as never)).toThrow(TypeError)
  expect(() => allowedHosts(names as never)).toThrow(message)
})

describe.each(['http1', 'node:http'] as const)('over %s', (transport) => {
  test('requests for another host are 421 and reach nobody', async () => {
    const asked: string[] = []
    await using running = await core({ mode: 'test' })
      .get('/*rest', ({ header }) => {
        asked.push(header('host') ?? 'none')
        return 'ok'
      })
      .listen({ port: 0, transport, hosts: ['a.test', '*.b.test'] })
    const status = async (target: string, host: string, version = '1.1'): Promise<number> =>
      (await askRaw(running.port, `GET ${target} HTTP/${version}\r\n${host}\r\n`)).status
    expect(await status('/', 'Host: a.test\r\n')).toBe(200)
    expect(await status('/', 'Host: x.b.test:80\r\n')).toBe(200)
    expect(await status('http://a.test/', 'Host: evil.test\r\n')).toBe(200)
    expect(await status('/', '', '1.0')).toBe(200)
    expect(asked).toEqual(['a.test', 'x.b.test:80', 'a.test', 'none'])
    expect(await status('/', 'Host: evil.test\r\n')).toBe(421)
    expect(await status('/', 'Host: b.test\r\n')).toBe(421)
    expect(await status('http://evil.test/', 'Host: a.test\r\n')).toBe(421)
    expect(await status('/', 'Host: evil.test\r\n', '1.0')).toBe(421)
    expect(await status('/', 'Host:\r\n')).toBe(400)
    expect(asked).toHaveLength(4)
    const refused = await askRaw(running.port, 'GET / HTTP/1.1\r\nHost: evil.test\r\n\r\n')
    expect(JSON.parse(refused.body)).toMatchObject({ status: 421, code: 'misdirected-request' })
    expect(refused.headers).toContainEqual(['connection', 'close'])
    await expect(core({ mode: 'test' }).listen({ port: 0, transport, hosts: ['http://a'] })).rejects.toThrow(
      'listen: hosts: "http://a" is no host',
    )
  })

  test('a target of https is 421 where nobody can have shown a certificate', async () => {
    await using running = await core({ mode: 'test' })
      .get('/', () => 'ok')
      .listen({ port: 0, transport })
    for (const [target, status] of [
      ['https://a.test/', 421],
      ['HTTPS://a.test/', 421],
      ['http://a.test/', 200],
    ] as const)
      expect([target, (await askRaw(running.port, `GET ${target} HTTP/1.1\r\nHost: a.test\r\n\r\n`)).status]).toEqual([target, status])
  })
})
