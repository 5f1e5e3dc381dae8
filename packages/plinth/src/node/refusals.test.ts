import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { core, type Running } from '../app/index.ts'
import { askRaw, RawConnection } from './fixtures/raw-connection.ts'
import { nodeHttp } from './http-transport.ts'
import { http1 } from './http1/server.ts'

describe.each([
  ['node:http', nodeHttp],
  ['the engine', http1()],
] as const)('over %s', (name, transport) => {
  let running: Running
  let asked = 0
  beforeAll(async () => {
    running = await core()
      .get('/', ({ header }) => {
        asked++
        return { host: header('host') ?? null, inherited: [header('constructor'), header('__proto__'), header('hasownproperty')] }
      })
      .post('/', ({ body }) => ({ body }))
      .listen({ port: 0, signals: false, mode: 'test', transport })
  })
  afterAll(() => running.close())

  // Every refusal that comes before the dispatch is a whole problem of the catalogue; the platform's own have no body.
  describe('what never reaches the application', () => {
    test.each([
      ['no Host', 'GET / HTTP/1.1\r\n\r\n', 400, 'malformed-request'],
      ['two Hosts', 'GET / HTTP/1.1\r\nHost: a.test\r\nhost: b.test\r\n\r\n', 400, 'malformed-request'],
      ['two equal Hosts', 'GET / HTTP/1.0\r\nHost: a.test\r\nHost: a.test\r\n\r\n', 400, 'malformed-request'],
      ['a line that is none', 'HELLO\r\n\r\n', 400, 'malformed-request'],
      ['a space before the colon', 'GET / HTTP/1.1\r\nHost : a.test\r\n\r\n', 400, 'malformed-request'],
      ['two lengths', 'POST / HTTP/1.1\r\nHost: a.test\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n', 400, 'malformed-request'],
      ['too many fields', `GET / HTTP/1.1\r\nHost: a.test\r\nX: ${'x'.repeat(20_000)}\r\n\r\n`, 431, 'headers-too-large'],
    ])('%s', async (_, bytes, status, code) => {
      asked = 0
      const answer = await askRaw(running.port, bytes)
      expect(answer.status).toBe(status)
      const problem = JSON.parse(answer.body) as object
      expect(Object.keys(problem)).toEqual(['type', 'title', 'status', 'code'])
      expect(problem).toMatchObject({ status, code, type: `urn:problem-type:${code}` })
      expect(Object.fromEntries(answer.headers)).toMatchObject({
        'content-type': 'application/problem+json; charset=utf-8',
        'x-content-type-options': 'nosniff',
        connection: 'close',
      })
      expect(asked).toBe(0)
    })

    test('the connection is closed behind it', async () => {
      const connection = await new RawConnection(running.port).opened()
      await connection.send('GET / HTTP/1.1\r\n\r\nGET / HTTP/1.1\r\nHost: a.test\r\n\r\n').end()
      expect(connection.received.split('HTTP/1.1 ').length).toBe(2)
    })
  })

  test('HTTP/1.0 needs no Host', async () => {
    expect(await askRaw(running.port, 'GET / HTTP/1.0\r\n\r\n')).toMatchObject({
      status: 200,
      body: expect.stringContaining('"host":null'),
    })
  })

  test('names that objects inherit are no headers', async () => {
    const { body } = await askRaw(running.port, 'GET / HTTP/1.1\r\nHost: a.test\r\n\r\n')
    expect(JSON.parse(body)).toEqual({ host: 'a.test', inherited: [null, null, null] })
  })

  test('an expectation that nobody knows is passed over or refused, 100-continue is met', async () => {
    const body = '{"a":1}'
    const post = (expectation: string): string =>
      `POST / HTTP/1.1\r\nHost: a.test\r\nExpect: ${expectation}\r\nContent-Type: application/json\r\nContent-Length: 7\r\n\r\n${body}`
    expect(await askRaw(running.port, post('100-continue'))).toMatchObject({ status: 200, body: '{"body":{"a":1}}' })
    expect(await askRaw(running.port, post('200-ok'))).toMatchObject({ status: name === 'the engine' ? 417 : 200 })
  })
})
