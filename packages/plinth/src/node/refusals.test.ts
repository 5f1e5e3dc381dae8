import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { core, type Running } from '../app/index.ts'
import { askRaw, RawConnection } from './fixtures/raw-connection.ts'
import { nodeHttp } from './http-transport.ts'
import { http1 } from './http1/server.ts'

describe.each([
  ['node:http', nodeHttp],
  ['the engine', http1()],
] as const)('over %s', (_, transport) => {
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

    // Lines that were judged are not judged again on the same connection.
    test.each([
      ['a fragment', 'GET /#x HTTP/1.1', 400],
      ['a target with somebody before the host', 'GET http://me@a.test/ HTTP/1.1', 400],
      ['a scheme that this is not', 'GET https://a.test/ HTTP/1.1', 421],
      ['a line more', 'GET / HTTP/1.1\r\nHost: a.test', 400],
      ['a long target', `GET /${'x'.repeat(8_192)} HTTP/1.1`, 414],
    ])('%s behind a request with the same lines', async (_, line, status) => {
      asked = 0
      const lines = 'Host: a.test\r\nAccept: */*\r\n\r\n'
      const connection = await new RawConnection(running.port).opened()
      connection.send(`GET / HTTP/1.1\r\n${lines}${line}\r\n${lines}`)
      expect((await connection.answer()).status).toBe(200)
      expect((await connection.answer()).status).toBe(status)
      expect(asked).toBe(1)
      await connection.end()
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

  test('an expectation that nobody knows is refused, 100-continue is met', async () => {
    const body = '{"a":1}'
    const post = (expectation: string): string =>
      `POST / HTTP/1.1\r\nHost: a.test\r\nExpect: ${expectation}\r\nContent-Type: application/json\r\nContent-Length: 7\r\n\r\n${body}`
    expect(await askRaw(running.port, post('100-continue'))).toMatchObject({ status: 200, body: '{"body":{"a":1}}' })
    expect(await askRaw(running.port, post('200-ok'))).toMatchObject({ status: 417 })
  })

  describe('bytes that are bad behind a good request in the same packet', () => {
    const good = 'GET / HTTP/1.1\r\nHost: a.test\r\n\r\n'
    test.each([
      ['a line that is none', 'BAD\r\n\r\n', '400'],
      ['a bad field', 'GET / HTTP/1.1\r\nHost: a.test\r\nX : y\r\n\r\n', '400'],
      ['a version that nobody speaks', 'GET / HTTP/4.0\r\nHost: a.test\r\n\r\n', '505'],
      // Named as JSON, so that the handler waits for it: one that reads nothing may be answered before the body breaks.
      [
        'a broken body',
        'POST / HTTP/1.1\r\nHost: a.test\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n',
        '400',
      ],
      ['a coding that nobody takes off', 'POST / HTTP/1.1\r\nHost: a.test\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n', '501'],
      ['a tunnel', 'CONNECT a.test:80 HTTP/1.1\r\nHost: a.test\r\n\r\n', '501'],
    ])('%s: costs it no answer, and gets its own', async (_, bad, status) => {
      for (const bytes of [bad, good + bad, good.repeat(3) + bad]) {
        const connection = await new RawConnection(running.port).opened()
        await connection.send(bytes + good.repeat(3)).end()
        const statuses = [...connection.received.matchAll(/HTTP\/1\.1 (\d+) /g)].map((it) => it[1])
        expect(statuses).toEqual([...bytes.slice(0, -bad.length).matchAll(/GET/g)].map(() => '200').concat(status))
      }
    })

    test('a request that closes is answered, whatever comes behind it', async () => {
      const connection = await new RawConnection(running.port).opened()
      await connection.send(`GET / HTTP/1.1\r\nHost: a.test\r\nConnection: close\r\n\r\n${good}BAD\r\n\r\n`).end()
      expect([...connection.received.matchAll(/HTTP\/1\.1 (\d+) /g)].map((it) => it[1])).toEqual(['200'])
    })
  })

  test('a client that goes on sending what is refused still gets to read why', async () => {
    const connection = await new RawConnection(running.port).opened()
    for (const byte of 'NO REQUEST AT ALL, AND MORE OF IT\r\n\r\n'.repeat(20)) {
      connection.send(byte)
      await new Promise(setImmediate)
    }
    expect((await connection.answer()).status).toBe(400)
    await connection.end(2_000)
  })

  test('a body that breaks while its handler reads it is answered with that, once', async () => {
    const connection = await new RawConnection(running.port).opened()
    connection.send('POST / HTTP/1.1\r\nHost: a.test\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n3\r\n{"a\r\n')
    await new Promise(setImmediate)
    connection.send('zz\r\n')
    expect((await connection.answer()).status).toBe(400)
    expect((await connection.end(2_000)).received).toBe('')
  })
})

test('over node:http, what its parser lets pass is judged by the rules of the engine', async () => {
  const running = await core()
    .get('/*rest', ({ path }) => path)
    .post('/*rest', ({ path }) => path)
    .listen({ port: 0, signals: false, mode: 'test', transport: 'node:http' })
  const get = (target: string, fields = ''): string => `GET ${target} HTTP/1.1\r\nHost: a.test\r\n${fields}\r\n`
  const post = (fields: string): string => `POST / HTTP/1.1\r\nHost: a.test\r\n${fields}\r\n\r\n0\r\n\r\n`
  try {
    for (const [bytes, status] of [
      [get('/a#b'), 400],
      [get('/a\\b'), 400],
      [get('*'), 400],
      [get('ftp://a.test/'), 400],
      ['GET / HTTP/2.0\r\nHost: a.test\r\n\r\n', 505],
      [get('/', 'Authorization: a\r\nAuthorization: b\r\n'), 400],
      [get('/', 'Origin: http://a\r\nOrigin: http://b\r\n'), 400],
      [post('Transfer-Encoding: ,chunked'), 400],
      [post('Transfer-Encoding: identity\r\nTransfer-Encoding: chunked'), 400],
      [post('Transfer-Encoding: x, chunked'), 501],
      ['POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n', 400],
      [post('Content-Length: 005'), 400],
      [get(`/${'a'.repeat(8_192)}`), 414],
      [get('/', `X: ${'x'.repeat(8_190)}\r\n`), 431],
      [get('/', 'X: y\r\n'.repeat(100)), 431],
      [get('/', 'X: y\r\n'.repeat(99)), 200],
      [get(`/${'a'.repeat(8_191)}`), 200],
    ] as const)
      expect([bytes.slice(0, 99), (await askRaw(running.port, bytes)).status]).toEqual([bytes.slice(0, 99), status])
  } finally {
    await running.close()
  }
})

test('over node:http, a client that ends its connection behind a 426 is let go', async () => {
  const running = await core()
    .get('/live', { websocket: true }, () => 'never')
    .listen({ port: 0, signals: false, mode: 'test', transport: 'node:http' })
  try {
    const connection = await new RawConnection(running.port).opened()
    await connection.send('GET /live HTTP/1.1\r\nHost: a.test\r\nConnection: close\r\n\r\n').end(2_000)
    expect(connection.received).toMatch(/^HTTP\/1\.1 426 [^]*connection: close\r\nconnection: upgrade/)
  } finally {
    await running.close()
  }
})
