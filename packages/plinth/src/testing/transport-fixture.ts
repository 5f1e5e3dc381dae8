import { app, guard, type AnyApp, type App, type LogMethod, type Logger, html, module, problem, redirect, refuse, t } from '../index.ts'
import { pattern } from './transport-bytes.ts'

/**
 * What requests left behind, for later ones to ask for: `/notes/:key`. Plain values only, since on Workers one request may not wait for a
 * promise of another.
 */
const notes = new Map<string, string>()
const encoder = new TextEncoder()
const pause = (ms: number): Promise<void> => new Promise((done) => setTimeout(done, ms))

/** Waits until somebody has posted the note: so a stream goes on only after its reader has seen what came before. */
async function noted(key: string, signal: AbortSignal): Promise<void> {
  while (!notes.has(key) && !signal.aborted) await pause(5)
}

/** Keeps the message of what was logged as an error, under the request's note. */
function loggerWith(fields: { readonly [name: string]: unknown }): Logger {
  const nothing = (): void => {}
  const error = ((first: { readonly err?: unknown }) => {
    if (first.err instanceof Error) notes.set(`logged ${String(fields['route'])}`, first.err.message)
  }) as LogMethod
  return { debug: nothing, info: nothing, warn: nothing, error, child: (more) => loggerWith({ ...fields, ...more }) }
}

const Person = t.Object({ name: t.String({ minLength: 1 }), age: t.Optional(t.Integer({ minimum: 0 })) })
const token = guard((ctx) => (ctx.header('x-token') === 'right' ? { token: 'right' } : refuse('not-signed-in')))

function requests(): AnyApp {
  return module('requests')
    .get('/method', ({ method }) => method)
    .post('/method', ({ method }) => method)
    .put('/method', ({ method }) => method)
    .patch('/method', ({ method }) => method)
    .delete('/method', ({ method }) => method)
    .get('/params/:a/:b', ({ params, path, template }) => ({ params, path, template }))
    .get('/rest/*', ({ params }) => params)
    .get('/query', ({ query }) => query)
    .get('/checked/:id', { params: t.Object({ id: t.Integer() }), query: t.Object({ q: t.Array(t.Integer()) }) }, ({ params, query }) => ({
      id: params.id,
      q: query.q,
    }))
    .get('/headers', ({ headers }) => headers)
    .get('/cookies', ({ cookies }) => cookies)
    .get('/url', ({ request }) => request.url)
    .get('/guarded', { guards: [token] }, (ctx) => ctx.token)
    .post('/any', ({ body }) => ({ body }))
    .post('/person', { body: Person, reply: { 201: Person } }, ({ body, reply }) => reply(201, body))
    .post('/upload', { body: t.Object({ title: t.String(), file: t.File() }) }, async ({ body }) => ({
      title: body.title,
      name: body.file.filename,
      type: body.file.type,
      text: new TextDecoder().decode(await body.file.arrayBuffer()),
    }))
    .post('/parts', { body: 'parts' }, async ({ body }) => {
      const names: (string | undefined)[] = []
      for await (const part of body) names.push(part.name)
      return names
    })
    .post('/text', { body: 'text' }, ({ body }) => body)
    .post('/bytes', { body: 'bytes', bodyLimit: 8_388_608 }, ({ body }) => body)
    .post('/small', { body: 'bytes', bodyLimit: 1_024 }, ({ body }) => body.byteLength)
    .post('/echo', { body: 'stream' }, ({ body }) => body ?? '')
    .post('/request', { body: 'stream' }, async ({ request }) => `${request.method} ${await request.text()}`)
    .post('/unread', () => 'not read')
}

function answers(): AnyApp {
  return module('answers')
    .get('/string', () => 'plain')
    .get('/unicode', () => 'grüße, 世界 🌍')
    .get('/json', () => ({ text: 'grüße 🌍', list: [1, 2.5, null, true] }))
    .get('/number', () => 7)
    .get('/nothing', () => null)
    .get('/html', () => html`<p>${'<b>'}</p>`)
    .get('/bytes', () => new Uint8Array([0, 255, 10, 13, 128]))
    .get('/status/:code', ({ params, reply }) => reply(Number(params.code), null))
    .get('/reply', ({ reply }) => reply(202, { ok: true }, { 'x-one': '1', link: ['</a>; rel="a"', '</b>; rel="b"'] }))
    .get('/set', (ctx) => {
      ctx.setHeader('x-set', 'latin-é')
      ctx.appendHeader('link', '</a>')
      ctx.appendHeader('link', '</b>')
      ctx.setCookie('one', '1')
      ctx.setCookie('two', 'a b;c')
      ctx.setCookie('three', '', { maxAge: 0 })
      return 'set'
    })
    .get('/redirect', () => redirect('/string'))
    .post('/redirect', () => redirect('/string', { status: 303 }))
    .get('/web', () => {
      const headers = new Headers({ 'content-type': 'text/x-own', 'x-own': '1' })
      headers.append('set-cookie', 'a=1')
      headers.append('set-cookie', 'b=2; Path=/')
      return new Response('from a Response', { status: 203, headers })
    })
    .get('/web-stream', () => new Response(pattern(300_000, 7_000)))
    .get('/web-status', () => new Response(null, { status: 304, headers: { etag: '"x"' } }))
    .get('/problem', () => problem('conflict'))
    .get('/boom', () => {
      throw new Error('the secret is 42')
    })
    .get('/wrong', { reply: { 200: t.Object({ n: t.Integer() }) } }, () => ({ n: 1.5 }))
    .get('/large', () => new Response(pattern(5_242_880, 65_536)).arrayBuffer().then((it) => new Uint8Array(it)))
    .get('/large-text', () => 'ä'.repeat(2_621_440))
    .get('/large-stream', () => pattern(5_242_880, 40_000))
}

function lives(): AnyApp {
  return module('lives')
    .get('/notes/:key', ({ params }) => ({ note: notes.get(params.key) ?? null }))
    .post('/notes/:key', { body: 'text' }, ({ params, body }) => void notes.set(params.key, body))
    .get('/stream/:key', ({ params, signal }) => {
      let count = 0
      return new ReadableStream<Uint8Array>({
        async pull(controller) {
          if (count++ === 0) return controller.enqueue(encoder.encode('first'))
          await noted(params.key, signal)
          controller.enqueue(encoder.encode('second'))
          controller.close()
        },
      })
    })
    .get('/events/:key', async function* ({ params, signal }) {
      yield { at: 1, text: 'zwölf' }
      await noted(params.key, signal)
      yield { at: 2 }
    })
    .get('/broken-stream', () => {
      let count = 0
      return new ReadableStream<Uint8Array>({
        async pull(controller) {
          if (count++ === 0) return controller.enqueue(new Uint8Array(100))
          await pause(20)
          throw new Error('the stream broke')
        },
      })
    })
    .get('/endless/:key', ({ params }) => {
      return new ReadableStream<Uint8Array>({
        async pull(controller) {
          await pause(5)
          controller.enqueue(new Uint8Array(1_000))
        },
        cancel: () => void notes.set(params.key, 'cancelled'),
      })
    })
    .get('/wait/:key', { timeout: 8_000 }, async ({ params, signal }) => {
      notes.set(`${params.key} begun`, 'yes')
      await new Promise<void>((done) => signal.addEventListener('abort', () => done(), { once: true }))
      notes.set(params.key, 'aborted')
      return 'nobody reads this'
    })
    .get('/late/:key', { timeout: 50 }, async ({ params, signal }) => {
      await new Promise<void>((done) => signal.addEventListener('abort', () => done(), { once: true }))
      notes.set(params.key, String((signal.reason as Error).name))
      return 'too late'
    })
    .get('/after/:key', ({ params, after }) => {
      after(pause(20).then(() => void notes.set(params.key, 'done')))
      return 'answered'
    })
    .get('/pause/:ms', async ({ params }) => {
      await pause(Number(params.ms))
      return params.ms
    })
    .get('/peer', ({ peer: { address, port, secure } }) => ({ address, port, secure }))
    .get('/env', ({ env }) => ({ type: typeof env, greeting: (env as { readonly GREETING?: unknown } | undefined)?.GREETING ?? null }))
}

/** The application that every transport and runtime must serve alike: plain web code, loaded as it is by Node, Bun, Deno and workerd. */
const application: App<{}, {}> = app({ name: 'transport-fixture', log: loggerWith({}) })
  .headers({ 'x-fixture': 'on' })
  .use(requests())
  .use('/answers', answers())
  .use('/life', lives())

export default application
