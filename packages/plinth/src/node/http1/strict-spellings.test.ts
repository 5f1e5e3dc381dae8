// Spellings on which parsers have differed, and sizes at their limits: each gets its verdict wherever its bytes are cut.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { core, type Running } from '../../app/index.ts'
import { RawConnection } from '../fixtures/raw-connection.ts'
import { http1 } from './server.ts'

let running: Running
beforeAll(async () => {
  const handle = async ({ request }: { readonly request: Request }): Promise<object> => ({ n: (await request.arrayBuffer()).byteLength })
  running = await core().get('/*rest', handle).post('/*rest', handle).listen({ port: 0, signals: false, mode: 'test', transport: http1() })
})
afterAll(() => running.close())

const get = (lines: string): string => `GET / HTTP/1.1\r\n${lines}\r\n`
const host = (value: string): string => get(`Host: ${value}\r\n`)
const post = (fields: string, body: string): string => `POST / HTTP/1.1\r\nHost: a\r\n${fields}\r\n\r\n${body}`
const chunked = (body: string): string => post('Transfer-Encoding: chunked', body)
/** Two long fields that fill a block of field lines up to `size`. */
const block = (size: number): string => get(`Host: a\r\nX: ${'x'.repeat(8_180)}\r\nY: ${'y'.repeat(size - 9 - 8_185 - 5)}\r\n`)

test.each<readonly [string, string, number]>([
  ['names that DNS has not, as Host', host('a,b'), 400],
  ['an escape in Host', host('a%2eb'), 400],
  ['IPv4 in brackets', host('[127.0.0.1]'), 400],
  ['too many colons in brackets', host('[:::::]'), 400],
  ['IPv6 with a port', host('[2001:db8::1]:8080'), 200],
  ['CONNECT of a path', 'CONNECT / HTTP/1.1\r\nHost: a\r\n\r\n', 501],
  ['a parameter of another coding', post('Transfer-Encoding: gzip;q=1, chunked', '0\r\n\r\n'), 501],
  ['a parameter of chunked', post('Transfer-Encoding: chunked;q=1', '0\r\n\r\n'), 400],
  ['a blank that is none, between codings', post('Transfer-Encoding: gzip,\xa0chunked', '0\r\n\r\n'), 400],
  ['a tab behind a length', post('Content-Length: 3\t', 'abc'), 400],
  ['a tab behind a coding', post('Transfer-Encoding: chunked\t', '0\r\n\r\n'), 400],
  ['blanks around a length', post('Content-Length: \t3 ', 'abc'), 200],
  ['a blank before a chunk extension', chunked('3 ;a\r\nabc\r\n0\r\n\r\n'), 400],
  ['a blank within a chunk extension', chunked('3;a= b\r\nabc\r\n0\r\n\r\n'), 400],
  ['chunk extensions without blanks', chunked('3;a=b;c="d e"\r\nabc\r\n0\r\n\r\n'), 200],
  ['chunk extensions that pass their limit', chunked(`3;a=${'x'.repeat(16_390)}\r\nabc\r\n0\r\n\r\n`), 413],
  ['a block of fields as long as it may be', block(16_384), 200],
  ['a block of fields a byte longer', block(16_385), 431],
  ['a long block of fields with NUL in it', get(`Host: a\r\nX: \0${'x'.repeat(17_000)}\r\n`), 400],
  ['a target as long as it may be', `GET /${'a'.repeat(8_191)} HTTP/1.1\r\nHost: a\r\n\r\n`, 200],
  ['a target a byte longer', `GET /${'a'.repeat(8_192)} HTTP/1.1\r\nHost: a\r\n\r\n`, 414],
  ['a long target with a bare line feed in it', `GET /\n${'a'.repeat(9_000)} HTTP/1.1\r\nHost: a\r\n\r\n`, 400],
])('%s', { timeout: 20_000 }, async (_, bytes, status) => {
  const middle = bytes.length >> 1
  const last = bytes.length - 1
  const ways = [[bytes], ...[1, middle, last - 1, last].map((at) => [bytes.slice(0, at), bytes.slice(at)]), [...bytes]]
  for (const parts of ways) {
    const connection = await new RawConnection(running.port).opened()
    for (const part of parts) {
      connection.send(part)
      if (parts.length === 2) await new Promise(setImmediate)
    }
    expect((await connection.answer()).status).toBe(status)
    connection.destroy()
  }
})
