import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { toStandardJsonSchema } from '@valibot/to-json-schema'
import { type } from 'arktype'
import {
  app,
  file,
  guard,
  html,
  identify,
  module,
  problem,
  redirect,
  refuse,
  reply,
  service,
  sse,
  t,
  type AnyApp,
  type Logger,
} from 'plinth'
import { compression, cors, rateLimit, requestId, staticFiles } from 'plinth/middleware'
import * as v from 'valibot'
import { z } from 'zod'

const Everything = t.Object({
  id: t.Integer({ minimum: -5, maximum: 2 ** 40 }),
  ratio: t.Optional(t.Number()),
  name: t.String({ minLength: 1, maxLength: 40 }),
  email: t.Optional(t.String({ format: 'email' })),
  code: t.Optional(t.String({ pattern: '^[a-z]+(-[a-z]+)*$' })),
  at: t.Optional(t.Date()),
  day: t.Optional(t.PlainDate()),
  big: t.Optional(t.BigInt()),
  money: t.Optional(t.Decimal()),
  raw: t.Optional(t.Bytes()),
  tags: t.Optional(t.Array(t.String(), { maxItems: 5, uniqueItems: true })),
  either: t.Optional(
    t.Union([t.Object({ kind: t.Literal('a'), a: t.Integer() }), t.Object({ kind: t.Literal('b'), b: t.Date() }), t.Null()]),
  ),
  map: t.Optional(t.Record(t.String(), t.Number())),
  pair: t.Optional(t.Tuple([t.String(), t.Integer()])),
  any: t.Optional(t.Unknown()),
})
const Zod = z.object({
  id: z.number().int(),
  name: z.string().min(1),
  flag: z.boolean().optional(),
  list: z
    .array(z.object({ n: z.number() }))
    .max(10)
    .optional(),
  url: z.url().optional(),
  choice: z
    .discriminatedUnion('k', [z.object({ k: z.literal('x'), x: z.string() }), z.object({ k: z.literal('y'), y: z.number() })])
    .optional(),
})
const Valibot = toStandardJsonSchema(
  v.object({
    id: v.number(),
    name: v.pipe(v.string(), v.minLength(1)),
    when: v.optional(v.pipe(v.string(), v.isoTimestamp())),
    deep: v.optional(v.record(v.string(), v.array(v.number()))),
  }),
)
const Ark = type({ id: 'number', name: 'string > 0', 'nick?': 'string', 'items?': type({ n: 'number.integer' }).array() })

const Store = service('store', () => ({ get: (id: number) => ({ id, name: `n${id}` }) }))
const PerRequest = service('per-request', ({ ctx }) => ({ path: ctx.path }), { scope: 'request', dispose: () => {} })

/** An application with one of everything that reads what a client sends. */
export interface RichApp {
  readonly application: AnyApp
  /** What was logged as an error since the last call. */
  errors(): readonly string[]
  remove(): void
}

export function richApp(): RichApp {
  const root = mkdtempSync(join(tmpdir(), 'fuzz-'))
  mkdirSync(join(root, 'sub'))
  writeFileSync(join(root, 'small.txt'), 'small '.repeat(50))
  writeFileSync(join(root, 'big.js'), '/* big */ '.repeat(20_000))
  writeFileSync(join(root, 'big.js.gz'), gzipSync('/* big */ '.repeat(20_000)))
  writeFileSync(join(root, 'sub/index.html'), '<p>sub</p>')
  writeFileSync(join(root, '.secret'), 'SECRET-OF-THE-DOTFILE')
  const errors: string[] = []
  const nothing = (): void => {}
  const told = (fields: unknown, message?: string): void => {
    const { err } = fields as { err?: unknown }
    errors.push(`${message ?? ''}: ${err instanceof Error ? (err.stack ?? err.message) : String(err)}`)
  }
  const log: Logger = { debug: nothing, info: nothing, warn: nothing, error: told, child: () => log }
  return {
    application: define(root, log),
    errors: () => errors.splice(0),
    remove: () => rmSync(root, { recursive: true }),
  }
}

function define(root: string, log: Logger): AnyApp {
  const signedIn = guard((ctx) => {
    if (ctx.cookies['session'] !== 'good') refuse('not-signed-in')
  })
  const tenant = guard((ctx) => ({ tenant: ctx.headers['x-tenant'] ?? 'none' }), { name: 'tenant' })
  const admin = module('admin')
    .guard(signedIn)
    .get('/', () => 'ADMIN-ONLY')
    .get('/users/:id', { params: t.Object({ id: t.Integer() }) }, ({ params }) => ({ secret: 'ADMIN-ONLY', id: params.id }))
    .delete('/users/:id', () => 'ADMIN-ONLY')
    .mount('/panel', (request) => new Response(`ADMIN-ONLY ${(request as Request).url}`))
  const old = module('v1', { version: '1', deprecated: '2025-01-01', sunset: '2030-01-01', tags: ['old'] })
    .get('/things/:id?', ({ params }) => ({ id: params.id ?? null }))
    .post('/things', { body: t.Object({ n: t.Integer() }), reply: { 201: t.Object({ n: t.Integer() }) } }, ({ body, reply }) =>
      reply(201, body),
    )
  const inputs = module('inputs')
    .get(
      '/slots/:id/:kind?',
      {
        params: t.Object({ id: t.Integer(), kind: t.Optional(t.Union([t.Literal('a'), t.Literal('b')])) }),
        query: t.Object({
          page: t.Optional(t.Integer({ minimum: 1, maximum: 100 })),
          on: t.Optional(t.Boolean()),
          at: t.Optional(t.Date()),
          big: t.Optional(t.BigInt()),
          tags: t.Optional(t.Array(t.String())),
          n: t.Optional(t.Array(t.Number())),
          q: t.Optional(t.String({ maxLength: 50 })),
        }),
        headers: t.Object({ 'x-count': t.Optional(t.Integer()), 'x-list': t.Optional(t.Array(t.String())) }),
        cookies: t.Object({ theme: t.Optional(t.Union([t.Literal('dark'), t.Literal('light')])), seen: t.Optional(t.Integer()) }),
        reply: {
          200: t.Object({
            id: t.Integer(),
            kind: t.Optional(t.String()),
            at: t.Optional(t.Date()),
            big: t.Optional(t.BigInt()),
            n: t.Optional(t.Array(t.Number())),
          }),
        },
      },
      ({ params, query }) => ({ ...params, ...query }),
    )
    .get(
      '/zod/:id',
      {
        params: z.object({ id: z.coerce.number().int() }),
        query: z.object({ q: z.string().optional(), n: z.array(z.number()).optional() }),
      },
      (ctx) => ({
        ...ctx.params,
        ...ctx.query,
      }),
    )
    .get('/valibot/:id', { params: v.object({ id: v.number() }), query: v.object({ b: v.optional(v.boolean()) }) }, (ctx) => ({
      ...ctx.params,
      ...ctx.query,
    }))
    .get('/ark/:id', { params: type({ id: 'number' }), query: type({ 'q?': 'string' }) }, (ctx) => ({ ...ctx.params, ...ctx.query }))
    .post('/tb', { body: Everything, reply: { 200: Everything } }, ({ body }) => body)
    .put('/zod', { body: Zod, reply: { 200: Zod } }, ({ body }) => body)
    .patch('/valibot', { body: Valibot, reply: { 200: Valibot } }, ({ body }) => body)
    .post('/ark', { body: Ark, reply: { 200: Ark } }, ({ body }) => body)
    .post('/any', ({ body }) => ({ got: typeof body, body }))
    .delete('/any', { body: t.Optional(t.Array(t.Integer())) }, ({ body }) => ({ body: body ?? null }))
    .post('/text', { body: 'text' }, ({ body }) => body)
    .post('/bytes', { body: 'bytes', bodyLimit: 20_000 }, ({ body }) => ({ size: body.byteLength }))
    .post('/stream', { body: 'stream' }, ({ body }) => body as ReadableStream<Uint8Array>)
    .post('/parts', { body: 'parts' }, async ({ body }) => {
      const names: string[] = []
      for await (const part of body) names.push(`${part.kind} ${part.name}`)
      return { names }
    })
    .post(
      '/upload',
      {
        body: t.Object({
          title: t.String(),
          n: t.Optional(t.Integer()),
          files: t.Optional(t.Array(t.File({ maxSize: 5_000 }), { maxItems: 3 })),
        }),
      },
      ({ body }) => ({ title: body.title, n: body.n ?? null, files: (body.files ?? []).map((it) => it.name) }),
    )
    .post('/request', { body: 'stream' }, async (ctx) => ({ text: (await (ctx.request as Request).text()).length }))
  const outputs = module('outputs')
    .get('/redirect', { query: t.Object({ to: t.String() }) }, ({ query }) => redirect(query.to, { allow: ['https://listed.test'] }))
    .get('/cookie', { query: t.Object({ v: t.String() }) }, ({ query, setCookie }) => {
      setCookie('echo', query.v)
      return 'ok'
    })
    .get('/header', { query: t.Object({ v: t.String() }) }, ({ query, setHeader }) => {
      setHeader('x-echo', query.v)
      return 'ok'
    })
    .get('/reply-header', { query: t.Object({ v: t.String() }) }, ({ query }) => reply(200, 'ok', { 'x-echo': query.v }))
    .get('/download', { query: t.Object({ name: t.String() }) }, ({ query }) => file(join(root, 'small.txt'), { download: query.name }))
    .get('/page', { query: t.Object({ v: t.String() }) }, ({ query }) => html`<p title="${query.v}">${query.v}</p>`)
    .get('/problem', { query: t.Object({ v: t.String() }) }, ({ query }) => {
      throw problem(409, `conflict ${query.v.length}`)
    })
    .get('/files/*', ({ params }) => file(params['*'], { root }))
    .get('/events', async function* ({ header }) {
      yield { last: header('last-event-id') ?? null }
      yield sse({ event: 'named', id: '2', data: 'two\nlines' })
    })
    .get('/long', ({ query }) => 'compressible '.repeat(typeof query['n'] === 'string' && query['n'].length < 3 ? 10 : 500))
    .get('/lazy', (ctx) => ({ q: Object.keys(ctx.query).length, c: Object.keys(ctx.cookies).length, h: Object.keys(ctx.headers).length }))
    .get('/services', ({ use, after }) => {
      after(Promise.resolve())
      return { ...use(Store).get(1), path: use(PerRequest).path.length }
    })
    .mount('/mounted', (request) => {
      const { method, url, headers } = request as Request
      return new Response(`${method} ${new URL(url).pathname} ${[...headers.keys()].length}`, { headers: { 'content-type': 'text/plain' } })
    })
  return app({ log, mode: 'test', timeout: 900 })
    .use(requestId({ trust: true }))
    .use(compression({ threshold: 256 }))
    .use(cors({ origins: (origin) => origin.endsWith('.test'), credentials: true, privateNetwork: true }))
    .use(rateLimit({ limit: 1_000_000_000, window: 60_000 }))
    .identify(identify((ctx) => (ctx.cookies['session'] === 'good' ? ({ id: 1 } as never) : null)))
    .use(Store)
    .get('/', () => 'home')
    .use('/in', inputs)
    .use('/out', outputs)
    .use('/admin', admin)
    .use('/v1', old)
    .get('/guarded/:x', { guards: [tenant] }, ({ params, tenant }) => ({ x: params.x, tenant }))
    .get('/wild/*rest', ({ params }) => ({ rest: params.rest }))
    .use(staticFiles(root, { prefix: '/static' }))
}
