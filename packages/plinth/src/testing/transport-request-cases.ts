import { freshKey, json, post, bytesOf, type TransportCase } from './transport-case.ts'
import { pattern, patternBreaks } from './transport-bytes.ts'
import { equal, holds } from './transport-expect.ts'

const octets = 'application/octet-stream'
const methods = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE']

async function gzip(text: string): Promise<ArrayBuffer> {
  return new Response(new Blob([text]).stream().pipeThrough(new CompressionStream('gzip'))).arrayBuffer()
}

/** What comes in: methods, paths, fields and bodies. */
export const requestCases: readonly TransportCase[] = [
  ...methods.map((method) => ({
    name: `${method} reaches its handler`,
    run: async (ask: Parameters<TransportCase['run']>[0]): Promise<void> => {
      const answer = await ask('/method', { method })
      equal([answer.status, await answer.text()], [200, method], method)
    },
  })),
  {
    name: 'HEAD answers as GET, without the body',
    async run(ask) {
      const answer = await ask('/method', { method: 'HEAD' })
      equal([answer.status, answer.headers.get('content-type'), await answer.text()], [200, 'text/plain; charset=utf-8', ''], 'HEAD')
    },
  },
  {
    name: 'HEAD says how long the body would be',
    needs: 'head-length',
    async run(ask) {
      equal((await ask('/answers/unicode', { method: 'HEAD' })).headers.get('content-length'), '20', 'content-length')
    },
  },
  {
    name: 'OPTIONS lists the methods of a path',
    async run(ask) {
      const answer = await ask('/method', { method: 'OPTIONS' })
      equal(
        [answer.status, answer.headers.get('allow'), await answer.text()],
        [204, 'DELETE, GET, HEAD, OPTIONS, PATCH, POST, PUT', ''],
        'OPTIONS',
      )
    },
  },
  {
    name: 'a method that the path does not offer is 405 with Allow',
    async run(ask) {
      const answer = await ask('/query', { method: 'DELETE' })
      equal([answer.status, answer.headers.get('allow')], [405, 'GET, HEAD, OPTIONS'], 'DELETE')
      equal(((await json(answer)) as { code: string }).code, 'method-not-allowed', 'code')
    },
  },
  {
    name: 'a method that nobody knows is 501',
    needs: 'any-method',
    async run(ask) {
      equal((await ask('/query', { method: 'BREW' })).status, 501, 'status')
    },
  },
  {
    name: "a path without a route is 404, with the application's own headers",
    async run(ask) {
      const answer = await ask('/nowhere')
      equal(
        [answer.status, answer.headers.get('content-type'), answer.headers.get('x-fixture')],
        [404, 'application/problem+json; charset=utf-8', 'on'],
        '404',
      )
      equal(((await json(answer)) as { code: string }).code, 'not-found', 'code')
    },
  },
  {
    name: 'parameters are decoded once, and an encoded slash stays inside its segment',
    async run(ask) {
      const answer = await ask('/params/a%2Fb/%C3%BC%20%2525')
      equal(
        await json(answer),
        { params: { a: 'a/b', b: 'ü %25' }, path: '/params/a%2Fb/%C3%BC%20%2525', template: '/params/:a/:b' },
        'params',
      )
    },
  },
  {
    name: 'a wildcard takes the rest of the path',
    async run(ask) {
      equal(await json(await ask('/rest/a/b%20c/d')), { '*': 'a/b c/d' }, 'rest')
    },
  },
  {
    name: 'a path that does not decode is 400',
    async run(ask) {
      for (const path of ['/params/%ff/b', '/params/%00/b', '/rest/%zz']) {
        const answer = await ask(path)
        equal([answer.status, ((await json(answer)) as { code: string }).code], [400, 'malformed-path'], path)
      }
    },
  },
  {
    name: 'doubled and trailing slashes are other paths',
    async run(ask) {
      equal([(await ask('/method/')).status, (await ask('//method')).status], [404, 404], 'statuses')
    },
  },
  {
    name: 'the query is decoded, and a repeated name is a list',
    async run(ask) {
      equal(
        await json(await ask('/query?a=1&b=x+y%26z&a=2&empty=&u=%F0%9F%8C%8D')),
        { a: ['1', '2'], b: 'x y&z', empty: '', u: '🌍' },
        'query',
      )
    },
  },
  {
    name: 'a query that does not decode is 400',
    async run(ask) {
      equal((await ask('/query?a=%ff')).status, 400, 'status')
    },
  },
  {
    name: 'params and query pass through their schemas',
    async run(ask) {
      equal(await json(await ask('/checked/7?q=1&q=2')), { id: 7, q: [1, 2] }, 'coerced')
    },
  },
  {
    name: 'every issue of a request comes at once, as 422',
    async run(ask) {
      const answer = await ask('/checked/x?q=y')
      const { code, issues } = (await json(answer)) as { code: string; issues: readonly unknown[] }
      equal([answer.status, code, issues.length], [422, 'validation-failed', 2], '422')
    },
  },
  {
    name: 'header fields arrive by lower-case name, repeated ones joined',
    async run(ask) {
      const headers = new Headers({ 'X-One': 'a' })
      headers.append('X-One', 'b')
      const { 'x-one': one } = (await json(await ask('/headers', { headers }))) as { 'x-one': string }
      equal(one, 'a, b', 'x-one')
    },
  },
  {
    name: 'cookies are parsed and decoded',
    async run(ask) {
      equal(await json(await ask('/cookies', { headers: { cookie: 'a=1; b=x%20y; c="q"; a=2' } })), { a: '1', b: 'x y', c: 'q' }, 'cookies')
    },
  },
  {
    name: 'the web Request has the whole address',
    async run(ask) {
      const url = new URL(await (await ask('/url?a=1')).text())
      equal([url.pathname, url.search, /^https?:$/.test(url.protocol), url.host !== ''], ['/url', '?a=1', true, true], 'url')
    },
  },
  {
    name: 'a guard refuses, and adds to the context when it does not',
    async run(ask) {
      equal((await ask('/guarded')).status, 401, 'without')
      equal(await (await ask('/guarded', { headers: { 'x-token': 'right' } })).text(), 'right', 'with')
    },
  },
  {
    name: 'a JSON body without a schema',
    async run(ask) {
      equal(await json(await ask('/any', post('{"a":["ü",null]}', 'application/json'))), { body: { a: ['ü', null] } }, 'body')
    },
  },
  {
    name: 'a JSON body through its schema, and the declared status',
    async run(ask) {
      const answer = await ask('/person', post('{"name":"Ada","age":36,"more":1}', 'application/json'))
      equal([answer.status, await json(answer)], [201, { name: 'Ada', age: 36 }], '201')
    },
  },
  {
    name: 'a body that breaks its schema is 422',
    async run(ask) {
      const answer = await ask('/person', post('{"name":"","age":-1}', 'application/json'))
      equal([answer.status, ((await json(answer)) as { issues: readonly unknown[] }).issues.length], [422, 2], '422')
    },
  },
  {
    name: 'JSON that does not parse is 400 and is not echoed',
    async run(ask) {
      const answer = await ask('/person', post('{"name": <script>', 'application/json'))
      const text = await answer.text()
      equal([answer.status, text.includes('script'), text.includes('malformed-json')], [400, false, true], '400')
    },
  },
  {
    name: 'a key that would reach a prototype is 400',
    async run(ask) {
      equal((await ask('/person', post('{"name":"x","__proto__":{"a":1}}', 'application/json'))).status, 400, 'status')
    },
  },
  {
    name: 'an urlencoded form is coerced by the schema',
    async run(ask) {
      const answer = await ask('/person', post('name=Ada+L%C3%BC&age=36', 'application/x-www-form-urlencoded'))
      equal([answer.status, await json(answer)], [201, { name: 'Ada Lü', age: 36 }], 'form')
    },
  },
  {
    name: 'a media type that the route does not read is 415',
    async run(ask) {
      const answer = await ask('/person', post('<a/>', 'application/xml'))
      holds(answer.status === 415 && answer.headers.get('accept') !== null, `${answer.status}, accept: ${answer.headers.get('accept')}`)
    },
  },
  {
    name: 'a multipart form with a file',
    async run(ask) {
      const form = new FormData()
      form.set('title', 'Grüße')
      form.set('file', new Blob(['line 1\r\nline 2'], { type: 'text/x-own' }), 'nöte.txt')
      equal(
        await json(await ask('/upload', { method: 'POST', body: form })),
        { title: 'Grüße', name: 'nöte.txt', type: 'text/x-own', text: 'line 1\r\nline 2' },
        'upload',
      )
    },
  },
  {
    name: 'a multipart form part by part',
    async run(ask) {
      const form = new FormData()
      form.set('a', '1')
      form.set('b', new Blob([new Uint8Array(200_000)]), 'b.bin')
      form.set('c', '3')
      equal(await json(await ask('/parts', { method: 'POST', body: form })), ['a', 'b', 'c'], 'parts')
    },
  },
  {
    name: 'a text body',
    async run(ask) {
      equal(await (await ask('/text', post('grüße 🌍', 'text/plain; charset=utf-8'))).text(), 'grüße 🌍', 'text')
    },
  },
  {
    name: 'an empty body',
    async run(ask) {
      const answer = await ask('/bytes', { method: 'POST' })
      equal([answer.status, (await bytesOf(answer)).length], [200, 0], 'bytes')
    },
  },
  {
    name: '5 MB of bytes, equal byte for byte',
    async run(ask) {
      const bytes = await new Response(pattern(5_242_880, 65_536)).arrayBuffer()
      const back = await bytesOf(await ask('/bytes', post(bytes, octets)))
      equal([back.length, patternBreaks(back)], [5_242_880, -1], 'bytes')
    },
  },
  {
    name: 'a body in pieces without a length',
    async run(ask) {
      const back = await bytesOf(await ask('/bytes', { ...post(pattern(200_000, 999), octets), duplex: 'half' }))
      equal([back.length, patternBreaks(back)], [200_000, -1], 'bytes')
    },
  },
  {
    name: 'a gzip body is inflated',
    async run(ask) {
      const answer = await ask('/person', post(await gzip('{"name":"Zip"}'), 'application/json', { 'content-encoding': 'gzip' }))
      equal([answer.status, await json(answer)], [201, { name: 'Zip' }], 'gzip')
    },
  },
  {
    name: 'a gzip body that inflates past the limit is 413',
    async run(ask) {
      const answer = await ask('/small', post(await gzip(' '.repeat(500_000)), octets, { 'content-encoding': 'gzip' }))
      equal(answer.status, 413, 'status')
    },
  },
  {
    name: 'a content encoding that nobody knows is 415',
    async run(ask) {
      equal((await ask('/small', post('x', octets, { 'content-encoding': 'own' }))).status, 415, 'status')
    },
  },
  {
    name: 'a body at its limit passes, a byte more is 413',
    async run(ask) {
      equal((await ask('/small', post('x'.repeat(1_024), octets))).status, 200, 'at the limit')
      const answer = await ask('/small', post('x'.repeat(1_025), octets))
      equal([answer.status, ((await json(answer)) as { limit: number }).limit], [413, 1_024], 'past it')
    },
  },
  {
    name: 'a body without a length that passes its limit is 413',
    async run(ask) {
      equal((await ask('/small', { ...post(pattern(5_000, 500), octets), duplex: 'half' })).status, 413, 'status')
    },
  },
  {
    name: 'a body that streams back as it comes',
    async run(ask) {
      const back = await bytesOf(await ask('/echo', { ...post(pattern(1_000_000, 10_000), octets), duplex: 'half' }))
      equal([back.length, patternBreaks(back)], [1_000_000, -1], 'bytes')
    },
  },
  {
    name: 'the body through the web Request',
    async run(ask) {
      equal(await (await ask('/request', post('by hand', 'text/plain'))).text(), 'POST by hand', 'text')
    },
  },
  {
    name: 'a body that nobody reads costs nobody the answer',
    async run(ask) {
      equal(await (await ask('/unread', post('x'.repeat(30_000), 'text/plain'))).text(), 'not read', 'small')
      equal(await (await ask('/method')).text(), 'GET', 'the request behind it')
    },
  },
  {
    name: 'what one request leaves is not seen by the next',
    async run(ask) {
      const key = freshKey()
      await ask('/headers', { headers: { 'x-only-here': key } })
      const answer = await ask('/headers')
      equal([answer.status, (await answer.text()).includes(key)], [200, false], 'headers')
    },
  },
]
