// Requests that somebody who means ill would send, and what each must get: RFC 9110 and 9112, by a parser that guesses nothing. A `K` behind
// the statuses says that the connection is kept, a `C` that it ends.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { core, type Running } from '../../app/index.ts'
import { RawConnection } from '../fixtures/raw-connection.ts'

let running: Running
const asked: string[] = []
beforeAll(async () => {
  const handle = async (ctx: { readonly path: string; rawBody(): Promise<Uint8Array> }): Promise<object> => {
    const { byteLength } = await ctx.rawBody()
    asked.push(ctx.path)
    return { byteLength }
  }
  running = await core()
    .get('/good', () => 'good')
    .get('/*rest', handle)
    .post('/*rest', handle)
    .listen({ port: 0, signals: false, mode: 'test', transport: 'http1' })
})
afterAll(() => running.close())

const G = (lines: string): string => `GET / HTTP/1.1\r\n${lines}\r\n`
const P = (fields: string, body: string): string => `POST / HTTP/1.1\r\nHost: a\r\n${fields}\r\n\r\n${body}`
const C = (body: string): string => P('Transfer-Encoding: chunked', body)
/** What is smuggled. */
const next = 'GET /evil HTTP/1.1\r\nHost: a\r\n\r\n'

const hostile: readonly (readonly [about: string, bytes: string, statuses: string, connection: 'K' | 'C'])[] = [
  [
    'Content-Length beside Transfer-Encoding, and a request behind (CL.TE)',
    P('Content-Length: 6\r\nTransfer-Encoding: chunked', '0\r\n\r\nX') + next,
    '400',
    'C',
  ],
  [
    'Transfer-Encoding beside Content-Length, and a request behind (TE.CL)',
    P('Transfer-Encoding: chunked\r\nContent-Length: 4', '5c\r\nGPOST') + next,
    '400',
    'C',
  ],
  ['Transfer-Encoding twice, same', P('Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked', '0\r\n\r\n'), '400', 'C'],
  ['Transfer-Encoding twice, identity', P('Transfer-Encoding: identity\r\nTransfer-Encoding: chunked', '0\r\n\r\n'), '400', 'C'],
  ['Transfer-Encoding, identity', P('Transfer-Encoding: identity', ''), '400', 'C'],
  ['Transfer-Encoding, empty', P('Transfer-Encoding:', ''), '400', 'C'],
  ['Transfer-Encoding, comma', P('Transfer-Encoding: ,chunked', '0\r\n\r\n'), '400', 'C'],
  ['Transfer-Encoding, comma2', P('Transfer-Encoding: chunked,', '0\r\n\r\n'), '400', 'C'],
  ['Transfer-Encoding, twice in list', P('Transfer-Encoding: chunked, chunked', '0\r\n\r\n'), '400', 'C'],
  ['Transfer-Encoding, upper', P('Transfer-Encoding: CHUNKED', '0\r\n\r\n'), '200', 'K'],
  ['Transfer-Encoding, vt', P('Transfer-Encoding: \x0bchunked', '0\r\n\r\n'), '400', 'C'],
  ['Transfer-Encoding, tab before', P('Transfer-Encoding:\tchunked', '0\r\n\r\n'), '200', 'K'],
  ['Transfer-Encoding, xchunked', P('Transfer-Encoding: xchunked', '0\r\n\r\n'), '400', 'C'],
  ['Transfer-Encoding, quoted', P('Transfer-Encoding: "chunked"', '0\r\n\r\n'), '400', 'C'],
  ['Transfer-Encoding, nul', P('Transfer-Encoding: chunked\0', '0\r\n\r\n'), '400', 'C'],
  ['Transfer-Encoding, name underscore', P('Transfer_Encoding: chunked', '0\r\n\r\n'), '200,400', 'C'],
  ['Transfer-Encoding, obs-fold', P('Transfer-Encoding:\r\n chunked', '0\r\n\r\n'), '400', 'C'],
  ['Transfer-Encoding, space colon', P('Transfer-Encoding : chunked', '0\r\n\r\n'), '400', 'C'],
  ['Transfer-Encoding, leading space line', P(' Transfer-Encoding: chunked', '0\r\n\r\n'), '400', 'C'],
  ['Transfer-Encoding, gzip only', P('Transfer-Encoding: gzip', ''), '400', 'C'],
  ['Transfer-Encoding, chunked gzip', P('Transfer-Encoding: chunked, gzip', '0\r\n\r\n'), '400', 'C'],
  ['Transfer-Encoding, 1.0', 'POST / HTTP/1.0\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n', '400', 'C'],
  ['chunk plus', C('+3\r\nabc\r\n0\r\n\r\n'), '400', 'C'],
  ['chunk minus', C('-3\r\nabc\r\n0\r\n\r\n'), '400', 'C'],
  ['chunk 0x', C('0x3\r\nabc\r\n0\r\n\r\n'), '400', 'C'],
  ['chunk _', C('1_0\r\nabc\r\n0\r\n\r\n'), '400', 'C'],
  ['chunk empty size', C('\r\nabc\r\n0\r\n\r\n'), '400', 'C'],
  ['chunk space lead', C(' 3\r\nabc\r\n0\r\n\r\n'), '400', 'C'],
  ['chunk space trail', C('3 \r\nabc\r\n0\r\n\r\n'), '400', 'C'],
  ['chunk overflow 16 f', C('ffffffffffffffff\r\nabc\r\n0\r\n\r\n'), '400', 'C'],
  ['chunk overflow 17', C('10000000000000003\r\nabc\r\n0\r\n\r\n'), '400', 'C'],
  ['chunk 2^53', C('20000000000000\r\nabc'), '400', 'C'],
  ['chunk leading zeros 16', C('0000000000000003\r\nabc\r\n0\r\n\r\n'), '200', 'K'],
  ['chunk leading zeros 17', C('00000000000000003\r\nabc\r\n0\r\n\r\n'), '400', 'C'],
  ['chunk LF', C('3\nabc\r\n0\r\n\r\n'), '400', 'C'],
  ['chunk CR only', C('3\rabc\r\n0\r\n\r\n'), '400', 'C'],
  ['chunk ext LF', C('3;a\nabc\r\n0\r\n\r\n'), '400', 'C'],
  ['chunk ext nul', C('3;a=\0\r\nabc\r\n0\r\n\r\n'), '400', 'C'],
  ['chunk ext bare ;', C('3;\r\nabc\r\n0\r\n\r\n'), '400', 'C'],
  ['chunk ext cr', C('3;a\rb\r\nabc\r\n0\r\n\r\n'), '400', 'C'],
  ['chunk data longer', C('3\r\nabcd\r\n0\r\n\r\n'), '400', 'C'],
  ['chunk data shorter', C('5\r\nabc\r\n0\r\n\r\n'), '400', 'C'],
  ['chunk data end LF', C('3\r\nabc\n0\r\n\r\n'), '400', 'C'],
  ['chunk last no CRLF + next', C('3\r\nabc\r\n0\r\n' + next), '400', 'C'],
  ['chunk 000', C('3\r\nabc\r\n000\r\n\r\n') + next, '200,200', 'K'],
  ['trailer ok', C('0\r\nX-T: 1\r\n\r\n') + next, '200,200', 'K'],
  ['trailer CL', C('0\r\nContent-Length: 5\r\n\r\n') + next, '400', 'C'],
  ['trailer TE', C('0\r\nTransfer-Encoding: chunked\r\n\r\n'), '400', 'C'],
  ['trailer Connection, close', C('0\r\nConnection: close\r\n\r\n') + next, '400', 'C'],
  ['trailer Proxy-Connection', C('0\r\nX: y\r\nproxy-connection: close\r\n\r\n') + next, '400', 'C'],
  ['trailer Upgrade', C('3\r\nabc\r\n0\r\nUPGRADE: x\r\n\r\n') + next, '400', 'C'],
  ['trailer Keep-Alive', C('0\r\nKeep-Alive: timeout=9\r\n\r\n') + next, '400', 'C'],
  ['Proxy-Connection, keep-alive', G('Host: a\r\nProxy-Connection: keep-alive\r\n') + next, '200,200', 'K'],
  ['Proxy-Connection, close in a list', G('Host: a\r\nProxy-Connection: x\r\nProxy-Connection: y, CLOSE\r\n') + next, '200', 'C'],
  ['trailer Host', C('0\r\nHost: evil\r\n\r\n') + next, '200,200', 'K'],
  ['trailer Authorization', C('0\r\nAuthorization: x\r\n\r\n') + next, '200,200', 'K'],
  ['trailer fold', C('0\r\nX: a\r\n b\r\n\r\n'), '400', 'C'],
  ['trailer LF', C('0\r\nX: a\n\r\n'), '400', 'C'],
  ['trailer no colon', C('0\r\nX\r\n\r\n'), '400', 'C'],
  ['many small chunks ext total', C(('1;' + 'a'.repeat(100) + '\r\nx\r\n').repeat(200) + '0\r\n\r\n'), '413', 'C'],
  ['obs-fold', G('Host: a\r\nX: a\r\n b\r\n'), '400', 'C'],
  ['obs-fold first', 'GET / HTTP/1.1\r\n Host: a\r\n\r\n', '400', 'C'],
  ['CR alone in value', G('Host: a\r\nX: a\rb\r\n'), '400', 'C'],
  ['CR alone end', 'GET / HTTP/1.1\rHost: a\r\r', '400', 'C'],
  ['LF line end', 'GET / HTTP/1.1\nHost: a\n\n', '400', 'C'],
  ['CRCRLF', 'GET / HTTP/1.1\r\r\nHost: a\r\n\r\n', '400', 'C'],
  ['NUL in name', G('Host: a\r\nX\0: b\r\n'), '400', 'C'],
  ['NUL in value', G('Host: a\r\nX: \0\r\n'), '400', 'C'],
  ['NUL in target', 'GET /\0 HTTP/1.1\r\nHost: a\r\n\r\n', '400', 'C'],
  ['DEL in a value', G('Host: a\r\nX: \x7f\r\n'), '400', 'C'],
  ['empty name', G('Host: a\r\n: b\r\n'), '400', 'C'],
  ['name with space', G('Host: a\r\nX Y: b\r\n'), '400', 'C'],
  ['a field name outside ASCII', G('Host: a\r\nX\xe9: b\r\n'), '400', 'C'],
  ['no colon', G('Host: a\r\nXY\r\n'), '400', 'C'],
  ['absolute target, userinfo', 'GET http://u:p@b/x HTTP/1.1\r\nHost: a\r\n\r\n', '400', 'C'],
  ['absolute target, empty auth', 'GET http:///x HTTP/1.1\r\nHost: a\r\n\r\n', '400', 'C'],
  ['absolute target, no slash', 'GET http://b HTTP/1.1\r\nHost: a\r\n\r\n', '200', 'K'],
  ['absolute target, query', 'GET http://b?x=1 HTTP/1.1\r\nHost: a\r\n\r\n', '200', 'K'],
  ['absolute target, ftp', 'GET ftp://b/x HTTP/1.1\r\nHost: a\r\n\r\n', '400', 'C'],
  ['absolute target, HTTP', 'GET HTTP://b/x HTTP/1.1\r\nHost: a\r\n\r\n', '200', 'K'],
  ['absolute target, one slash', 'GET http:/b/x HTTP/1.1\r\nHost: a\r\n\r\n', '400', 'C'],
  ['absolute target, port', 'GET http://b:99999/x HTTP/1.1\r\nHost: a\r\n\r\n', '400', 'C'],
  ['absolute target, backslash', 'GET http://b\\@c/x HTTP/1.1\r\nHost: a\r\n\r\n', '400', 'C'],
  ['absolute target, https', 'GET https://b/x HTTP/1.1\r\nHost: a\r\n\r\n', '421', 'C'],
  ['absolute target, no Host', 'GET http://b/x HTTP/1.1\r\n\r\n', '400', 'C'],
  ['absolute target, two Host', 'GET http://b/x HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n', '400', 'C'],
  ['absolute target, bad Host', 'GET http://b/x HTTP/1.1\r\nHost: a b\r\n\r\n', '400', 'C'],
  ['authority form without CONNECT', 'GET a:80 HTTP/1.1\r\nHost: a\r\n\r\n', '400', 'C'],
  ['a bare name as target', 'GET a HTTP/1.1\r\nHost: a\r\n\r\n', '400', 'C'],
  ['CONNECT', 'CONNECT a:80 HTTP/1.1\r\nHost: a:80\r\n\r\n' + next, '501', 'C'],
  ['asterisk GET', 'GET * HTTP/1.1\r\nHost: a\r\n\r\n', '400', 'C'],
  ['asterisk OPTIONS', 'OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n', '204', 'K'],
  ['asterisk OPTIONS query', 'OPTIONS *?x HTTP/1.1\r\nHost: a\r\n\r\n', '400', 'C'],
  ['OPTIONS abs no path', 'OPTIONS http://b HTTP/1.1\r\nHost: a\r\n\r\n', '204', 'K'],
  ['HTTP/0.9, one line', 'GET /\r\n', '400', 'C'],
  ['HTTP/0.9, two lines', 'GET /\r\n\r\n', '400', 'C'],
  ['HTTP/0.9', 'GET / HTTP/0.9\r\nHost: a\r\n\r\n', '505', 'C'],
  ['HTTP/1.2', 'GET / HTTP/1.2\r\nHost: a\r\n\r\n', '505', 'C'],
  ['HTTP/2.0', 'GET / HTTP/2.0\r\nHost: a\r\n\r\n', '505', 'C'],
  ['HTTP/1.10', 'GET / HTTP/1.10\r\nHost: a\r\n\r\n', '400', 'C'],
  ['HTTP/01.1', 'GET / HTTP/01.1\r\nHost: a\r\n\r\n', '400', 'C'],
  ['HTTP/1', 'GET / HTTP/1\r\nHost: a\r\n\r\n', '400', 'C'],
  ['http lower', 'GET / http/1.1\r\nHost: a\r\n\r\n', '400', 'C'],
  ['HTTPS/1.1', 'GET / HTTPS/1.1\r\nHost: a\r\n\r\n', '400', 'C'],
  ['the preface of HTTP/2', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', '505', 'C'],
  ['a TLS handshake', '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03' + '\xff'.repeat(100), '400', 'C'],
  ['Host port 99999', G('Host: a:99999\r\n'), '400', 'C'],
  ['Host port 0', G('Host: a:0\r\n'), '200', 'K'],
  ['Host port empty', G('Host: a:\r\n'), '400', 'C'],
  ['Host zone', G('Host: [fe80::1%25eth0]\r\n'), '400', 'C'],
  ['Host zone2', G('Host: [fe80::1%eth0]\r\n'), '400', 'C'],
  ['Host ipvfuture', G('Host: [v1.a]\r\n'), '400', 'C'],
  ['Host v4mapped', G('Host: [::ffff:1.2.3.4]\r\n'), '200', 'K'],
  ['Host empty', G('Host:\r\n'), '400', 'C'],
  ['Host spaces', G('Host:   \r\n'), '400', 'C'],
  ['Host list', G('Host: a, b\r\n'), '400', 'C'],
  ['Host twice case', G('Host: a\r\nhOST: a\r\n'), '400', 'C'],
  ['Host at', G('Host: u@a\r\n'), '400', 'C'],
  ['Host utf8', G('Host: b\xfccher\r\n'), '400', 'C'],
  ['Host trailing dot', G('Host: a.\r\n'), '200', 'K'],
  ['Host last', 'GET / HTTP/1.1\r\nX: y\r\nHost: a\r\n\r\n', '200', 'K'],
  ['Host tab', G('Host:\ta\t\r\n'), '200', 'K'],
  ['Expect other', P('Expect: 200-ok\r\nContent-Length: 3', 'abc'), '417', 'C'],
  ['Expect twice', P('Expect: 100-continue\r\nExpect: 100-continue\r\nContent-Length: 3', 'abc'), '400', 'C'],
  ['Expect case', P('Expect: 100-Continue\r\nContent-Length: 3', 'abc'), '200', 'K'],
  ['Expect no body', G('Host: a\r\nExpect: 100-continue\r\n') + next, '200,200', 'K'],
  ['Expect list', P('Expect: 100-continue, foo\r\nContent-Length: 3', 'abc'), '417', 'C'],
  ['Expect empty', P('Expect:\r\nContent-Length: 3', 'abc'), '417', 'C'],
  ['close+rest', G('Host: a\r\nConnection: close\r\n') + next, '200', 'C'],
  ['close list', G('Host: a\r\nConnection: keep-alive, Close\r\n') + next, '200', 'C'],
  ['close tab', G('Host: a\r\nConnection: close\t\r\n') + next, '200', 'C'],
  ['close two lines', G('Host: a\r\nConnection: x\r\nConnection: close\r\n') + next, '200', 'C'],
  ['Connection, quoted close', G('Host: a\r\nConnection: "close"\r\n') + next, '200,200', 'K'],
  ['HEAD body', 'HEAD / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc' + next, '200,200', 'K'],
  ['GET body', 'GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc' + next, '200,200', 'K'],
  ['Content-Length, zeros', P('Content-Length: 003', 'abc'), '400', 'C'],
  ['Content-Length, plus', P('Content-Length: +3', 'abc'), '400', 'C'],
  ['Content-Length, minus', P('Content-Length: -3', 'abc'), '400', 'C'],
  ['Content-Length, list', P('Content-Length: 3,3', 'abc'), '400', 'C'],
  ['Content-Length, list sp', P('Content-Length: 3, 3', 'abc'), '400', 'C'],
  ['Content-Length, twice', P('Content-Length: 3\r\nContent-Length: 3', 'abc'), '400', 'C'],
  ['Content-Length, hex', P('Content-Length: 0x3', 'abc'), '400', 'C'],
  ['Content-Length, exp', P('Content-Length: 3e0', 'abc'), '400', 'C'],
  ['Content-Length, dot', P('Content-Length: 3.0', 'abc'), '400', 'C'],
  ['Content-Length, empty', P('Content-Length:', 'abc'), '400', 'C'],
  ['Content-Length, inner sp', P('Content-Length: 1 1', 'abc'), '400', 'C'],
  ['Content-Length, huge', P('Content-Length: 99999999999999999999999', 'abc'), '413', 'C'],
  ['Content-Length, 2^64+3', P('Content-Length: 18446744073709551619', 'abc'), '413', 'C'],
  ['Content-Length, 9007199254740993', P('Content-Length: 9007199254740993', 'abc'), '413', 'C'],
  ['Content-Length, 2GB', P('Content-Length: 2147483648', 'abc'), '413', 'C'],
  ['Content-Length, vt', P('Content-Length:\x0b3', 'abc'), '400', 'C'],
  ['Content-Length, arabic', P('Content-Length: \xd9\xa3', 'abc'), '400', 'C'],
  ['Content-Length, none POST', P('X: y', '') + next, '200,200', 'K'],
  ['Content-Length, 0', P('Content-Length: 0', '') + next, '200,200', 'K'],
  ['Content-Length, 00', P('Content-Length: 00', '') + next, '400', 'C'],
  ['two spaces before the target', 'GET  / HTTP/1.1\r\nHost: a\r\n\r\n', '400', 'C'],
  ['two spaces behind the target', 'GET /  HTTP/1.1\r\nHost: a\r\n\r\n', '400', 'C'],
  ['tab sep', 'GET\t/\tHTTP/1.1\r\nHost: a\r\n\r\n', '400', 'C'],
  ['lead sp', ' GET / HTTP/1.1\r\nHost: a\r\n\r\n', '400', 'C'],
  ['trail sp', 'GET / HTTP/1.1 \r\nHost: a\r\n\r\n', '400', 'C'],
  ['space in target', 'GET /a b HTTP/1.1\r\nHost: a\r\n\r\n', '400', 'C'],
  ['target with version', 'GET /x HTTP/1.1 HTTP/1.1\r\nHost: a\r\n\r\n', '400', 'C'],
  ['no target', 'GET HTTP/1.1\r\nHost: a\r\n\r\n', '400', 'C'],
  ['two spaces and no target', 'GET  HTTP/1.1\r\nHost: a\r\n\r\n', '400', 'C'],
  ['no version', 'GET / \r\nHost: a\r\n\r\n', '400', 'C'],
  ['utf8 target', 'GET /\xc3\xa9 HTTP/1.1\r\nHost: a\r\n\r\n', '400', 'C'],
  ['a fragment', 'GET /a#b HTTP/1.1\r\nHost: a\r\n\r\n', '400', 'C'],
  ['brackets', 'GET /a[b]{c}|^`"<> HTTP/1.1\r\nHost: a\r\n\r\n', '200', 'K'],
  ['an escape that is none', 'GET /%zz HTTP/1.1\r\nHost: a\r\n\r\n', '400', 'K'],
  ['an escaped NUL', 'GET /%00 HTTP/1.1\r\nHost: a\r\n\r\n', '400', 'K'],
  ['//evil', 'GET //evil/x HTTP/1.1\r\nHost: a\r\n\r\n', '200', 'K'],
  ['relative', 'GET x HTTP/1.1\r\nHost: a\r\n\r\n', '400', 'C'],
  ['a query alone', 'GET ?x HTTP/1.1\r\nHost: a\r\n\r\n', '400', 'C'],
  ['lower get', 'get / HTTP/1.1\r\nHost: a\r\n\r\n', '501', 'K'],
  ['mixed', 'Get / HTTP/1.1\r\nHost: a\r\n\r\n', '501', 'K'],
  ['long method', 'A'.repeat(33) + ' / HTTP/1.1\r\nHost: a\r\n\r\n', '501', 'C'],
  ['very long method', 'A'.repeat(20000) + ' / HTTP/1.1\r\nHost: a\r\n\r\n', '501', 'C'],
  ['method bad char', 'GE(T / HTTP/1.1\r\nHost: a\r\n\r\n', '400', 'C'],
  ['TRACE', 'TRACE / HTTP/1.1\r\nHost: a\r\n\r\n', '405', 'K'],
  ['TRACK', 'TRACK / HTTP/1.1\r\nHost: a\r\n\r\n', '501', 'K'],
  ['a method that objects inherit', '__proto__ / HTTP/1.1\r\nHost: a\r\n\r\n', '501', 'K'],
  ['method constructor', 'constructor / HTTP/1.1\r\nHost: a\r\n\r\n', '501', 'K'],
  ['QUERY', 'QUERY / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc' + next, '501,200', 'K'],
  ['101 fields', G('Host: a\r\n' + 'X: y\r\n'.repeat(100)), '431', 'C'],
  ['100 fields', G('Host: a\r\n' + 'X: y\r\n'.repeat(99)), '200', 'K'],
  ['leading CRLF', '\r\n' + G('Host: a\r\n'), '200', 'K'],
  ['leading CRLFx3', '\r\n\r\n\r\n' + G('Host: a\r\n'), '400', 'C'],
  ['leading LF', '\n' + G('Host: a\r\n'), '400', 'C'],
  ['CRLF between', G('Host: a\r\n') + '\r\n' + next, '200,200', 'K'],
  ['an answer as a request', 'HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n', '400', 'C'],
  ['an interim answer as a request', 'HTTP/1.1 100 Continue\r\n\r\n', '400', 'C'],
  ['bad after good', G('Host: a\r\n') + 'BAD\r\n\r\n', '200,400', 'C'],
  ['1.0 keepalive', 'GET / HTTP/1.0\r\nHost: a\r\nConnection: keep-alive\r\n\r\n' + next, '200', 'C'],
  ['proxy-connection', G('Host: a\r\nProxy-Connection: close\r\n') + next, '200', 'C'],
  ['two Content-Type', P('Content-Type: a/b\r\nContent-Type: c/d\r\nContent-Length: 3', 'abc'), '400', 'C'],
  [
    'a request inside a chunk',
    'GET / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n1a\r\nGET /evil HTTP/1.1\r\nHost: \r\n0\r\n\r\n',
    '200',
    'K',
  ],
  ['Keep-Alive header', G('Host: a\r\nKeep-Alive: timeout=99999\r\nConnection: keep-alive\r\n'), '200', 'K'],
  [
    'a chunked body that nobody reads',
    'GET /good HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n' + next,
    '200,200',
    'K',
  ],
  [
    'more of a chunked body than is drained, that nobody reads',
    'GET /good HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n' + `2000\r\n${'x'.repeat(0x2000)}\r\n`.repeat(60) + '0\r\n\r\n',
    '200',
    'C',
  ],
  ['a TE field', G('Host: a\r\nTE: trailers\r\nConnection: TE\r\n'), '200', 'K'],
  ['Connection: Host', G('Host: a\r\nConnection: Host\r\n'), '200', 'K'],
  ['Connection: Content-Length', P('Connection: Content-Length\r\nContent-Length: 3', 'abc') + next, '200,200', 'K'],
]

async function ask(bytes: string, parts: readonly string[], statuses: string, connection: 'K' | 'C'): Promise<void> {
  asked.length = 0
  const client = await new RawConnection(running.port).opened()
  try {
    for (const part of parts) client.send(part)
    const wanted = statuses.split(',')
    const got: string[] = []
    for (const at of wanted.keys()) got.push(String((await client.answer(3_000, at === 0 && bytes.startsWith('HEAD '))).status))
    expect(got).toEqual(wanted)
    expect(asked.filter((path) => path === '/evil').length).toBe(
      bytes.endsWith(next) && wanted.at(-1) === '200' && wanted.length > 1 ? 1 : 0,
    )
    if (connection === 'K') expect((await client.send('GET /good HTTP/1.1\r\nHost: a\r\n\r\n').answer()).body).toBe('good')
    else expect((await client.end()).received).toBe('')
  } finally {
    client.destroy()
  }
}

test.each(hostile)('%s', { timeout: 20_000 }, async (_, bytes, statuses, connection) => {
  const middle = bytes.length >> 1
  for (const parts of [[bytes], [bytes.slice(0, middle), bytes.slice(middle)], [...bytes.slice(0, 2_000), bytes.slice(2_000)]])
    await expect(ask(bytes, parts, statuses, connection)).resolves.toBeUndefined()
})
