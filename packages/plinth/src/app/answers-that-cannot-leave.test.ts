import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { RawConnection, askRaw } from '../node/fixtures/raw-connection.ts'
import { reply } from '../http/reply.ts'
import { t } from '../schema/index.ts'
import { core } from './builder.ts'
import { errorLog } from './fixtures/error-log.ts'
import type { Running } from './running.ts'

// Each of these once left a client waiting, or a connection out of step, with an unhandled rejection in the process.
const { log, errors } = errorLog()
const gives = (value: unknown) => (): never => value as never
const readStream = (): ReadableStream => {
  const stream = new Blob(['x']).stream()
  stream.getReader()
  return stream
}
const cancelled: string[] = []

const app = core({ log })
  .get('/to-json', gives({ toJSON: () => undefined }))
  .get('/to-json-replied', () => reply(200, { toJSON: () => undefined } as never))
  .get('/to-json-declared', { reply: { 200: t.Any() } }, gives({ toJSON: () => undefined }))
  .get('/locked', () => readStream() as never)
  .get('/used', async () => {
    const used = new Response('x')
    await used.text()
    return used
  })
  .get('/locked-response', () => new Response(readStream()))
  .get(
    '/odd-chunks',
    () =>
      new ReadableStream({
        pull: (controller) => controller.enqueue({ not: 'bytes' } as never),
        cancel: () => void cancelled.push('odd-chunks'),
      }) as never,
  )
  .get('/two-lengths', ({ setHeader }) => {
    setHeader('content-length', '2')
    return 'hello'
  })
  .get('/two-lengths-of-bytes', ({ setHeader }) => {
    setHeader('content-length', '2')
    return new Uint8Array(5) as never
  })
  .get('/longer', () => reply(200, new Blob(['hello']).stream() as never, { 'content-length': '2' }))
  .get('/shorter', () => reply(200, new Blob(['hello']).stream() as never, { 'content-length': '9' }))
  .get('/exact', () => reply(200, new Blob(['hello']).stream() as never, { 'content-length': '5' }))
  .get('/204-with-stream', () => reply(204, new Blob(['hello']).stream() as never))
  .get('/set/:name', ({ params, setHeader }) => {
    setHeader(params.name, 'x')
    return 'ok'
  })
  .get('/reply/:name', ({ params }) => reply(200, 'ok', { [params.name]: 'x' }))
  .get(
    '/proxied',
    () => new Response('ok', { headers: { connection: 'close', 'transfer-encoding': 'chunked', trailer: 'x', 'x-own': '1' } }),
  )

let running: Running
beforeAll(async () => {
  running = await app.listen({ port: 0, signals: false, log, mode: 'test' })
})
afterAll(() => running.close())

const get = (path: string): string => `GET ${path} HTTP/1.1\r\nHost: a.test\r\n\r\n`

test.each([
  ['/to-json', /toJSON gives undefined/],
  ['/to-json-replied', /toJSON gives undefined/],
  ['/to-json-declared', /./],
  ['/locked', /a stream that somebody else reads/],
  ['/used', /a Response whose body somebody else reads/],
  ['/locked-response', /./],
])('%s is a logged 500 at once', async (path, said) => {
  errors.length = 0
  const { status, body } = await askRaw(running.port, get(path), 1_000)
  expect([status, JSON.parse(body)]).toMatchObject([500, { code: 'internal-error' }])
  expect(errors).toEqual([expect.stringMatching(said)])
})

test('a stream of what are no bytes breaks the connection and is cancelled', async () => {
  const connection = await new RawConnection(running.port).opened()
  await connection.send(get('/odd-chunks')).end()
  expect(connection.received).not.toContain('\r\n0\r\n')
  expect(cancelled).toEqual(['odd-chunks'])
})

describe('an answer has one length', () => {
  test.each(['/two-lengths', '/two-lengths-of-bytes'])('%s', async (path) => {
    const { headers } = await askRaw(running.port, get(path))
    expect(headers.filter(([name]) => name === 'content-length')).toEqual([['content-length', '5']])
  })

  test.each(['/longer', '/shorter'])('a stream that is %s than announced costs the connection, never the next answer', async (path) => {
    const connection = await new RawConnection(running.port).opened()
    connection.send(get(path))
    await connection.end()
    expect(connection.received).not.toContain('hello\r\nHTTP/')
    expect(connection.received.split('HTTP/1.1').length).toBe(2)
  })

  test('a stream as long as announced keeps the connection', async () => {
    const connection = await new RawConnection(running.port).opened()
    expect((await connection.send(get('/exact')).answer()).body).toBe('hello')
    expect((await connection.send(get('/exact')).answer()).body).toBe('hello')
    connection.destroy()
  })

  test('204 with a stream has no body, here and as a web Response', async () => {
    expect(await askRaw(running.port, get('/204-with-stream'))).toMatchObject({ status: 204, body: '' })
    const response = await app.fetch(new Request('http://a.test/204-with-stream'))
    expect([response.status, response.body]).toEqual([204, null])
  })
})

describe('what describes the connection is not for handlers', () => {
  test.each(['connection', 'keep-alive', 'proxy-connection', 'te', 'trailer', 'transfer-encoding', 'Transfer-Encoding'])(
    '%s',
    async (name) => {
      errors.length = 0
      for (const verb of ['set', 'reply']) {
        const { status, headers } = await askRaw(running.port, get(`/${verb}/${name}`))
        expect([status, headers.filter(([it]) => it === 'te' || it === 'trailer' || it === 'transfer-encoding')]).toEqual([500, []])
      }
      expect(errors).toEqual(
        Array(2).fill(`unexpected error: TypeError: Header \`${name.toLowerCase()}\` is the transport's own: leave it out.`),
      )
    },
  )

  test('a web Response that was had from another server loses it', async () => {
    const { status, headers, body } = await askRaw(running.port, get('/proxied'))
    expect([status, body]).toEqual([200, 'ok'])
    expect(headers).toContainEqual(['x-own', '1'])
    expect(headers.filter(([name, value]) => name === 'trailer' || value === 'close')).toEqual([])
  })
})

test('what fetch has inflated is not said to be compressed still', async () => {
  const upstream = await core()
    .get('/', async () => {
      const zipped = new Blob(['hello '.repeat(1000)]).stream().pipeThrough(new CompressionStream('gzip'))
      return new Response(zipped, { headers: { 'content-encoding': 'gzip', 'content-type': 'text/plain' } })
    })
    .listen({ port: 0, signals: false, mode: 'test' })
  const proxy = await core()
    .get('/', () => fetch(upstream.url))
    .listen({ port: 0, signals: false, mode: 'test' })
  try {
    const response = await fetch(proxy.url)
    expect(response.headers.get('content-encoding')).toBeNull()
    expect(await response.text()).toBe('hello '.repeat(1000))
  } finally {
    await proxy.close()
    await upstream.close()
  }
})
