import { describe, expect, test } from 'vitest'
import { readProxyHeader } from './proxy-header.ts'

const signature = '\r\n\r\n\0\r\nQUIT\n'

/** A header of version 2: command byte, family byte, what follows. */
function v2(command: number, family: number, rest: Buffer | readonly number[]): Buffer {
  const content = Buffer.from(rest)
  return Buffer.concat([
    Buffer.from(signature, 'latin1'),
    Buffer.from([command, family, content.length >> 8, content.length & 255]),
    content,
  ])
}
const ports = [0x12, 0x34, 0, 80]
const tcp4 = [192, 0, 2, 1, 192, 0, 2, 2, ...ports]
const ip6 = (...groups: readonly number[]): number[] => groups.flatMap((it) => [it >> 8, it & 255])
const tcp6 = [...ip6(0x2001, 0xdb8, 0, 0, 0, 0, 0, 1), ...ip6(0, 0, 0, 0, 0, 0, 0, 1), ...ports]
const ssl = (client: number): number[] => [0x20, 0, 5, client, 0, 0, 0, 0]

describe('version 1', () => {
  test.each([
    ['PROXY TCP4 192.0.2.1 192.0.2.2 65535 0', { address: '192.0.2.1', port: 65_535, secure: false }],
    ['PROXY TCP6 2001:db8::1 ::1 4711 443', { address: '2001:db8::1', port: 4_711, secure: false }],
    ['PROXY TCP6 ::ffff:192.0.2.1 ::1 1 2', { address: '::ffff:192.0.2.1', port: 1, secure: false }],
    ['PROXY UNKNOWN', undefined],
    ['PROXY UNKNOWN ffff:: ffff:: 65535 65535', undefined],
  ])('%s', (line, peer) => {
    expect(readProxyHeader(Buffer.from(`${line}\r\nGET /`))).toEqual({ peer, length: line.length + 2 })
  })

  test.each([
    'PROXY TCP4 192.0.2.1 192.0.2.2 04711 443',
    'PROXY TCP4 192.0.2.1 192.0.2.2 65536 443',
    'PROXY TCP4 192.0.2.1 192.0.2.2 1',
    'PROXY TCP4 192.0.2.1 192.0.2.2 1 2 ',
    'PROXY TCP4 192.0.2.01 192.0.2.2 1 2',
    'PROXY TCP4 ::1 ::1 1 2',
    'PROXY TCP6 192.0.2.1 192.0.2.2 1 2',
    'PROXY  TCP4 192.0.2.1 192.0.2.2 1 2',
    'PROXY TCP5 192.0.2.1 192.0.2.2 1 2',
    'PROXY UNKNOWNS',
    'proxy TCP4 192.0.2.1 192.0.2.2 1 2',
    'PROXY ',
    `PROXY UNKNOWN ${'x'.repeat(100)}`,
    'GET / HTTP/1.1',
  ])('%j is none', (line) => {
    expect(readProxyHeader(Buffer.from(`${line}\r\n\r\n`))).toBe('malformed')
  })

  test('a line that does not end within 107 bytes is none, a bare LF no end', () => {
    expect(readProxyHeader(Buffer.from(`PROXY UNKNOWN ${'x'.repeat(92)}`))).toBe('more')
    expect(readProxyHeader(Buffer.from(`PROXY UNKNOWN ${'x'.repeat(93)}`))).toBe('malformed')
    expect(readProxyHeader(Buffer.from('PROXY UNKNOWN\nGET'))).toBe('more')
  })
})

describe('version 2', () => {
  test.each([
    ['TCP over IPv4', v2(0x21, 0x11, tcp4), { address: '192.0.2.1', port: 0x1234, secure: false }],
    ['TCP over IPv6', v2(0x21, 0x21, tcp6), { address: '2001:db8::1', port: 0x1234, secure: false }],
    ['a UNIX socket', v2(0x21, 0x31, Buffer.alloc(216)), { address: 'unix', port: 0, secure: false }],
    ['a client over TLS', v2(0x21, 0x11, [...tcp4, 4, 0, 1, 0, ...ssl(1)]), { address: '192.0.2.1', port: 0x1234, secure: true }],
    ['a client that is not', v2(0x21, 0x11, [...tcp4, ...ssl(0)]), { address: '192.0.2.1', port: 0x1234, secure: false }],
    ['nothing that is known', v2(0x21, 0, []), undefined],
    ['the proxy itself', v2(0x20, 0x11, tcp4), undefined],
    ['the proxy itself without addresses', v2(0x20, 0, []), undefined],
  ])('%s', (_, bytes, peer) => {
    expect(readProxyHeader(Buffer.concat([bytes, Buffer.from('GET /')]))).toEqual({ peer, length: bytes.length })
    for (let at = 0; at < bytes.length; at++) expect(readProxyHeader(bytes.subarray(0, at))).toBe('more')
  })

  test.each([
    ['version 1', v2(0x11, 0x11, tcp4)],
    ['an unknown command', v2(0x22, 0x11, tcp4)],
    ['an unknown family', v2(0x21, 0x41, Buffer.alloc(300))],
    ['datagrams', v2(0x21, 0x12, tcp4)],
    ['a family without a transport', v2(0x21, 0x10, tcp4)],
    ['too few bytes', v2(0x21, 0x11, tcp4.slice(1))],
    ['an addition that is cut', v2(0x21, 0x11, [...tcp4, 4, 0])],
    ['an addition longer than its place', v2(0x21, 0x11, [...tcp4, 4, 0, 2, 0])],
    ['TLS facts that are cut', v2(0x21, 0x11, [...tcp4, 0x20, 0, 1, 1])],
    ['more than can be meant', v2(0x21, 0x11, Buffer.alloc(5_000))],
  ])('%s is none', (_, bytes) => {
    expect(readProxyHeader(bytes)).toBe('malformed')
  })

  test('too long is said before it has come', () => {
    expect(readProxyHeader(v2(0x21, 0x11, Buffer.alloc(5_000)).subarray(0, 16))).toBe('malformed')
  })
})
