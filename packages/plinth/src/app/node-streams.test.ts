import { createReadStream } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { once } from 'node:events'
import { PassThrough, Readable } from 'node:stream'
import { createGzip } from 'node:zlib'
import { afterAll, beforeAll, expect, expectTypeOf, test } from 'vitest'
import { createClient } from '../client/index.ts'
import { reply } from '../http/reply.ts'
import { askRaw, RawConnection } from '../node/fixtures/raw-connection.ts'
import { t } from '../schema/index.ts'
import { core } from './builder.ts'
import { errorLog } from './fixtures/error-log.ts'
import type { Running } from './running.ts'

const here = new URL(import.meta.url).pathname
const { log, errors } = errorLog()
let latest = new Readable({ read: () => {} })
const kept = (stream: Readable): Readable => (latest = stream)

const app = core({ log })
  .get('/file', () => createReadStream(here))
  .get('/declared', { reply: { 200: t.Object({ a: t.Integer() }) } }, () => Readable.from([Buffer.from([0, 255])]))
  .get('/typed', ({ setHeader }) => {
    setHeader('content-type', 'image/x-own')
    return Readable.from(['é'])
  })
  .get('/replied', () => reply(201, Readable.from(['a', 'b']), { 'content-type': 'text/csv' }))
  .get('/late', async () => createReadStream(here).pipe(createGzip()))
  .get('/endless', () => kept(new Readable({ read: () => {} })))
  .get('/missing', () => kept(createReadStream('/no/such/file')))
  .get('/objects', () => kept(Readable.from([{ a: 1 }])))
  .get('/breaks', () => kept(Readable.from(breaking())))
  .get('/spent', async () => {
    const spent = Readable.from(['a'])
    await spent.toArray()
    return spent
  })
  .get('/big', () => kept(new PassThrough().end(Buffer.alloc(300_000, 7))))

async function* breaking(): AsyncGenerator<string> {
  yield 'half'
  throw new Error('broke')
}

let running: Running
beforeAll(async () => {
  running = await app.listen({ port: 0, signals: false, mode: 'test' })
})
afterAll(() => running.close())

// It is async iterable, and once left as server-sent events, each piece of the file as JSON.
test('a Readable leaves as its bytes', async () => {
  const response = await fetch(`${running.url}/file`)
  expect(response.headers.get('content-type')).toBe('application/octet-stream')
  expect(response.headers.get('cache-control')).toBeNull()
  expect(await response.text()).toBe(await readFile(here, 'utf8'))
  const declared = await fetch(`${running.url}/declared`)
  expect([...new Uint8Array(await declared.arrayBuffer())]).toEqual([0, 255])
  expect((await (await fetch(`${running.url}/big`)).arrayBuffer()).byteLength).toBe(300_000)
})

test('the media type is what the route says', async () => {
  const typed = await fetch(`${running.url}/typed`)
  expect([typed.headers.get('content-type'), await typed.text()]).toEqual(['image/x-own', 'é'])
  const replied = await fetch(`${running.url}/replied`)
  expect([replied.status, replied.headers.get('content-type'), await replied.text()]).toEqual([201, 'text/csv', 'ab'])
})

test('the client is given the Response, in its types too', async () => {
  const client = createClient<typeof app>(running.url)
  const late = await client.get('/late')
  expectTypeOf(late).toEqualTypeOf<Response>()
  expect(new Uint8Array(await late.arrayBuffer()).subarray(0, 2)).toEqual(new Uint8Array([0x1f, 0x8b]))
})

test.each([
  ['a client that goes', (path: string) => `GET ${path}`],
  ['HEAD', (path: string) => `HEAD ${path}`],
])('%s destroys it', async (_, line) => {
  const connection = await new RawConnection(running.port).opened()
  const before = latest
  connection.send(`${line('/endless')} HTTP/1.1\r\nHost: a.test\r\n\r\n`)
  await expect.poll(() => connection.received).toContain('\r\n\r\n')
  expect(latest).not.toBe(before)
  const closed = latest.closed ? undefined : once(latest, 'close')
  connection.destroy()
  await closed
  expect(latest.destroyed).toBe(true)
})

test.each([
  ['/missing', 'a stream failed: Error: ENOENT'],
  ['/objects', 'a stream failed: TypeError: A stream of Node leaves as bytes, but gave object: to send events, answer a generator'],
  ['/breaks', 'a stream failed: Error: broke'],
])('%s breaks the connection off and is logged', async (path, said) => {
  errors.length = 0
  const connection = await new RawConnection(running.port).opened()
  await connection.send(`GET ${path} HTTP/1.1\r\nHost: a.test\r\n\r\n`).end()
  expect(connection.received).not.toContain('\r\n0\r\n')
  expect(errors).toEqual([expect.stringContaining(said)])
  expect(latest.destroyed).toBe(true)
})

test('one that was read already is a logged 500', async () => {
  errors.length = 0
  expect(await askRaw(running.port, 'GET /spent HTTP/1.1\r\nHost: a.test\r\n\r\n')).toMatchObject({ status: 500 })
  expect(errors).toEqual([expect.stringContaining('answered a stream that somebody else reads or has read already')])
})

test('one whose file is missing ends nothing when nobody reads it', async () => {
  errors.length = 0
  expect(await askRaw(running.port, 'HEAD /missing HTTP/1.1\r\nHost: a.test\r\n\r\n')).toMatchObject({ status: 200, body: '' })
  // `once` of node:events would take the error for its own.
  if (!latest.closed) await new Promise((resolve) => latest.once('close', resolve))
  expect(errors).toEqual([])
})
