import { bytesOf, json, type Ask, type TransportCase } from './transport-case.ts'
import { patternBreaks } from './transport-bytes.ts'
import { equal, holds } from './transport-expect.ts'

const MEGABYTES = 5_242_880

async function headOf(ask: Ask, path: string): Promise<readonly [number, string | null, string]> {
  const answer = await ask(path)
  return [answer.status, answer.headers.get('content-type'), await answer.text()]
}

/** What goes out: each kind of answer, its head and its bytes. */
export const answerCases: readonly TransportCase[] = [
  {
    name: 'a string is text',
    async run(ask) {
      equal(await headOf(ask, '/answers/string'), [200, 'text/plain; charset=utf-8', 'plain'], 'answer')
    },
  },
  {
    name: 'text outside ASCII, with its length in bytes',
    async run(ask) {
      const answer = await ask('/answers/unicode')
      const length = answer.headers.get('content-length')
      equal(await answer.text(), 'grüße, 世界 🌍', 'text')
      holds(length === null || length === '20', `content-length is ${length}, not 20`)
    },
  },
  {
    name: 'an object is JSON',
    async run(ask) {
      equal(
        await headOf(ask, '/answers/json'),
        [200, 'application/json; charset=utf-8', '{"text":"grüße 🌍","list":[1,2.5,null,true]}'],
        'answer',
      )
    },
  },
  {
    name: 'a number is JSON',
    async run(ask) {
      equal(await headOf(ask, '/answers/number'), [200, 'application/json; charset=utf-8', '7'], 'answer')
    },
  },
  {
    name: 'null is 204 without a body or a type',
    async run(ask) {
      equal(await headOf(ask, '/answers/nothing'), [204, null, ''], 'answer')
    },
  },
  {
    name: 'markup is escaped HTML',
    async run(ask) {
      equal(await headOf(ask, '/answers/html'), [200, 'text/html; charset=utf-8', '<p>&lt;b&gt;</p>'], 'answer')
    },
  },
  {
    name: 'bytes are sent as they are',
    async run(ask) {
      const answer = await ask('/answers/bytes')
      equal(
        [answer.headers.get('content-type'), [...(await bytesOf(answer))]],
        ['application/octet-stream', [0, 255, 10, 13, 128]],
        'answer',
      )
    },
  },
  {
    name: 'every body says that its type is not to be guessed',
    async run(ask) {
      for (const path of ['/answers/string', '/answers/json', '/answers/bytes', '/answers/web', '/answers/problem', '/nowhere']) {
        const answer = await ask(path)
        await answer.text()
        equal(answer.headers.get('x-content-type-options'), 'nosniff', path)
      }
    },
  },
  ...[200, 201, 202, 204, 205, 400, 404, 418, 500, 503, 599].map((status) => ({
    name: `status ${status} without a body`,
    run: async (ask: Ask): Promise<void> => {
      const answer = await ask(`/answers/status/${status}`)
      equal([answer.status, await answer.text()], [status, ''], 'answer')
    },
  })),
  {
    name: 'reply(status, value, headers), a list as several lines',
    async run(ask) {
      const answer = await ask('/answers/reply')
      equal([answer.status, answer.headers.get('x-one'), answer.headers.get('link')], [202, '1', '</a>; rel="a", </b>; rel="b"'], 'head')
      equal(await json(answer), { ok: true }, 'body')
    },
  },
  {
    name: 'several cookies are several lines',
    async run(ask) {
      const answer = await ask('/answers/set')
      await answer.text()
      const cookies = answer.headers.getSetCookie()
      equal(cookies.length, 3, 'count')
      holds(cookies[0]?.startsWith('one=1;') === true, cookies.join(' | '))
      holds(cookies[1]?.startsWith('two=a%20b%3Bc;') === true, cookies.join(' | '))
      holds(cookies[2]?.includes('Max-Age=0') === true, cookies.join(' | '))
      equal(answer.headers.get('link'), '</a>, </b>', 'appended')
    },
  },
  {
    name: 'a header value outside ASCII leaves as Latin-1',
    needs: 'latin',
    async run(ask) {
      equal((await ask('/answers/set')).headers.get('x-set'), 'latin-é', 'x-set')
    },
  },
  {
    name: 'headers of the application stand on every answer',
    async run(ask) {
      for (const path of ['/answers/string', '/answers/web', '/answers/boom', '/answers/large-stream', '/nowhere']) {
        const answer = await ask(path)
        await answer.body?.cancel()
        equal(answer.headers.get('x-fixture'), 'on', path)
      }
    },
  },
  {
    name: 'a redirect is not followed by the server',
    async run(ask) {
      const answer = await ask('/answers/redirect', { redirect: 'manual' })
      equal([answer.status, answer.headers.get('location'), await answer.text()], [302, '/string', ''], 'GET')
      const after = await ask('/answers/redirect', { method: 'POST', redirect: 'manual' })
      equal([after.status, after.headers.get('location')], [303, '/string'], 'POST')
    },
  },
  {
    name: 'a web Response keeps status, headers and cookies',
    async run(ask) {
      const answer = await ask('/answers/web')
      equal(
        [
          answer.status,
          answer.headers.get('content-type'),
          answer.headers.get('x-own'),
          answer.headers.getSetCookie(),
          await answer.text(),
        ],
        [203, 'text/x-own', '1', ['a=1', 'b=2; Path=/'], 'from a Response'],
        'answer',
      )
    },
  },
  {
    name: 'a web Response with a stream',
    async run(ask) {
      const bytes = await bytesOf(await ask('/answers/web-stream'))
      equal([bytes.length, patternBreaks(bytes)], [300_000, -1], 'bytes')
    },
  },
  {
    name: 'a web Response of 304 keeps its ETag and has no body',
    async run(ask) {
      // With a condition of its own, so that no cache of the client stands between.
      const answer = await ask('/answers/web-status', { headers: { 'if-none-match': '"x"' } })
      equal([answer.status, answer.headers.get('etag'), await answer.text()], [304, '"x"', ''], 'answer')
    },
  },
  {
    name: 'a problem is problem+json',
    async run(ask) {
      const answer = await ask('/answers/problem')
      equal([answer.status, answer.headers.get('content-type')], [409, 'application/problem+json; charset=utf-8'], 'head')
      const { type, status, code } = (await json(answer)) as { type: string; status: number; code: string }
      equal([type, status, code], ['urn:problem-type:conflict', 409, 'conflict'], 'body')
    },
  },
  {
    name: 'an unexpected error is a fixed 500 that tells nothing, and is logged whole',
    async run(ask) {
      const answer = await ask('/answers/boom')
      const text = await answer.text()
      const { code, requestId } = JSON.parse(text) as { code: string; requestId: string }
      equal([answer.status, code, requestId.length > 5, /secret|Error|\.[jt]s/.test(text)], [500, 'internal-error', true, false], 'answer')
      const { note } = (await json(await ask('/life/notes/logged%20%2Fanswers%2Fboom'))) as { note: unknown }
      equal(note, 'the secret is 42', 'the log')
    },
  },
  {
    name: 'an answer that breaks its own schema is a 500',
    async run(ask) {
      const answer = await ask('/answers/wrong')
      equal([answer.status, (await answer.text()).includes('1.5')], [500, false], 'answer')
    },
  },
  {
    name: '5 MB of bytes, equal byte for byte',
    async run(ask) {
      const bytes = await bytesOf(await ask('/answers/large'))
      equal([bytes.length, patternBreaks(bytes)], [MEGABYTES, -1], 'bytes')
    },
  },
  {
    name: '5 MB of text outside ASCII',
    async run(ask) {
      const bytes = await bytesOf(await ask('/answers/large-text'))
      equal([bytes.length, bytes[0], bytes.at(-1)], [MEGABYTES, 0xc3, 0xa4], 'bytes')
    },
  },
  {
    name: '5 MB as a stream, equal byte for byte',
    async run(ask) {
      const bytes = await bytesOf(await ask('/answers/large-stream'))
      equal([bytes.length, patternBreaks(bytes)], [MEGABYTES, -1], 'bytes')
    },
  },
]
