import { freshKey, json, noteOf, post, type Ask, type TransportCase } from './transport-case.ts'
import { equal, holds, within } from './transport-expect.ts'

/** Reads `answer` until `first` has come, lets the server go on, and gives the whole text. Hangs, so fails, where the transport gathers. */
async function inSteps(
  ask: Ask,
  path: string,
  first: string,
  headers: { readonly [name: string]: string } = {},
): Promise<readonly [Response, string]> {
  const key = freshKey()
  const answer = await within(3_000, ask(`${path}/${key}`, { headers }), 'the head')
  const reader = (answer.body as ReadableStream<Uint8Array>).getReader()
  const decoder = new TextDecoder()
  let text = ''
  while (!text.includes(first)) {
    const { done, value } = await within(3_000, reader.read(), `what comes before the rest (so far ${JSON.stringify(text)})`)
    if (done) break
    text += decoder.decode(value, { stream: true })
  }
  equal(text, first, 'before the server goes on')
  await ask(`/life/notes/${key}`, post('go', 'text/plain'))
  for (;;) {
    const { done, value } = await within(3_000, reader.read(), 'the rest')
    if (done) break
    text += decoder.decode(value, { stream: true })
  }
  return [answer, text]
}

/** What happens over time: streams, clients that go, deadlines, work behind the answer, several at once. */
export const lifeCases: readonly TransportCase[] = [
  {
    name: 'a stream arrives as it is made',
    async run(ask) {
      const [answer, text] = await inSteps(ask, '/life/stream', 'first')
      equal([answer.status, answer.headers.get('content-length'), text], [200, null, 'firstsecond'], 'answer')
    },
  },
  {
    name: 'an async iterable is server-sent events, each as it comes',
    async run(ask) {
      const [answer, text] = await inSteps(ask, '/life/events', 'data: {"at":1,"text":"zwölf"}\n\n')
      equal(
        [answer.headers.get('content-type'), text],
        ['text/event-stream; charset=utf-8', 'data: {"at":1,"text":"zwölf"}\n\ndata: {"at":2}\n\n'],
        'events',
      )
    },
  },
  {
    name: 'an async iterable is NDJSON for who asks for it',
    async run(ask) {
      const [answer, text] = await inSteps(ask, '/life/events', '{"at":1,"text":"zwölf"}\n', { accept: 'application/x-ndjson' })
      equal(
        [answer.headers.get('content-type')?.split(';')[0], text],
        ['application/x-ndjson', '{"at":1,"text":"zwölf"}\n{"at":2}\n'],
        'lines',
      )
    },
  },
  {
    name: 'a stream that fails on its way is not taken for whole',
    needs: 'broken',
    async run(ask) {
      const answer = await ask('/life/broken-stream')
      const whole = await answer.arrayBuffer().then(
        (it) => it.byteLength,
        () => 'broken off',
      )
      equal([answer.status, whole], [200, 'broken off'], 'answer')
      equal((await ask('/method')).status, 200, 'the request behind it')
    },
  },
  {
    name: 'a stream is cancelled when its client goes',
    needs: 'gone',
    async run(ask) {
      const key = freshKey()
      const leaving = new AbortController()
      const answer = await ask(`/life/endless/${key}`, { signal: leaving.signal })
      const reader = (answer.body as ReadableStream<Uint8Array>).getReader()
      await reader.read()
      leaving.abort()
      await reader.cancel().catch(() => {})
      await noteOf(ask, key, 'cancelled')
    },
  },
  {
    name: 'the signal aborts when the client goes',
    needs: 'gone',
    async run(ask) {
      const key = freshKey()
      const leaving = new AbortController()
      const answer = ask(`/life/wait/${key}`, { signal: leaving.signal }).then(
        () => 'answered',
        () => 'gone',
      )
      await noteOf(ask, `${key} begun`, 'yes')
      leaving.abort()
      await noteOf(ask, key, 'aborted')
      await within(3_000, answer, 'the client')
    },
  },
  {
    name: 'a handler past its deadline is 503, and its signal says why',
    async run(ask) {
      const key = freshKey()
      const answer = await within(3_000, ask(`/life/late/${key}`), 'the answer')
      equal([answer.status, ((await json(answer)) as { code: string }).code], [503, 'handler-timeout'], 'answer')
      await noteOf(ask, key, 'DeadlinePassed')
    },
  },
  {
    name: 'work handed to after() goes on behind the answer',
    async run(ask) {
      const key = freshKey()
      equal(await (await ask(`/life/after/${key}`)).text(), 'answered', 'answer')
      await noteOf(ask, key, 'done')
    },
  },
  {
    name: '50 requests at once, each with its own answer',
    async run(ask) {
      const started = Date.now()
      const texts = await Promise.all(Array.from({ length: 50 }, async (_, i) => (await ask(`/life/pause/${100 + i}`)).text()))
      equal(
        texts,
        texts.map((_, i) => String(100 + i)),
        'answers',
      )
      // One after the other they would take more than six seconds.
      holds(Date.now() - started < 5_000, `took ${Date.now() - started} ms`)
    },
  },
  {
    name: '200 requests one after the other',
    async run(ask) {
      for (let i = 0; i < 200; i++) equal(await json(await ask(`/checked/${i}?q=1`)), { id: i, q: [1] }, String(i))
    },
  },
  {
    name: 'the address of the other end is known',
    needs: 'peer',
    async run(ask) {
      const { address } = (await json(await ask('/life/peer'))) as { address: string }
      holds(/^(::ffff:)?127\.0\.0\.1$|^::1$/.test(address), `address is ${address}`)
    },
  },
  {
    name: 'a connection without TLS is not secure',
    needs: 'plain',
    async run(ask) {
      equal(((await json(await ask('/life/peer'))) as { secure: boolean }).secure, false, 'secure')
    },
  },
  {
    name: 'the port of the other end is known',
    needs: 'port',
    async run(ask) {
      const { port } = (await json(await ask('/life/peer'))) as { port: number }
      holds(port > 0 && port < 65_536, `port is ${port}`)
    },
  },
  {
    name: "the platform's bindings are in env",
    needs: 'env',
    async run(ask) {
      equal(await json(await ask('/life/env')), { type: 'object', greeting: 'hello from the platform' }, 'env')
    },
  },
]
