import { deflateSync, gzipSync } from 'node:zlib'
import type { Random } from './random.ts'
import { sketch, type Sketch } from './sketch.ts'

const json: [string, string] = ['content-type', 'application/json']
const form: [string, string] = ['content-type', 'application/x-www-form-urlencoded']
const multipart: [string, string] = ['content-type', 'multipart/form-data; boundary=xx']
const good: [string, string] = ['cookie', 'session=good; theme=dark']
const everything =
  '{"id":7,"ratio":1.5,"name":"Ada","email":"a@b.example","code":"ab-cd","at":"2024-01-02T03:04:05.000Z","day":"2024-01-02","big":"12345678901234567890","money":"1.20","raw":"AAEC","tags":["a","b"],"either":{"kind":"a","a":1},"map":{"x":1},"pair":["a",1],"any":{"deep":[1,{"a":null}]}}'
const parts =
  '--xx\r\nContent-Disposition: form-data; name="title"\r\n\r\nHi\r\n--xx\r\nContent-Disposition: form-data; name="n"\r\n\r\n3\r\n--xx\r\nContent-Disposition: form-data; name="files"; filename="a.txt"\r\nContent-Type: text/plain\r\n\r\nfile text\r\n--xx--\r\n'

/** One well-formed request for each route, from which the others are bent. */
const wellFormed: readonly (() => Sketch)[] = [
  () => sketch('GET', '/'),
  () =>
    sketch('GET', '/in/slots/5/a?page=2&on=true&at=2024-01-02T03:04:05Z&big=99999999999999999999&tags=a&tags=b&n=1&n=2.5', [
      ['x-count', '4'],
      ['x-list', 'a'],
      ['cookie', 'theme=dark; seen=3'],
    ]),
  () => sketch('GET', '/in/zod/7?q=x&n=1&n=2'),
  () => sketch('GET', '/in/valibot/7?b=true'),
  () => sketch('GET', '/in/ark/7?q=x'),
  () => sketch('POST', '/in/tb', [json], everything),
  () =>
    sketch(
      'PUT',
      '/in/zod',
      [json],
      '{"id":1,"name":"n","flag":true,"list":[{"n":1}],"url":"https://a.example/","choice":{"k":"y","y":2}}',
    ),
  () => sketch('PATCH', '/in/valibot', [json], '{"id":1,"name":"n","when":"2024-01-02T03:04:05.000Z","deep":{"a":[1,2]}}'),
  () => sketch('POST', '/in/ark', [json], '{"id":1,"name":"n","nick":"x","items":[{"n":1}]}'),
  () => sketch('POST', '/in/tb', [form], 'id=7&name=Ada&tags=a&at=2024-01-02T03:04:05Z&ratio=2'),
  () => sketch('POST', '/in/any', [json], '{"a":[1,2,{"b":"c"}]}'),
  () => sketch('POST', '/in/any', [form], 'a=1&b=2&a=3'),
  () => sketch('DELETE', '/in/any', [json], '[1,2]'),
  () => sketch('POST', '/in/text', [['content-type', 'text/plain; charset=utf-8']], 'some text'),
  () => sketch('POST', '/in/bytes', [['content-type', 'application/octet-stream']], 'some bytes'),
  () => sketch('POST', '/in/stream', [['content-type', 'application/x-any']], 'streamed'),
  () => sketch('POST', '/in/parts', [multipart], parts),
  () => sketch('POST', '/in/upload', [multipart], parts),
  () => sketch('POST', '/in/request', [json], '{}'),
  () => sketch('GET', '/out/redirect?to=/home'),
  () => sketch('GET', '/out/redirect?to=https%3A%2F%2Flisted.test%2Fx'),
  () => sketch('GET', '/out/cookie?v=value'),
  () => sketch('GET', '/out/header?v=value'),
  () => sketch('GET', '/out/reply-header?v=value'),
  () => sketch('GET', '/out/download?name=a.txt'),
  () => sketch('GET', '/out/page?v=x'),
  () => sketch('GET', '/out/problem?v=x'),
  () => sketch('GET', '/out/files/small.txt', [['range', 'bytes=0-10']]),
  () =>
    sketch('GET', '/out/files/big.js', [
      ['accept-encoding', 'gzip'],
      ['if-none-match', '"x"'],
    ]),
  () =>
    sketch('GET', '/out/events', [
      ['accept', 'application/x-ndjson'],
      ['last-event-id', '1'],
    ]),
  () => sketch('GET', '/out/long', [['accept-encoding', 'br, gzip']]),
  () => sketch('GET', '/out/lazy?a=1&b=2', [good]),
  () => sketch('GET', '/out/services'),
  () => sketch('POST', '/out/mounted/x/y', [['content-type', 'text/plain']], 'x'),
  () => sketch('GET', '/admin', [good]),
  () => sketch('GET', '/admin/users/5'),
  () => sketch('DELETE', '/admin/users/5', [good, ['origin', 'https://evil.test']]),
  () => sketch('GET', '/admin/panel/x'),
  () => sketch('GET', '/v1/things/3'),
  () => sketch('POST', '/v1/things', [json], '{"n":1}'),
  () => sketch('GET', '/guarded/x', [['x-tenant', 'a']]),
  () => sketch('GET', '/wild/a/b/c'),
  () => sketch('GET', '/static/sub/', [['accept', 'text/html']]),
  () => sketch('GET', '/static/big.js', [['if-modified-since', 'Mon, 01 Jan 2024 00:00:00 GMT']]),
  () => sketch('GET', '/livez'),
  () => sketch('GET', '/readyz'),
  () => sketch('GET', '/openapi.json'),
  () => sketch('GET', '/docs'),
  () =>
    sketch('OPTIONS', '/in/tb', [
      ['origin', 'https://app.test'],
      ['access-control-request-method', 'POST'],
      ['access-control-request-headers', 'x-a, x-b'],
    ]),
]

/** Those with schemas are drawn four times as often: there is most to get wrong. */
const drawn = [...wellFormed, ...Array<typeof wellFormed>(3).fill(wellFormed.slice(1, 19)).flat()]

const methods = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'TRACE', 'PROPFIND', 'get', 'CONNECT', 'M-SEARCH', '__PROTO__']
const pieces = [
  ...[
    '..',
    '.',
    '%2e%2e',
    '%2E.',
    '..%2f',
    '..%5c',
    '%5c..',
    '\\',
    ';a=b',
    '%3Ba',
    '//',
    '/',
    '%2F',
    '%2f',
    '%00',
    '%',
    '%zz',
    '%ff',
    '%c0%80',
    '%ed%a0%80',
  ],
  ...[
    '%F0%9F%98%80',
    '\u00e9',
    '%25',
    '%252e',
    '#',
    '?',
    '*',
    ':id',
    '__proto__',
    'constructor',
    'toString',
    '.secret',
    '%2esecret',
    '~',
    "'",
    '"',
    '<script>',
  ],
  ...[
    'con',
    'nul.txt',
    'small.txt::$DATA',
    'A',
    ' ',
    '%20',
    '%0d%0aset-cookie:x',
    '9'.repeat(400),
    'a'.repeat(3_000),
    '/'.repeat(200),
    '-1',
    '1e9',
    '0x10',
    'NaN',
    'Infinity',
  ],
]
const texts = [
  ...[
    '',
    '0',
    '-0',
    '-1',
    '1.5',
    '1e999',
    '-1e999',
    '9007199254740993',
    '9'.repeat(400),
    'NaN',
    'Infinity',
    '0x1F',
    '1_000',
    ' 1',
    '1 ',
    'true',
    'TRUE',
    'null',
    'undefined',
    '[]',
    '{}',
  ],
  ...[
    '2024-02-30',
    '2024-01-01T25:00:00Z',
    '0000-00-00T00:00:00Z',
    '+275760-09-13T00:00:00.001Z',
    '99999-01-01T00:00:00Z',
    '-000001-01-01T00:00:00Z',
    '2024-01-01',
  ],
  ...[
    '//evil.test',
    '/\\evil.test',
    'javascript:alert(1)',
    'https://evil.test',
    '\t//evil.test',
    'https://listed.test@evil.test',
    '/%0d%0ax',
    'http://[',
    '/\u2028',
    'data:x',
  ],
  ...[
    'a\r\nset-cookie: x=1',
    'a\nb',
    '\u0000',
    '\u007f',
    '\u00ff',
    '\u0100',
    '\u{1f600}',
    '\u2028',
    '<b>"\'&',
    "'; drop table users; --",
    '${7*7}',
    '{{7*7}}',
    '../../etc/passwd',
    '__proto__',
    'constructor',
    'prototype',
  ],
  ...[
    'a'.repeat(5_000),
    // Longer than a field line may be.
    'b'.repeat(9_000),
    'a-'.repeat(2_000),
    '='.repeat(100),
    '"',
    '\\',
    '%',
    ',',
    ';',
    'a@b',
    `${'a'.repeat(300)}@b.example`,
    '1'.repeat(40) + 'n',
  ],
]
const hostileJson = [
  ...[
    '',
    'null',
    'true',
    '0',
    '-0',
    '1e999',
    '-1e999',
    '1e-999',
    '"x"',
    '[]',
    '{}',
    '[[[[]]]]',
    '{"__proto__":{"polluted":1}}',
    '{"constructor":{"prototype":{"polluted":1}}}',
    '{"\\u005f_proto__":1}',
  ],
  ...[
    '{"id":1,"id":"two"}',
    '{"id":9007199254740993}',
    '{"id":1e308,"name":"x"}',
    '{"id":1e999,"name":"x"}',
    '{"id":7,"name":"\\ud800"}',
    '{"name":"\\u0000"}',
    "{'id':1}",
    '{"id":1,}',
    '[1,]',
    '\ufeff{}',
    '{"a":1}{"b":2}',
  ],
  ...[
    '{"toString":1,"valueOf":2,"hasOwnProperty":3,"then":4,"toJSON":5}',
    '{"length":1e9}',
    '{"0":1,"length":2}',
    `${'['.repeat(64)}${']'.repeat(64)}`,
    `${'['.repeat(65)}${']'.repeat(65)}`,
    '['.repeat(100_000),
    `${'{"a":'.repeat(63)}1${'}'.repeat(63)}`,
  ],
  ...[
    `[${'1,'.repeat(20_000)}1]`,
    `{"name":"${'x'.repeat(200_000)}"}`,
    `{${Array.from({ length: 3_000 }, (_, i) => `"k${i}":${i}`).join(',')}}`,
    '"\\ud83d"',
    '1'.repeat(10_000),
  ],
]
const hostileValues: readonly unknown[] = [
  ...[null, true, false, 0, -0, 1.5, -1, 2 ** 53, 1e308, '', ' ', 'x', [], {}, [[]], [null], { a: null }, '__proto__'],
  ...texts.slice(0, 60),
  ...[
    { kind: 'a' },
    { kind: 'b', b: 'x' },
    { kind: 'c' },
    { k: 'x', x: 1 },
    Array(1_000).fill(1),
    { toJSON: 1, valueOf: 1 },
    { type: 'x', value: 'y' },
  ],
]
const bombs = [
  gzipSync(new Uint8Array(20_000_000)),
  gzipSync(Buffer.from('{"id":1,"name":"x"}')),
  deflateSync(Buffer.from('{}')),
  gzipSync(gzipSync(new Uint8Array(1_000_000))),
]
const headerBends: readonly (readonly [string, readonly string[]])[] = [
  [
    'content-type',
    [
      '',
      'application/json',
      'application/json; charset=latin1',
      'application/json; charset=utf-8; charset=utf-8',
      'application/problem+json',
      'text/plain',
      'text/html',
      'application/x-www-form-urlencoded',
      'multipart/form-data',
      'multipart/form-data; boundary=',
      'multipart/form-data; boundary="x x"',
      `multipart/form-data; boundary=${'b'.repeat(200)}`,
      'multipart/mixed; boundary=xx',
      'application/octet-stream',
      'application',
      'a/b/c',
      ';',
      '\u00e9/x',
      `a/${'b'.repeat(2_000)}`,
      'application/json, text/plain',
      `x/y${';'.repeat(500)}`,
      `x/y${'; a="\\\\'.repeat(100)}`,
    ],
  ],
  ['content-encoding', ['gzip', 'br', 'deflate', 'zstd', 'identity', 'gzip, gzip', 'x-gzip', 'foo', '', 'GZIP ']],
  [
    'cookie',
    [
      'session=good',
      'a=b; a=c',
      '=',
      ';;;',
      'a',
      'theme="dark"',
      'theme=%zz',
      `a=${'x'.repeat(4_000)}`,
      '__proto__=1; constructor=2',
      'seen=NaN',
      '\u00e9=\u00e9',
      `${'a=1; '.repeat(500)}`,
      'session=good\u00e9',
    ],
  ],
  [
    'accept',
    ['*/*', 'text/html', 'application/x-ndjson;q=0', ';q=1', `${'a/b,'.repeat(2_000)}`, 'text/html;q=2', ',,,', 'text/*;q=0.5, */*;q=0'],
  ],
  ['accept-encoding', ['gzip', 'br;q=0, *;q=0', 'identity;q=0', '*', `${'gzip,'.repeat(1_000)}`, 'zstd', 'gzip;q=x']],
  [
    'range',
    [
      'bytes=0-',
      'bytes=-1',
      'bytes=5-2',
      'bytes=0-0,1-1',
      'bytes=99999999999999999999-',
      'bytes=-99999999999999999999',
      'items=1-2',
      'bytes=',
      'bytes=-0',
      `bytes=${'0-,'.repeat(1_000)}`,
    ],
  ],
  ['if-none-match', ['*', '"', 'W/"', '"a", "b"', `${'"x",'.repeat(2_000)}`, 'x']],
  ['if-match', ['*', '"nope"', '', 'W/"x"']],
  ['if-modified-since', ['yesterday', 'Thu, 01 Jan 1970 00:00:00 GMT', 'Mon, 32 Jan 2024 00:00:00 GMT', '0']],
  ['if-range', ['"x"', 'W/"x"', 'Thu, 01 Jan 2999 00:00:00 GMT']],
  [
    'origin',
    [
      'null',
      'https://app.test',
      'https://evil.example',
      'https://app.test.evil.example',
      '\u00e9.test',
      '.test',
      'https://a.test, https://b.test',
      '',
    ],
  ],
  ['sec-fetch-site', ['cross-site', 'same-site', 'same-origin', 'none', 'x']],
  ['referer', ['https://evil.example/', 'x', 'http://fuzz.test/']],
  ['authorization', ['Basic', 'Basic !!!', 'Bearer x', 'Basic eDp5', '']],
  ['x-request-id', ['abc', 'a b', 'x'.repeat(129), '\u00ff', '<script>', 'a"b']],
  ['x-forwarded-for', ['1.2.3.4', '::1, x', `${'1,'.repeat(3_000)}`]],
  ['host', ['', 'a b', '[::1]', '[', 'user@fuzz.test', 'fuzz.test/admin?', 'x'.repeat(300), 'fuzz.test:99999', '\u00e9', 'evil.test']],
  ['x-count', ['1', 'x', '1, 2', '1e999', '']],
  ['x-list', ['a, b', ',', '']],
  ['access-control-request-method', ['POST', 'PUT', '\u00e9', '', 'DELETE, GET']],
  ['access-control-request-headers', ['x-a', '*', '\u00e9', `${'x,'.repeat(2_000)}`]],
  ['last-event-id', ['\u0001'.slice(1), '\u00ff', 'x'.repeat(2_000)]],
  ['constructor', ['x']],
  ['__proto__', ['x']],
  ['transfer-encoding', ['chunked', 'gzip, chunked', 'identity']],
  ['content-length', ['0', '5', '-1', 'x', '99999999999', '5, 5']],
]
/** These are the transport's to judge; the dispatch never sees them bent. */
const framing = new Set(['transfer-encoding', 'content-length'])

/** Draws requests: well-formed ones, bent in up to four places. The same seed draws the same ones. */
export class Generator {
  readonly #random: Random
  #count = 0
  /** In every value that is drawn anew; no error may give it back. */
  canary = ''

  constructor(random: Random) {
    this.#random = random
  }

  next(onWire: boolean): Sketch {
    const random = this.#random
    this.canary = `canary${(++this.#count).toString(36)}q`
    const it = random.pick(drawn)()
    const bends = random.pick([0, 1, 1, 2, 2, 3, 4])
    for (let i = 0; i < bends; i++) this.#bend(it, onWire)
    return it
  }

  #bend(it: Sketch, onWire: boolean): void {
    const random = this.#random
    switch (random.below(7)) {
      case 0:
        if (random.one(2)) it.method = random.pick(methods)
        return
      case 1:
        it.path = this.#path(it.path)
        return
      case 2:
        it.search = this.#search(it.search)
        return
      case 3:
      case 4:
        this.#header(it, onWire)
        return
      default:
        this.#body(it)
    }
  }

  #path(path: string): string {
    const random = this.#random
    const at = random.below(path.length + 1)
    const piece = random.one(4) ? encodeURIComponent(`${random.pick(texts)}${this.canary}`) : random.pick(pieces)
    switch (random.below(6)) {
      case 0:
        return path.slice(0, at) + path.slice(at + 1)
      case 1:
        return path.toUpperCase()
      case 2: {
        const segments = path.split('/')
        segments[1 + random.below(Math.max(segments.length - 1, 1))] = piece
        return segments.join('/')
      }
      case 3:
        return path.slice(0, at) + (path[at] === undefined ? '' : `%${path.charCodeAt(at).toString(16)}`) + path.slice(at + 1)
      case 4:
        return `${path}/${piece}`
      default:
        return path.slice(0, at) + piece + path.slice(at)
    }
  }

  #search(search: string): string {
    const random = this.#random
    const names = [
      'to',
      'v',
      'name',
      'q',
      'page',
      'on',
      'at',
      'big',
      'n',
      'tags',
      '__proto__',
      'constructor',
      'toString',
      'a[b]',
      'version',
      '',
      this.canary,
    ]
    const value = (): string => encodeURIComponent(`${random.pick(texts)}${random.one(3) ? this.canary : ''}`)
    switch (random.below(7)) {
      case 0:
        return `${search}&${random.pick(names)}=${random.pick(pieces)}`
      case 1:
        return `${random.pick(names)}=${value()}&`.repeat(random.pick([2, 100, 1_001]))
      case 2:
        return search.slice(0, random.below(search.length + 1))
      case 3:
        return `${search}&&=&=x&${'&'.repeat(50)}`
      case 4:
        return search.replace(/=[^&]*/g, () => (random.one(2) ? `=${value()}` : '='))
      default:
        return search === '' || random.one(3) ? `${random.pick(names)}=${value()}` : search.replace(/=[^&]*/, () => `=${value()}`)
    }
  }

  #header(it: Sketch, onWire: boolean): void {
    const random = this.#random
    if (random.one(8) && it.headers.length > 0) {
      it.headers.splice(random.below(it.headers.length), 1)
      return
    }
    const [name, values] = random.pick(headerBends)
    if (framing.has(name) && !onWire) return
    const value = random.one(6) ? `${this.canary}${random.pick(texts).replace(/[^\t\x20-\x7e\x80-\xff]/g, '')}` : random.pick(values)
    if (!random.one(4)) it.headers = it.headers.filter(([present]) => present !== name)
    it.headers.push([name, value])
  }

  #body(it: Sketch): void {
    const random = this.#random
    if (it.body === undefined) {
      if (!random.one(4)) return
      it.body = Buffer.from(random.pick(hostileJson))
      return
    }
    switch (random.below(8)) {
      case 0:
        it.body = it.body.subarray(0, random.below(it.body.length + 1))
        return
      case 1: {
        const bytes = Uint8Array.from(it.body)
        for (let i = 0; i <= random.below(4); i++) if (bytes.length > 0) bytes[random.below(bytes.length)] = random.below(256)
        it.body = bytes
        return
      }
      case 2:
        it.body = Buffer.from(random.pick(hostileJson))
        return
      case 3:
        it.headers = it.headers.filter(([name]) => name !== 'content-encoding')
        it.headers.push(['content-encoding', random.pick(['gzip', 'gzip', 'deflate', 'br'])])
        it.body = random.one(2) ? random.pick(bombs) : gzipSync(it.body)
        return
      case 4:
        it.body = random.bytes(random.pick([1, 10, 1_000]))
        return
      case 5:
        it.body = random.one(20) ? new Uint8Array(1_100_000) : Buffer.concat([it.body, it.body])
        return
      default:
        it.body = this.#bentBody(Buffer.from(it.body))
    }
  }

  /** Inside its own grammar: one member of JSON, one line of a form. */
  #bentBody(body: Buffer): Uint8Array {
    const random = this.#random
    const text = body.toString('latin1')
    try {
      const value = JSON.parse(text) as unknown
      return Buffer.from(JSON.stringify(this.#bentValue(value)))
    } catch {
      const lines = text.split('\r\n')
      if (lines.length > 1) {
        const at = random.below(lines.length)
        const line = lines[at] as string
        lines[at] = random.pick([
          '',
          `${line}${line}`,
          line.replace('name=', 'name*='),
          line.replace(/"/g, ''),
          `${line}; name="x"`,
          `${line}: ${this.canary}`,
          'Content-Disposition: form-data; name="__proto__"',
          'Content-Transfer-Encoding: base64',
          '--xx',
          '--xx--',
          'x'.repeat(20_000),
          line.replace('form-data', 'attachment'),
          line.replace(/filename="[^"]*"/, `filename="${random.pick(texts).replace(/[\r\n"]/g, '')}"`),
        ])
        return Buffer.from(lines.join('\r\n').repeat(random.one(30) ? 500 : 1))
      }
      return Buffer.from(this.#search(text))
    }
  }

  #bentValue(value: unknown): unknown {
    const random = this.#random
    if (typeof value !== 'object' || value === null || random.one(8)) return random.one(4) ? this.canary : random.pick(hostileValues)
    const keys = Object.keys(value)
    if (keys.length === 0 || random.one(10)) {
      if (Array.isArray(value)) return [...value, random.pick(hostileValues)]
      return {
        ...value,
        [random.pick(['extra', 'constructor', 'toString', 'then', 'toJSON', '', this.canary])]: random.pick(hostileValues),
      }
    }
    const key = random.pick(keys)
    const member = (value as { [name: string]: unknown })[key]
    if (Array.isArray(value)) return value.map((it: unknown, index) => (String(index) === key ? this.#bentValue(it) : it))
    if (random.one(8)) return Object.fromEntries(Object.entries(value).filter(([name]) => name !== key))
    return { ...value, [key]: this.#bentValue(member) }
  }
}

const guardless = /ADMIN-ONLY|SECRET-OF-THE-DOTFILE/
/** Only with the cookie may these be read. */
export function leaks(it: Sketch, body: string): boolean {
  if (body.includes('SECRET-OF-THE-DOTFILE')) return true
  return guardless.test(body) && !it.headers.some(([name, value]) => name === 'cookie' && value.includes('session=good'))
}
