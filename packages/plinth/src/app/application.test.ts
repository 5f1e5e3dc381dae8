import { AsyncLocalStorage } from 'node:async_hooks'
import { describe, expect, test } from 'vitest'
import { file } from '../http/file.ts'
import { html } from '../http/html.ts'
import { Problem, problem, problems, refuse } from '../http/problem.ts'
import { redirect } from '../http/redirect.ts'
import { reply } from '../http/reply.ts'
import { sse } from '../http/sse.ts'
import { t } from '../schema/index.ts'
import type { BootError } from './boot-error.ts'
import { core, module } from './builder.ts'
import type { Built } from './built.ts'
import type { Logger } from './logger.ts'
import { guard, identify } from './guard.ts'
import type { ErrorRenderer } from './scope.ts'
import type { AnyApp, Context } from './types.ts'

type Ask = (path: string, init?: RequestInit) => Promise<Response>

async function asking(app: AnyApp): Promise<Ask & { built: Built; errors: unknown[] }> {
  const built = await app.build({ mode: 'test' })
  const errors: unknown[] = []
  built.on('failed', (record) => void errors.push(record.error))
  return Object.assign((path: string, init?: RequestInit) => built.fetch(new Request(`http://app.test${path}`, init)), { built, errors })
}
const json = (body: unknown): RequestInit => ({
  method: 'POST',
  body: JSON.stringify(body),
  headers: { 'content-type': 'application/json' },
})

describe('what a handler gives becomes an answer', () => {
  class Row {
    id = 1
  }
  const app = core()
    .get('/text', () => 'Hé')
    .get('/object', () => ({ a: 1, b: undefined, at: new Date(0) }))
    .get('/array', () => [1, 'x'])
    .get('/instance', () => new Row())
    .get('/null', () => null)
    .get('/undefined', () => {})
    .get('/number', () => 42)
    .get('/bigint', () => 2n ** 64n)
    .get('/bigint-within', () => ({ rows: [{ id: 2n ** 64n }] }))
    .get('/false', async () => false)
    .get('/reply', () => reply(201, { id: 1 }, { location: '/things/1', 'set-cookie': ['a=1', 'b=2'] }))
    .get('/reply-text', () => reply(202, 'later'))
    .get('/reply-nothing', () => reply(205, null))
    .get('/reply-date', () => reply(200, new Date(0)))
    .get('/response', () => new Response('raw', { status: 203, headers: { 'x-own': '1' } }))
    .get('/reply-response', () => reply(418, new Response('tea')))
    .get('/bytes', () => new Uint8Array([1, 2, 3]))
    .get('/html', () => html`<b>${'<&>'}</b>`)
    .get('/redirect', () => redirect('/text', { status: 303 }))
    .get('/stream', () => new Blob(['from a stream']).stream())
    .get('/events', async function* () {
      yield { n: 1 }
      yield 'two\nlines'
    })
    .get('/file', () => file(new URL(import.meta.url).pathname))
    .get('/no-file', () => file('/no/such/file'))
    .get('/function', () => (() => 1) as never)

  test.each([
    ['/text', 200, 'text/plain; charset=utf-8', 'Hé'],
    ['/object', 200, 'application/json; charset=utf-8', '{"a":1,"at":"1970-01-01T00:00:00.000Z"}'],
    ['/array', 200, 'application/json; charset=utf-8', '[1,"x"]'],
    ['/instance', 200, 'application/json; charset=utf-8', '{"id":1}'],
    ['/null', 204, null, ''],
    ['/undefined', 204, null, ''],
    ['/number', 200, 'application/json; charset=utf-8', '42'],
    ['/bigint', 200, 'application/json; charset=utf-8', '"18446744073709551616"'],
    ['/bigint-within', 200, 'application/json; charset=utf-8', '{"rows":[{"id":"18446744073709551616"}]}'],
    ['/false', 200, 'application/json; charset=utf-8', 'false'],
    ['/reply', 201, 'application/json; charset=utf-8', '{"id":1}'],
    ['/reply-text', 202, 'text/plain; charset=utf-8', 'later'],
    ['/reply-nothing', 205, null, ''],
    ['/reply-date', 200, 'application/json; charset=utf-8', '"1970-01-01T00:00:00.000Z"'],
    ['/response', 203, 'text/plain;charset=UTF-8', 'raw'],
    ['/reply-response', 418, 'text/plain;charset=UTF-8', 'tea'],
    ['/bytes', 200, 'application/octet-stream', '\u0001\u0002\u0003'],
    ['/html', 200, 'text/html; charset=utf-8', '<b>&lt;&amp;&gt;</b>'],
    ['/redirect', 303, null, ''],
    ['/stream', 200, 'application/octet-stream', 'from a stream'],
    ['/events', 200, 'text/event-stream; charset=utf-8', 'data: {"n":1}\n\ndata: "two\\nlines"\n\n'],
    ['/no-file', 404, 'application/problem+json; charset=utf-8', undefined],
    ['/function', 500, 'application/problem+json; charset=utf-8', undefined],
  ])('%s: %i %s', async (path, status, type, body) => {
    const ask = await asking(app)
    const answer = await ask(path)
    expect(answer.status).toBe(status)
    expect(answer.headers.get('content-type')).toBe(type)
    if (type !== null) expect(answer.headers.get('x-content-type-options')).toBe('nosniff')
    const text = await answer.text()
    if (body !== undefined) expect(text).toBe(body)
  })

  test('headers of a reply stand as several lines where they are several', async () => {
    const answer = await (await asking(app))('/reply')
    expect(answer.headers.get('location')).toBe('/things/1')
    expect(answer.headers.getSetCookie()).toEqual(['a=1', 'b=2'])
  })

  test('events are NDJSON for who asks for it', async () => {
    const answer = await (await asking(app))('/events', { headers: { accept: 'application/x-ndjson' } })
    expect(await answer.text()).toBe('{"n":1}\n"two\\nlines"\n')
  })

  test('HEAD has the headers and the length of GET, and no body', async () => {
    const answer = await (await asking(app))('/text', { method: 'HEAD' })
    expect([answer.status, answer.headers.get('content-length'), await answer.text()]).toEqual([200, '3', ''])
  })

  test('cookies of `headers` stand beside those of the handler', async () => {
    const ask = await asking(
      core()
        .headers(() => ({ 'set-cookie': 'session=2', 'cache-control': 'no-store' }))
        .get('/', () => reply(200, 'x', { 'set-cookie': 'own=1', 'cache-control': 'private' })),
    )
    const { headers } = await ask('/')
    expect([headers.getSetCookie(), headers.get('cache-control')]).toEqual([['own=1', 'session=2'], 'private'])
  })

  test('a header that would split the answer throws in the handler, and nothing of it leaves', async () => {
    const ask = await asking(core().get('/', () => reply(200, 'x', { 'x-a': 'one\r\nset-cookie: evil=1' })))
    const answer = await ask('/')
    expect(answer.status).toBe(500)
    expect([...answer.headers.keys()]).not.toContain('set-cookie')
    expect(String(ask.errors[0])).toContain('x-a')
  })
})

describe('what a contract declares is enforced', () => {
  const User = t.Object({ id: t.Integer(), email: t.String() })
  const app = core()
    .get('/strips', { reply: { 200: User } }, () => ({ id: 1, email: 'a', password: 'secret' }))
    .get('/wrong', { reply: { 200: User } }, () => ({ id: 'one', email: 'a' }) as never)
    .get('/undeclared', { reply: { 200: User } }, () => reply(202, {}) as never)
    .get('/which', { reply: { 200: User, 201: User } }, () => ({ id: 1, email: 'a' }) as never)
    .get('/created', { reply: { 201: User, 404: 'problem' } }, () => ({ id: 1, email: 'a' }))
    .get('/gone', { reply: { 204: null } }, () => null)
    .get('/body-of-204', { reply: { 204: null } }, () => reply(204, { a: 1 }) as never)
    .get('/text', { reply: { 200: t.String({ maxLength: 3 }) } }, () => 'abc')
    .get('/long-text', { reply: { 200: t.String({ maxLength: 3 }) } }, () => 'abcd')
    .get('/nullable', { reply: { 200: t.Union([t.Null(), User]) } }, () => null)

  test.each([
    ['/strips', 200, '{"id":1,"email":"a"}'],
    ['/created', 201, '{"id":1,"email":"a"}'],
    ['/gone', 204, ''],
    ['/text', 200, 'abc'],
    ['/nullable', 200, 'null'],
  ])('%s answers %i', async (path, status, body) => {
    const answer = await (await asking(app))(path)
    expect([answer.status, await answer.text()]).toEqual([status, body])
  })

  test.each([
    ['/wrong', 'integer'],
    ['/undeclared', 'answered 202, which its contract does not declare (200)'],
    ['/which', 'declares several successes (200, 201)'],
    ['/body-of-204', 'declares 204 without a body'],
    ['/long-text', '3'],
  ])('%s is a logged 500 that tells the client nothing', async (path, why) => {
    const ask = await asking(app)
    const answer = await ask(path)
    const body = (await answer.json()) as { [name: string]: unknown }
    expect(answer.status).toBe(500)
    expect(Object.keys(body).sort()).toEqual(['code', 'requestId', 'status', 'title', 'type'])
    expect(String(ask.errors[0])).toContain(why)
  })

  test('all issues of all slots come at once', async () => {
    const ask = await asking(
      core().post(
        '/:id',
        {
          params: t.Object({ id: t.Integer() }),
          query: t.Object({ page: t.Integer() }),
          headers: t.Object({ 'x-tenant': t.String() }),
          cookies: t.Object({ theme: t.String() }),
          body: t.Object({ email: t.String({ format: 'email' }), age: t.Integer() }),
        },
        () => null,
      ),
    )
    const answer = await ask('/x?page=y', json({ email: 'no', age: '3' }))
    expect(answer.status).toBe(422)
    const { issues, code } = (await answer.json()) as { code: string; issues: { location: string; pointer: string }[] }
    expect(code).toBe('validation-failed')
    expect(issues.map((it) => `${it.location}${it.pointer}`).sort()).toEqual([
      'body/age',
      'body/email',
      'cookies/theme',
      'headers/x-tenant',
      'params/id',
      'query/page',
    ])
  })

  test('values arrive coerced outside of the body, and never inside', async () => {
    const ask = await asking(
      core().post(
        '/:id',
        {
          params: t.Object({ id: t.Integer() }),
          query: t.Object({ on: t.Boolean(), tag: t.Array(t.String()) }),
          body: t.Object({ n: t.Number() }),
        },
        ({ params, query, body }) => ({ params, query, body }),
      ),
    )
    expect(await (await ask('/7?on=true&tag=a', json({ n: 1 }))).json()).toEqual({
      params: { id: 7 },
      query: { on: true, tag: ['a'] },
      body: { n: 1 },
    })
    expect((await ask('/7?on=true&tag=a', json({ n: '1' }))).status).toBe(422)
  })
})

describe('bodies', () => {
  const app = core()
    .post('/free', ({ body }) => ({ body: body ?? 'none' }))
    .post('/text', { body: 'text' }, ({ body }) => body.toUpperCase())
    .post('/bytes', { body: 'bytes' }, ({ body }) => ({ size: body.byteLength }))
    .post('/stream', { body: 'stream' }, async ({ body }) => ({ text: await new Response(body).text() }))
    .post('/parts', { body: 'parts' }, async ({ body }) => {
      const seen: string[] = []
      for await (const part of body)
        seen.push(part.kind === 'file' ? `${part.filename}:${await new Response(part.stream).text()}` : `${part.name}=${part.value}`)
      return seen
    })
    .post('/form', { body: t.Object({ n: t.Integer(), tags: t.Array(t.String()) }) }, ({ body }) => body)
    .post('/small', { body: t.Object({}), bodyLimit: 10 }, () => null)
    .post('/request', async ({ request }) => ({ text: await request.text() }))

  test('without a declaration JSON and forms are read, all else is left for ctx.request', async () => {
    const ask = await asking(app)
    expect(await (await ask('/free', json([1]))).json()).toEqual({ body: [1] })
    expect(await (await ask('/free', { method: 'POST' })).json()).toEqual({ body: 'none' })
    expect(await (await ask('/request', { method: 'POST', body: 'plain', headers: { 'content-type': 'text/plain' } })).json()).toEqual({
      text: 'plain',
    })
  })

  test('that were read are in ctx.request too, as they came', async () => {
    const raw = '{ "a" : 1 }'
    const api = core()
      .post('/hook', async (ctx) => ({ body: ctx.body, raw: await ctx.request.text() }))
      .post('/clone', { body: t.Object({ a: t.Integer() }) }, async (ctx) => ({ body: ctx.body, raw: await ctx.request.clone().json() }))
    await using running = await api.listen({ port: 0, signals: false, mode: 'test' })
    const init = { method: 'POST', body: raw, headers: { 'content-type': 'application/json' } }
    for (const ask of [
      (path: string) => fetch(`${running.url}${path}`, init),
      (path: string) => api.fetch(new Request(`http://a.test${path}`, init)),
    ]) {
      expect(await (await ask('/hook')).json()).toEqual({ body: { a: 1 }, raw })
      expect(await (await ask('/clone')).json()).toEqual({ body: { a: 1 }, raw: { a: 1 } })
    }
  })

  test('are read as the kind that is declared', async () => {
    const ask = await asking(app)
    expect(await (await ask('/text', { method: 'POST', body: 'abc' })).text()).toBe('ABC')
    expect(await (await ask('/bytes', { method: 'POST', body: new Uint8Array(5) })).json()).toEqual({ size: 5 })
    expect(await (await ask('/stream', { method: 'POST', body: 'abc' })).json()).toEqual({ text: 'abc' })
    const form = new FormData()
    form.append('a', '1')
    form.append('f', new Blob(['content']), 'x.txt')
    expect(await (await ask('/parts', { method: 'POST', body: form })).json()).toEqual(['a=1', 'x.txt:content'])
  })

  test('of forms are coerced as a query is', async () => {
    const ask = await asking(app)
    expect(await (await ask('/form', { method: 'POST', body: new URLSearchParams('n=5&tags=a') })).json()).toEqual({ n: 5, tags: ['a'] })
  })

  test('that are too large, of another type or malformed are refused as problems', async () => {
    const ask = await asking(app)
    expect((await ask('/small', json({ long: 'body' }))).status).toBe(413)
    expect((await ask('/form', { method: 'POST', body: 'x', headers: { 'content-type': 'text/csv' } })).status).toBe(415)
    const malformed = await ask('/form', { method: 'POST', body: '{', headers: { 'content-type': 'application/json' } })
    expect([malformed.status, ((await malformed.json()) as { code: string }).code]).toEqual([400, 'malformed-json'])
    expect(ask.errors).toEqual([])
  })
})

describe('requests that no route takes', () => {
  const app = core()
    .headers({ 'x-app': '1' })
    .get('/a', () => 'a')
    .post('/a', () => 'a')
    .get('/users/:id', () => 'user')

  test.each([
    ['GET', '/nope', 404, null],
    ['DELETE', '/a', 405, 'GET, HEAD, OPTIONS, POST'],
    ['PUT', '/users/1', 405, 'GET, HEAD, OPTIONS'],
    ['OPTIONS', '/a', 204, 'GET, HEAD, OPTIONS, POST'],
    ['OPTIONS', '/nope', 404, null],
    ['GET', '/a/', 404, null],
    ['GET', '//a', 404, null],
    ['GET', '/A', 404, null],
    ['GET', '/%61', 200, null],
    ['GET', '/users/%zz', 400, null],
    ['GET', '/users/a%00', 400, null],
    ['BREW', '/a', 501, null],
  ])('%s %s: %i', async (method, path, status, allow) => {
    const ask = await asking(app)
    const answer = await ask(path, { method })
    expect([answer.status, answer.headers.get('allow'), answer.headers.get('x-app')]).toEqual([status, allow, '1'])
    expect(ask.errors).toEqual([])
  })
})

// A HEAD of the user's own for one path of a GET with optional parameters once took HEAD from all of its other paths.
describe('HEAD is there wherever GET is', () => {
  const app = core()
    .headers({ 'x-app': '1' })
    .get('/a/:b?', ({ params, setHeader }) => (setHeader('x-got', JSON.stringify(params)), 'get'))
    .head('/a/:own', ({ params, setHeader }) => (setHeader('x-own', params.own), null))
    .get('/:x?/c/:y?', ({ params, setHeader }) => (setHeader('x-got', JSON.stringify(params)), 'get'))
    .head('/c', ({ setHeader }) => (setHeader('x-own', 'c'), null))
    .post('/c/:only', () => 'post')
    .get('/d', () => 'd')
    .head('/d', ({ setHeader }) => (setHeader('x-own', 'd'), null))

  test.each([
    ['/a', '{}', null],
    ['/a/1', null, '1'],
    ['/c', null, 'c'],
    ['/c/2', '{"y":"2"}', null],
    ['/1/c', '{"x":"1"}', null],
    ['/1/c/2', '{"x":"1","y":"2"}', null],
    ['/d', null, 'd'],
  ])('%s', async (path, got, own) => {
    const ask = await asking(app)
    const head = await ask(path, { method: 'HEAD' })
    expect([head.headers.get('x-got'), head.headers.get('x-own'), await head.text()]).toEqual([got, own, ''])
    expect(head.status).toBe(own === null ? 200 : 204)
    if (own === null) expect(head.headers.get('content-length')).toBe('3')
    expect((await ask(path)).status).toBe(200)
  })

  test.each([
    ['/a', 'GET, HEAD, OPTIONS'],
    ['/a/1', 'GET, HEAD, OPTIONS'],
    ['/c', 'GET, HEAD, OPTIONS'],
    ['/c/2', 'GET, HEAD, OPTIONS, POST'],
    ['/1/c', 'GET, HEAD, OPTIONS'],
    ['/1/c/2', 'GET, HEAD, OPTIONS'],
  ])('and the 405 of %s says so', async (path, allow) => {
    const answer = await (await asking(app))(path, { method: 'DELETE' })
    expect([answer.status, answer.headers.get('allow'), answer.headers.get('x-app')]).toEqual([405, allow, '1'])
  })
})

describe('guards', () => {
  const nobody = guard(() => refuse('not-signed-in'), { name: 'nobody' })
  const plan = guard(async () => ({ plan: 'pro' }), { name: 'plan' })

  // The second once won in silence, and the handler answered for another tenant than the first guard had let in.
  test('never overwrite what another has added: the request fails and both are named', async () => {
    const first = guard(() => ({ tenant: 'a' }), { name: 'first' })
    const second = guard(async () => ({ tenant: 'b' }), { name: 'second' })
    const same = guard((ctx: Context & { readonly tenant: string }) => ({ tenant: ctx.tenant }), { name: 'same' })
    const more = guard(() => ({ plan: 1, more: 2 }), { name: 'more', adds: ['plan'] })
    const ask = await asking(
      core()
        .guard(first)
        .get('/clash', { guards: [second] }, ({ tenant }) => tenant)
        .get('/same', { guards: [first, same] }, ({ tenant }) => tenant)
        .get('/more', { guards: [more] }, () => 'more')
        .get('/open', { guards: [second], open: true }, ({ tenant }) => tenant),
    )
    expect((await ask('/clash')).status).toBe(500)
    expect((await ask('/more')).status).toBe(500)
    expect(ask.errors.map(String)).toEqual([
      "TypeError: Guard 'second' of GET /clash adds 'tenant', which 'first' has added before it: choose another name",
      "TypeError: Guard 'more' adds 'more', which its 'adds' does not list",
    ])
    expect(await (await ask('/same')).text()).toBe('a')
    expect(await (await ask('/open')).text()).toBe('b')
  })

  test('that add the same name are a boot problem where they say what they add', async () => {
    const first = guard(() => ({ tenant: 'a' }), { name: 'first', adds: ['tenant'] })
    const second = guard(() => ({ tenant: 'b' }), { name: 'second', adds: ['tenant'] })
    const failure = await core()
      .guard(first)
      .guard(first)
      .get('/x', { guards: [first, second] }, () => 'x')
      .use(module('shop', { guards: [second] }).get('/y', () => 'y'))
      .build()
      .catch((error: unknown) => error)
    expect((failure as BootError).problems.map((it) => `${it.code}: ${it.message}`)).toEqual([
      "guard-adds-twice: Guard 'second' of GET /x adds 'tenant', and so does 'first' before it",
      "guard-adds-twice: Guard 'second' of module 'shop' adds 'tenant', and so does 'first' before it",
    ])
  })

  test('hold from where they stand, in their module, and leak to no sibling', async () => {
    const inner = module('inner')
      .get('/before', () => 'free')
      .guard(nobody)
      .get('/after', () => 'guarded')
    const ask = await asking(
      core()
        .use('/in', inner)
        .get('/beside', () => 'free')
        .use(
          '/other',
          module('other').get('/x', () => 'free'),
        ),
    )
    expect((await ask('/in/before')).status).toBe(200)
    expect((await ask('/in/after')).status).toBe(401)
    expect((await ask('/beside')).status).toBe(200)
    expect((await ask('/other/x')).status).toBe(200)
  })

  test('of the app stand before modules used below, HEAD included; `open` writes out the exception', async () => {
    const ask = await asking(
      core({ guards: [nobody] })
        .get('/health', { open: true }, () => 'ok')
        .use(
          '/m',
          module('m').get('/x', () => 'x'),
        ),
    )
    expect((await ask('/health')).status).toBe(200)
    expect((await ask('/m/x')).status).toBe(401)
    expect((await ask('/m/x', { method: 'HEAD' })).status).toBe(401)
    expect((await ask('/m/%78')).status).toBe(401)
  })

  test('that protect stand before those that grant, on open routes and where nothing is routed', async () => {
    const order: string[] = []
    const shield = guard((ctx) => (order.push('shield'), ctx.header('x-evil') === undefined ? undefined : refuse('forbidden')), {
      always: true,
    })
    const access = guard(() => void order.push('access'))
    const ask = await asking(
      core()
        .guard(access)
        .guard(shield)
        .get('/', () => 'x')
        .get('/open', { open: true }, () => 'x'),
    )
    await ask('/')
    expect(order).toEqual(['shield', 'access'])
    expect((await ask('/open', { headers: { 'x-evil': '1' } })).status).toBe(403)
    expect((await ask('/nope', { headers: { 'x-evil': '1' } })).status).toBe(403)
  })

  test('run before validation, so that a stranger learns nothing of the contract', async () => {
    const ask = await asking(core().post('/', { guards: [nobody], body: t.Object({ a: t.String() }) }, () => null))
    expect((await ask('/', json({}))).status).toBe(401)
  })

  test('add to the context, and may not hide what it has', async () => {
    const bad = guard(() => ({ query: 'mine' }), { name: 'bad' })
    const ask = await asking(
      core()
        .get('/plan', { guards: [plan] }, (ctx) => ({ plan: ctx.plan }))
        .get('/bad', { guards: [bad] }, () => 'x'),
    )
    expect(await (await ask('/plan')).json()).toEqual({ plan: 'pro' })
    expect((await ask('/bad')).status).toBe(500)
    expect(String(ask.errors[0])).toContain("Guard 'bad' adds 'query'")
  })

  test('that hand back the principal only narrow it', async () => {
    const who = identify(async (ctx) => (ctx.header('x-user') ? { id: 1, name: 'ada' } : null))
    const signedIn = guard((ctx) => ctx.user ?? refuse('not-signed-in'))
    const ask = await asking(
      core()
        .identify(who)
        .get('/me', { guards: [signedIn] }, (ctx) => ({ user: ctx.user, keys: 'name' in ctx })),
    )
    expect((await ask('/me')).status).toBe(401)
    expect(await (await ask('/me', { headers: { 'x-user': '1' } })).json()).toEqual({ user: { id: 1, name: 'ada' }, keys: false })
  })
})

describe('identities', () => {
  test('are not asked about a request that protection refuses', async () => {
    const order: string[] = []
    const who = identify(() => (order.push('identify'), { id: 1 }))
    const shield = guard(() => void order.push('shield'), { always: true })
    const budget = guard((ctx) => void order.push(`budget of ${JSON.stringify(ctx.user)}`), { always: 'identified' })
    const access = guard(() => void order.push('access'))
    const ask = await asking(
      core()
        .guard(access)
        .guard(budget)
        .guard(shield)
        .identify(who)
        .get('/', () => 'x'),
    )
    await ask('/')
    expect(order).toEqual(['shield', 'identify', 'budget of {"id":1}', 'access'])
  })

  test('are asked in turn until one knows, once a request', async () => {
    const asked: string[] = []
    const one = identify(() => (asked.push('one'), null))
    const two = identify(async () => (asked.push('two'), { id: 2 }))
    const three = identify(() => (asked.push('three'), { id: 3 }))
    const ask = await asking(
      core()
        .identify(one)
        .identify(two)
        .identify(three)
        .get('/', ({ user }) => ({ user })),
    )
    expect(await (await ask('/')).json()).toEqual({ user: { id: 2 } })
    expect(asked).toEqual(['one', 'two'])
  })
})

describe('wraps', () => {
  test('stand around each other, see answers and failures, and can replace either', async () => {
    const log: string[] = []
    const app = core()
      .around(async (_, next) => {
        log.push('outer in')
        const answer = await next()
        log.push(`outer out ${answer.status}`)
        return answer.set('x-outer', '1')
      })
      .around(async (_, next) => {
        try {
          return await next()
        } catch (error) {
          log.push(`inner saw ${String(error)}`)
          throw error
        }
      })
      .get('/ok', () => 'ok')
      .get('/fails', () => {
        throw problem('conflict')
      })
      .around(async () => reply(202, 'instead'))
      .get('/instead', () => 'never')
    const ask = await asking(app)
    expect((await ask('/ok')).headers.get('x-outer')).toBe('1')
    expect((await ask('/fails')).status).toBe(409)
    expect(await (await ask('/instead')).text()).toBe('instead')
    expect(log).toEqual(['outer in', 'outer out 200', 'outer in', expect.stringContaining('inner saw'), 'outer in', 'outer out 202'])
  })

  test('that call next twice fail, since a handler runs once', async () => {
    let runs = 0
    const ask = await asking(
      core()
        .around(async (_, next) => (await next(), next()))
        .get('/', () => void runs++),
    )
    expect((await ask('/')).status).toBe(500)
    expect(runs).toBe(1)
  })

  test('of the application see 404 too', async () => {
    const ask = await asking(core().around(async (ctx, next) => (ctx.setHeader('x-seen', '1'), next())))
    const answer = await ask('/nope')
    expect([answer.status, answer.headers.get('x-seen')]).toEqual([404, '1'])
  })
})

describe('failures', () => {
  class PaymentError extends Error {
    amount = 5
  }
  class CardError extends PaymentError {}
  problems({ 'payment-failed': { status: 402, title: 'The payment failed', params: t.Object({ amount: t.Integer() }) } })

  test('are caught by class, the nearest module first, wherever they were thrown', async () => {
    const inner = module('inner')
      .catch(CardError, async () => reply(418, 'card'))
      .get('/card', () => {
        throw new CardError()
      })
      .get('/payment', async () => {
        throw new PaymentError()
      })
    const app = core()
      .catch(PaymentError, (error) => problem('payment-failed', { amount: error.amount }))
      .use('/in', inner)
      .get(
        '/card',
        {
          guards: [
            guard(() => {
              throw new CardError()
            }),
          ],
        },
        () => 'x',
      )
    const ask = await asking(app)
    expect((await ask('/in/card')).status).toBe(418)
    expect(await (await ask('/in/payment')).json()).toMatchObject({ code: 'payment-failed', amount: 5, status: 402 })
    expect((await ask('/card')).status).toBe(402)
    expect(ask.errors).toEqual([])
  })

  // Returning nothing, to look at an error say, once answered 204: the failure was told to the client as a success.
  test('that a catch returns nothing for go on to the next around it, and at last are answered as any', async () => {
    const seen: string[] = []
    const sees = (name: string) => (): void => void seen.push(name)
    const app = core()
      .catch(PaymentError, async (error) => (seen.push('outer'), error instanceof CardError ? undefined : reply(418, 'outer')))
      .catch(Error, async (): Promise<void> => void seen.push('middle'))
      .use(
        '/in',
        module('inner')
          .catch(PaymentError, sees('inner'))
          .get('/pay', () => Promise.reject(new PaymentError()))
          .get('/card', () => {
            throw new CardError()
          }),
      )
      .catch(Problem, sees('problem'))
      .get('/problem', () => refuse('conflict'))
    const ask = await asking(app)
    expect(await (await ask('/in/pay')).text()).toBe('outer')
    expect(seen.splice(0)).toEqual(['inner', 'middle', 'outer'])
    expect((await ask('/in/card')).status).toBe(500)
    expect(seen.splice(0)).toEqual(['inner', 'middle', 'outer'])
    expect(ask.errors).toEqual([expect.any(CardError)])
    expect((await ask('/problem')).status).toBe(409)
    expect(seen).toEqual(['problem', 'middle'])
  })

  test('of a catch itself are told as unexpected', async () => {
    const ask = await asking(
      core()
        .catch(PaymentError, () => {
          throw new Error('worse')
        })
        .get('/', () => {
          throw new PaymentError()
        }),
    )
    expect((await ask('/')).status).toBe(500)
    expect(String(ask.errors[0])).toContain('worse')
  })

  test('that nobody expected are a fixed 500 with the request id of the log', async () => {
    const ask = await asking(
      core().get('/', () => {
        throw new Error('password=hunter2')
      }),
    )
    const answer = await ask('/')
    const text = await answer.text()
    expect(text).not.toContain('hunter2')
    expect(JSON.parse(text)).toMatchObject({ status: 500, code: 'internal-error', requestId: expect.stringMatching(/^[a-z0-9]{10}-1$/) })
  })

  test('may be anything that can be thrown', async () => {
    const ask = await asking(
      core()
        .get('/undefined', () => {
          throw undefined
        })
        .get('/string', async () => {
          throw 'text'
        })
        .get('/frozen', () => {
          throw Object.freeze(new Error('frozen'))
        }),
    )
    for (const path of ['/undefined', '/string', '/frozen']) expect((await ask(path)).status).toBe(500)
  })

  test('with parameters that do not fit the catalogue are our mistake', async () => {
    const ask = await asking(
      core().get('/', () => {
        throw problem('payment-failed', { amount: 'five' })
      }),
    )
    expect((await ask('/')).status).toBe(500)
  })

  test('look as their module wants them to', async () => {
    const shouting = module('shouting', { errors: (it) => ({ type: 'text/plain', body: it.title.toUpperCase() }) }).get('/', () =>
      refuse('forbidden'),
    )
    const ask = await asking(
      core()
        .use('/shout', shouting)
        .get('/calm', () => refuse('forbidden')),
    )
    expect(await (await ask('/shout')).text()).toBe('YOU MAY NOT DO THIS')
    expect((await ask('/calm')).headers.get('content-type')).toBe('application/problem+json; charset=utf-8')
  })

  test('do not lose headers that guards and handlers asked for', async () => {
    const ask = await asking(
      core().get('/', (ctx) => {
        ctx.setHeader('x-a', '1')
        ctx.setCookie('seen', 'yes')
        throw problem('conflict', undefined, { headers: { 'retry-after': '5' } })
      }),
    )
    const { headers } = await ask('/')
    expect([headers.get('x-a'), headers.get('retry-after')]).toEqual(['1', '5'])
    expect(headers.getSetCookie()[0]).toContain('seen=yes; ')
  })
})

describe('deadlines', () => {
  test('a handler that takes too long is 503, and its signal says why', async () => {
    let reason: unknown
    const app = core().get(
      '/',
      { timeout: 20 },
      (ctx) =>
        new Promise<string>((_, reject) => {
          ctx.signal.addEventListener('abort', () => {
            reason = ctx.signal.reason
            reject(reason as Error)
          })
        }),
    )
    const ask = await asking(app)
    const answer = await ask('/')
    expect([answer.status, ((await answer.json()) as { code: string }).code]).toEqual([503, 'handler-timeout'])
    expect(String(reason)).toContain('no answer within 20 ms')
    expect(ask.errors).toEqual([])
  })

  test('what is told of one is told in the context of its own request, not of the one that set the timer', async () => {
    const tenant = new AsyncLocalStorage<string>()
    const seen: unknown[] = []
    const app = core({ errors: () => ({ type: 'text/plain', body: String(tenant.getStore()) }) }).get('/', { timeout: 20 }, (ctx) => {
      ctx.signal.addEventListener('abort', () => seen.push(tenant.getStore()))
      return new Promise(() => {})
    })
    const { built } = await asking(app)
    const answers = ['a', 'b'].map((name) => tenant.run(name, () => built.fetch(new Request('http://a/'))))
    const said = await Promise.all(answers.map(async (it) => (await it).text()))
    expect([said, seen.sort()]).toEqual([
      ['a', 'b'],
      ['a', 'b'],
    ])
  })

  test('0 sets none, and the context tells the deadline', async () => {
    const ask = await asking(
      core({ timeout: 60_000 })
        .get('/free', { timeout: 0 }, (ctx) => ({ free: ctx.deadline === Infinity }))
        .get('/bound', (ctx) => ({ left: ctx.deadline - Date.now() })),
    )
    expect(await (await ask('/free')).json()).toEqual({ free: true })
    const { left } = (await (await ask('/bound')).json()) as { left: number }
    expect(left).toBeGreaterThan(50_000)
    expect(left).toBeLessThanOrEqual(60_000)
  })
})

describe('work after the answer', () => {
  test('is awaited at close, also what it began', async () => {
    const log: string[] = []
    let release = (): void => {}
    const gate = new Promise<void>((done) => (release = done))
    const ask = await asking(
      core().get('/', ({ after }) => {
        after(gate.then(() => void after(Promise.resolve().then(() => void log.push('second')))).then(() => void log.push('first')))
        return 'answered'
      }),
    )
    expect(await (await ask('/')).text()).toBe('answered')
    expect(log).toEqual([])
    const closed = ask.built.close()
    release()
    await closed
    expect(log.sort()).toEqual(['first', 'second'])
  })
})

describe('events', () => {
  test('come in order, on one record', async () => {
    const seen: string[] = []
    const app = core().get('/x/:id', () => 'x')
    for (const name of ['start', 'matched', 'handled', 'sent'] as const) {
      app.on(name, (it) => void seen.push(`${name} ${it.template ?? '-'} ${it.status ?? '-'} ${it.delivered ?? '-'}`))
    }
    const ask = await asking(app)
    await (await ask('/x/1')).text()
    await (await ask('/nope')).text()
    expect(seen).toEqual([
      'start /x/:id - -',
      'matched /x/:id - -',
      'handled /x/:id 200 -',
      'sent /x/:id 200 true',
      'start - - -',
      'handled - 404 -',
      'sent - 404 true',
    ])
  })

  test('whose listener throws harm no request', async () => {
    const said: unknown[] = []
    const log = { error: ({ err }: { err: Error }) => void said.push(err.message), child: () => log } as unknown as Logger
    const app = core({ log })
      .get('/', () => 'x')
      .on('matched', async () => {
        await Promise.resolve()
        throw new Error('late listener')
      })
      .on('start', () => {
        throw new Error('listener')
      })
    expect((await (await asking(app))('/')).status).toBe(200)
    await expect.poll(() => said).toEqual(['listener', 'late listener'])
  })
})

describe('mounts', () => {
  const told = async (request: Request): Promise<Response> => {
    const { pathname, search } = new URL(request.url)
    return new Response(`${request.method} ${pathname}${search} ${await request.text()}`)
  }

  test('hand the request to a web handler, whatever its method, guards first', async () => {
    const legacy = module('legacy')
      .guard(guard((ctx: Context) => (ctx.header('x-key') ? undefined : refuse('forbidden'))))
      .mount('/', told)
    const ask = await asking(core().use('/old', legacy))
    expect((await ask('/old/a/b')).status).toBe(403)
    const answer = await ask('/old/a/b', { method: 'PUT', body: 'text', headers: { 'x-key': '1' } })
    expect(await answer.text()).toBe('PUT /a/b text')
    expect((await ask('/old', { headers: { 'x-key': '1' } })).status).toBe(200)
  })

  // It saw the whole path once, so that an application which routes `/users` answered 404 below any mount.
  test.each([
    ['/m', '/ '],
    ['/m/', '/ '],
    ['/m?q=/x/y', '/?q=/x/y '],
    ['/m/users/7?a=1&a=2', '/users/7?a=1&a=2 '],
    ['/m/a%2Fb//c', '/a%2Fb//c '],
    ['/m//host.test/x', '//host.test/x '],
    ['/v1/acme/teams/x', '/x '],
    ['/v1/a%2Fb/teams', '/ '],
    ['/opt/en/sub/x', '/x '],
    ['/opt/sub/x', '/x '],
    ['/kept/x?y', '/kept/x?y '],
  ])('%s is seen as %s', async (path, seen) => {
    const ask = await asking(
      core()
        .mount('/m', told)
        .use('/v1', module('teams', '/:org').mount('/teams', told))
        .mount('/opt/:lang?/sub', told)
        .mount('/kept', told, { keepPrefix: true }),
    )
    expect(await (await ask(path)).text()).toBe(`GET ${seen}`)
    expect(ask.errors).toEqual([])
  })

  test('at the root see every path that no route takes', async () => {
    const ask = await asking(
      core()
        .get('/own', () => 'own')
        .mount('/', told),
    )
    expect(await (await ask('/own')).text()).toBe('own')
    expect(await (await ask('/a/b?c')).text()).toBe('GET /a/b?c ')
    expect(await (await ask('/')).text()).toBe('GET / ')
  })

  test('keep what a guard has left of the body, the headers and the signal', async () => {
    let aborted = false
    const reading = guard(async (ctx: Context) => void (await ctx.request.clone().text()))
    const ask = await asking(
      core()
        .guard(reading)
        .mount('/m', async (request) => {
          request.signal.addEventListener('abort', () => (aborted = true))
          return new Response(`${request.headers.get('x-own')} ${await request.text()}`)
        }),
    )
    const gone = new AbortController()
    const answer = await ask('/m/x', { method: 'POST', body: 'body', headers: { 'x-own': '1' }, signal: gone.signal })
    expect(await answer.text()).toBe('1 body')
    gone.abort()
    expect(aborted).toBe(true)
  })

  test('another application of ours answers below them as at its root', async () => {
    const inner = core().get('/users/:id', ({ params }) => params)
    const ask = await asking(core().mount('/inner', inner.fetch))
    expect(await (await ask('/inner/users/7')).json()).toEqual({ id: '7' })
  })
})

describe('prefixes', () => {
  test('join with paths, a `/` under a prefix being the prefix itself', async () => {
    const teams = module('teams', '/orgs/:org')
      .get('/', ({ params }) => ({ org: params.org }))
      .get('/teams/:id', ({ params }) => params)
    const ask = await asking(core().use('/v1', teams))
    expect(await (await ask('/v1/orgs/acme')).json()).toEqual({ org: 'acme' })
    expect(await (await ask('/v1/orgs/acme/teams/7')).json()).toEqual({ org: 'acme', id: '7' })
    expect((await ask('/v1/orgs/acme/')).status).toBe(404)
  })
})

describe('one app may be built several times', () => {
  test('and each is its own', async () => {
    const app = core().get('/', () => 'x')
    const one = await app.build()
    await one.close()
    const two = await app.build()
    expect((await two.fetch(new Request('http://a/'))).status).toBe(200)
    expect(one).not.toBe(two)
  })

  test('`fetch` builds on the first request and tries again when that failed', async () => {
    let tries = 0
    const { service } = await import('./service.ts')
    const Flaky = service('flaky', () => {
      if (++tries === 1) throw new Error('not yet')
      return {}
    })
    const app = core()
      .use(Flaky)
      .get('/', () => 'x')
    const { fetch } = app
    await expect(fetch(new Request('http://a/'))).rejects.toThrow('not yet')
    expect((await fetch(new Request('http://a/'))).status).toBe(200)
  })
})

describe('events under a contract', () => {
  const Tick = t.Object({ n: t.Integer(), at: t.Date() })
  test('are judged, encoded and stripped one by one, named ones too', async () => {
    const ask = await asking(
      core().get('/', { reply: { 200: Tick } }, async function* () {
        const secret = { password: 'hunter2' }
        yield { n: 1, at: new Date(0), ...secret }
        yield sse({ event: 'tick', data: { n: 2, at: new Date(0), ...secret } })
      }),
    )
    const text = await (await ask('/')).text()
    expect(text).toBe('data: {"n":1,"at":"1970-01-01T00:00:00.000Z"}\n\nevent: tick\ndata: {"n":2,"at":"1970-01-01T00:00:00.000Z"}\n\n')
  })

  test('end with an error at the first that does not fit', async () => {
    const ask = await asking(
      core().get('/', { reply: { 200: Tick } }, async function* () {
        yield { n: 1, at: new Date(0) }
        yield { n: 'two', at: new Date(0) } as never
      }),
    )
    await expect((await ask('/')).text()).rejects.toThrow(/integer/)
  })

  test('need a schema where replies are declared', async () => {
    const ask = await asking(
      core().get('/', { reply: { 204: null } }, async function* () {
        yield 1
      } as never),
    )
    expect((await ask('/')).status).toBe(500)
    expect(String(ask.errors[0])).toContain('declares no schema')
  })
})

describe('what comes after the build', () => {
  test('is refused where it is written, in the app and in its modules', async () => {
    const inner = module('inner').get('/x', () => 'x')
    const outer = core().use('/in', inner)
    await outer.build()
    expect(() => outer.get('/late', () => 'late')).toThrow(
      /app 'app' was built already, so GET \/late comes too late \(.*application\.test\.ts/,
    )
    expect(() => inner.guard(guard(() => {}))).toThrow("module 'inner' was built already, so guard comes too late")
    await expect(outer.build()).resolves.toBeDefined()
  })
})

describe('below a module', () => {
  test('404 has the shape, the wraps and the headers of the nearest one', async () => {
    const errors =
      (shape: string): ErrorRenderer =>
      () => ({ type: 'text/plain', body: shape })
    const rest = module('rest', { errors: errors('rest') })
      .headers({ 'x-rest': '1' })
      .use(
        '/deep',
        module('deep', { errors: errors('deep') }).get('/a', () => 'a'),
      )
      .get('/b', () => 'b')
    const ask = await asking(
      core()
        .use('/rest', rest)
        .use(
          '/other',
          module('other').get('/c', () => 'c'),
        ),
    )
    expect(await (await ask('/rest/nope')).text()).toBe('rest')
    expect((await ask('/rest/nope')).headers.get('x-rest')).toBe('1')
    expect(await (await ask('/rest/deep/nope/x')).text()).toBe('deep')
    expect(await (await ask('/rest')).text()).toBe('rest')
    expect((await ask('/restless')).headers.get('content-type')).toContain('problem+json')
    expect((await ask('/other/nope')).headers.get('content-type')).toContain('problem+json')
  })
})

describe('validation', () => {
  test('leaves no rejection behind when one slot can not even be read', async () => {
    const rejecting = {
      '~standard': { version: 1 as const, vendor: 'test', validate: () => Promise.reject(new Error('beside')) },
    }
    const ask = await asking(core().get('/:id', { params: rejecting, query: t.Object({}) }, () => 'x'))
    expect((await ask('/1?a=%zz')).status).toBe(400)
    await new Promise((done) => setImmediate(done))
  })
})
