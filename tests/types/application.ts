// What the compiler must infer, and refuse, for an application and its client. Never run: `npm run types` is the test.
import { createClient, type EventStream, type ServerEvent } from 'plinth/client'
import { testApp } from 'plinth/testing'
import { app, type Context, contract, file, guard, html, module, problem, redirect, reply, type RoutesOf, service, t } from 'plinth'
import * as v from 'valibot'
import { z } from 'zod'

type Equal<A, B> = (<X>() => X extends A ? 1 : 2) extends <X>() => X extends B ? 1 : 2 ? true : false
function is<A, B>(ok: Equal<A, B>): void {
  void ok
}

const Signup = t.Object({ email: t.String({ format: 'email' }), age: t.Optional(t.Integer({ minimum: 0 })) })
const User = t.Object({
  id: t.Integer(),
  email: t.String(),
  role: t.Union([t.Literal('admin'), t.Literal('user')]),
  tags: t.Array(t.String()),
})
type User = { id: number; email: string; role: 'admin' | 'user'; tags: string[] }

// ---- services, guards, modules -------------------------------------------------------------------------------------

const Database = service('db', async () => ({ query: async (sql: string) => [sql] }), { dispose: (db) => db.query('x') })
const Users = service('users', ({ use }) => {
  const db = use(Database)
  return {
    taken: async (email: string) => (await db.query(email)).length > 0,
    create: async (input: { email: string }): Promise<User> => ({ id: 1, email: input.email, role: 'user', tags: [] }),
  }
})
const PerRequest = service('per-request', ({ ctx }) => ({ path: ctx.path }), { scope: 'request' })
// @ts-expect-error only a service made for a request sees one
service('whole', ({ ctx }) => ({ path: ctx.path }))

const signedIn = guard(async (ctx) => {
  if (await ctx.use(Users).taken(ctx.cookies['session']?.toString() ?? '')) throw problem(401)
  return { user: { id: 1, role: 'admin' as 'admin' | 'user' } }
})
const role = (wanted: string) =>
  guard((ctx: Context & { user: { role: string } }) => {
    if (ctx.user.role !== wanted) throw problem('forbidden')
  })
const tenant = guard(() => ({ tenant: 'acme' }))
const plan = guard(({ tenant }) => ({ plan: `${tenant}-pro` }), { needs: [tenant] })

class PaymentError extends Error {
  amount = 1
}

const billing = module('billing')
  .guard(signedIn)
  .get('/', ({ user }) => ({ at: new Date(), n: user.id }))
  .post('/invoices', { body: z.object({ n: z.coerce.number() }) }, ({ body, user }) => ({ total: body.n * user.id }))
const teams = module('teams', '/orgs/:org').get('/teams/:id', ({ params }) => {
  is<typeof params, { readonly org: string; readonly id: string }>(true)
  return params
})

// ---- routes --------------------------------------------------------------------------------------------------------

const api = app()
  .get('/', () => 'Hello')
  .get('/hello/:name', ({ params }) => {
    is<typeof params, { readonly name: string }>(true)
    return { message: `Hello ${params.name}` }
  })
  .post('/users', { body: Signup, reply: { 201: User, 409: problem('conflict') }, tags: ['users'] }, async ({ body, use, reply }) => {
    is<typeof body, { email: string; age?: number }>(true)
    const users = use(Users)
    if (await users.taken(body.email)) throw problem('conflict')
    return reply(201, await users.create(body))
  })
  .get('/two/:a/x/:b?', ({ params }) => {
    is<typeof params, { readonly a: string; readonly b?: string }>(true)
    return params.b ?? null
  })
  .get('/files/*', ({ params }) => {
    is<typeof params, { readonly '*': string }>(true)
    return new Response('')
  })
  .get('/named/*path', ({ params }) => {
    is<typeof params, { readonly path: string }>(true)
    return file(params.path, { root: 'public' })
  })
  .get('/page', () => html`<p>x</p>`)
  .get('/away', () => redirect('/page'))
  .get('/events', async function* () {
    yield { at: new Date() }
  })
  .get('/stream', () => new ReadableStream())
  .get('/per-request', ({ use }) => use(PerRequest))
  .guard(signedIn)
  .get('/me', ({ user }) => user)
  .get('/admin', { guards: [role('admin'), tenant, plan] }, ({ user, tenant, plan }) => {
    is<typeof tenant, string>(true)
    return { role: user.role, tenant, plan }
  })
  .get(
    '/zod/:id',
    {
      params: z.object({ id: z.coerce.number() }),
      query: z.object({ q: z.string().optional(), n: z.coerce.number().default(1) }),
      reply: { 200: z.object({ d: z.string(), k: z.enum(['a', 'b']) }) },
    },
    ({ params, query }) => {
      is<typeof params.id, number>(true)
      is<typeof query.n, number>(true)
      return { d: query.q ?? '', k: 'a' }
    },
  )
  .get('/valibot/:id', { params: v.object({ id: v.string() }), reply: { 200: v.object({ d: v.string() }) } }, ({ params }) => ({
    d: params.id,
  }))
  .get('/codec', { query: t.Object({ since: t.Date() }), reply: { 200: t.Object({ at: t.Date(), n: t.BigInt() }) } }, ({ query }) => {
    is<typeof query.since, Date>(true)
    return { at: query.since, n: 1n }
  })
  .get('/literal', { reply: { 200: User } }, () => ({ id: 1, email: '', role: 'admin', tags: ['a'] }))
  .get('/several', { reply: { 200: User, 201: User } }, async ({ use, reply }) => {
    if (use(Users)) return reply(200, { id: 1, email: '', role: 'admin', tags: [] })
    return reply(201, { id: 1, email: '', role: 'user', tags: [] })
  })
  .get('/throws', { reply: { 200: User } }, async () => {
    throw problem(500, 'x')
  })
  .get('/raw', { reply: { 200: User } }, async () => new Response('x'))
  .delete('/x/:id', { reply: { 204: null } }, () => null)
  .post('/text', { body: 'text' }, ({ body }) => body.length)
  .get('/maybe', ({ params }) => {
    if (!params) return problem(404, 'gone')
    if (params) return reply(200, { a: 1 })
    return reply(201, { b: new Date() })
  })
  .around(async (ctx, next) => {
    void ctx.user.id
    return next()
  })
  .catch(PaymentError, (error, ctx) => problem(402, String(error.amount) + ctx.request.url))
  .use('/billing', billing)
  .use('/v1', teams)
  .use(module('plain').get('/plain', () => 1))

// Events are typed by the schema of the reply, on both ends.
const ticks = app().get('/ticks', { reply: { 200: t.Object({ n: t.Integer(), at: t.Date() }) } }, async function* () {
  yield { n: 1, at: new Date() }
})
export async function tick(): Promise<void> {
  const feed = await createClient<typeof ticks>('x').get('/ticks')
  is<typeof feed, EventStream<{ n: number; at: string }>>(true)
  for await (const event of feed.events) is<typeof event, ServerEvent<{ n: number; at: string }>>(true)
}
// @ts-expect-error an event of another shape
app().get('/ticks', { reply: { 200: t.Object({ n: t.Integer() }) } }, async function* () {
  yield { n: 'one' }
})

// An open route has nothing of the guards that it goes without, and whatever stands in the options stands in the types.
app({ guards: [signedIn] })
  .get('/mine', ({ user }) => user.id)
  // @ts-expect-error nobody is signed in here
  .get('/open', { open: true }, ({ user }) => user.id)
module('staff', '/staff', { guards: [signedIn, tenant] }).get('/', ({ user, tenant }) => `${user.id} of ${tenant}`)
module('staff', { guards: [tenant] }).get('/', { guards: [plan] }, ({ plan }) => plan)

// ---- the client ----------------------------------------------------------------------------------------------------

const c = createClient<typeof api>('http://x')
export async function calls(): Promise<void> {
  const created = await c.post('/users', { body: { email: 'a' } })
  is<typeof created, User>(true)
  const hello = await c.get('/hello/:name', { params: { name: 3 } })
  is<typeof hello, { message: string }>(true)
  const bill = await c.get('/billing')
  is<typeof bill, { at: string; n: number }>(true)
  const zod = await c.get('/zod/:id', { params: { id: 3 }, query: { q: 'x' } })
  is<typeof zod, { d: string; k: 'a' | 'b' }>(true)
  await c.get('/zod/:id', { params: { id: 3 } })
  const gone = await c.delete('/x/:id', { params: { id: 'a' } })
  is<typeof gone, null>(true)
  const plain = await c.get('/plain')
  is<typeof plain, number>(true)
  const two = await c.get('/two/:a/x/:b?', { params: { a: 'x' } })
  is<typeof two, string | null>(true)
  const invoice = await c.post('/billing/invoices', { body: { n: '3' } })
  is<typeof invoice, { total: number }>(true)
  const several = await c.get('/several')
  is<typeof several, User>(true)
  const text = await c.get('/')
  is<typeof text, string>(true)
  const page = await c.get('/page')
  is<typeof page, string>(true)
  const codec = await c.get('/codec', { query: { since: '2026-01-01T00:00:00Z' } })
  is<typeof codec, { at: string; n: string }>(true)
  const team = await c.get('/v1/orgs/:org/teams/:id', { params: { org: 'a', id: 1 } })
  is<typeof team, { readonly org: string; readonly id: string }>(true)
  const feed = await c.get('/events')
  is<typeof feed, EventStream<{ at: string }>>(true)
  // Its parameters are those of GET.
  const head = await c.head('/v1/orgs/:org/teams/:id', { params: { org: 'a', id: 1 } })
  is<typeof head, Headers>(true)
  // @ts-expect-error nothing is got there
  await c.head('/text')
  const length = await c.post('/text', { body: 'abc' })
  is<typeof length, number>(true)

  const tried = await c.try.post('/users', { body: { email: 'a' } })
  if (tried.ok) is<typeof tried.data, User>(true)
  else {
    is<typeof tried.status, 409>(true)
    is<typeof tried.problem.code, 'conflict'>(true)
  }
  const maybe = await c.get('/maybe')
  is<typeof maybe, { a: 1 } | { b: string }>(true)
  const triedMaybe = await c.try.get('/maybe')
  if (!triedMaybe.ok) is<typeof triedMaybe.status, 404>(true)
  else if (triedMaybe.status === 201) is<typeof triedMaybe.data, { b: string }>(true)

  // @ts-expect-error unknown path
  void c.get('/nope')
  // @ts-expect-error wrong verb
  void c.get('/users')
  // @ts-expect-error body needed
  void c.post('/users')
  // @ts-expect-error params needed
  void c.get('/hello/:name', {})
  // @ts-expect-error wrong body
  void c.post('/users', { body: { email: 1 } })
}

interface Api extends RoutesOf<typeof api> {}
export async function named(): Promise<void> {
  const client = createClient<Api>('x')
  const created = await client.post('/users', { body: { email: 'a' } })
  is<typeof created, User>(true)
  const tried = await client.try.post('/users', { body: { email: 'a' } })
  if (!tried.ok) is<typeof tried.status, 409>(true)
  // @ts-expect-error unknown path
  void client.get('/nope')
}

export async function tests(): Promise<void> {
  const fake = { taken: async () => false, create: async (): Promise<User> => ({ id: 1, email: '', role: 'user', tags: [] }) }
  void testApp(api, { replace: [Users.with(fake), Database.with({ query: async () => [] })] })
  const tested = await testApp(api, {
    replace: [
      [Users, fake],
      [Database, { query: async () => [] }],
    ],
  })
  const answer = await tested.post('/users', { body: { email: 'a' } })
  if (answer.status === 201) is<typeof answer.data, User>(true)
  const wrong = { query: async () => 3 }
  // @ts-expect-error not a Database
  void testApp(api, { replace: [[Database, wrong]] })
}

// ---- what must not compile -----------------------------------------------------------------------------------------

const kept = contract({ body: Signup, reply: { 201: User, 409: 'problem' } })
app().post('/kept', kept, async ({ body, reply }) => reply(201, { id: 1, email: body.email, role: 'admin', tags: [] }))

function paged<S extends typeof User | typeof Signup>(item: S) {
  return t.Object({ items: t.Array(item), total: t.Integer() })
}
app().get('/paged', { reply: { 200: paged(Signup) } }, () => ({ items: [{ email: 'x' }], total: 1 }))

app().post('/r', { body: Signup }, async ({ reply, body }) => reply(201, { a: body.email }))
// @ts-expect-error wrong status
app().post('/r', { reply: { 201: User, 409: 'problem' } }, async ({ reply }) => reply(200, { id: 1, email: '', role: 'admin', tags: [] }))
// @ts-expect-error a misspelt slot
app().post('/a', { boddy: Signup }, () => 1)
// @ts-expect-error not a schema
app().post('/a', { body: 'string' }, () => 1)
// @ts-expect-error the guard needs a user
app().get('/a', { guards: [role('x')] }, () => 1)
app().get('/a', { guards: [signedIn, role('x')] }, ({ user }) => user.id)
// @ts-expect-error the guard needs a user
app().guard(role('x'))
// @ts-expect-error the guard needs the tenant
app().guard(plan)
