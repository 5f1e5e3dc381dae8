import { describe, expect, test } from 'vitest'
import { app } from '../index.ts'
import { core, guard, identify, problem, refuse, service, t } from '../app/index.ts'
import { testApp } from './test-app.ts'

const Mailer = service('mailer', () => ({ send: (to: string): string => `sent to ${to}` }))
const who = identify((ctx) => (ctx.header('authorization') ? { id: 7 } : null))
const signedIn = guard((ctx) => ctx.user ?? refuse('not-signed-in'))
const silent = { debug() {}, info() {}, warn() {}, error() {}, child: () => silent }

const api = app({ log: silent })
  .identify(who)
  .get('/me', { guards: [signedIn] }, ({ user }) => ({ user }))
  .post('/mail/:to', { params: t.Object({ to: t.String({ minLength: 2 }) }) }, ({ params, use }) => use(Mailer).send(params.to))
  .get('/conflict', { reply: { 200: t.String(), 409: problem('conflict') } }, () => {
    throw problem('conflict')
  })
  .get('/breaks', () => {
    throw new Error('a bug')
  })
  .get('/after', ({ after }) => {
    after(Promise.reject(new Error('too late')))
    return 'answered'
  })

describe('testApp', () => {
  test('asks through the dispatch, with types and without a network', async () => {
    await using client = await testApp(api)
    const answer = await client.post('/mail/:to', { params: { to: 'ada' } })
    expect(answer).toMatchObject({ ok: true, status: 200, data: 'sent to ada' })
    expect((await client.post('/mail/:to', { params: { to: 'a' } })).status).toBe(422)
    const conflict = await client.get('/conflict')
    expect(conflict).toMatchObject({ ok: false, status: 409, problem: { code: 'conflict' } })
  })

  test('asks as somebody, without asking the identities; or as nobody', async () => {
    await using client = await testApp(api)
    expect((await client.get('/me')).status).toBe(401)
    expect(await client.as({ id: 1 }).get('/me')).toMatchObject({ data: { user: { id: 1 } } })
    const headers = { authorization: 'Bearer x' }
    expect(await client.get('/me', { headers })).toMatchObject({ data: { user: { id: 7 } } })
    expect((await client.as(null).get('/me', { headers })).status).toBe(401)
  })

  test('puts services in the place of others, said either way', async () => {
    const fake = { send: (to: string): string => `kept ${to}` }
    await using one = await testApp(api, { replace: [Mailer.with(fake)] })
    await using two = await testApp(api, { replace: [[Mailer, fake]] })
    for (const client of [one, two]) expect(await client.post('/mail/:to', { params: { to: 'ada' } })).toMatchObject({ data: 'kept ada' })
  })

  test('fails the test with an error that nobody expected, or answers 500 when asked to', async () => {
    await using strict = await testApp(api)
    await expect(strict.get('/breaks')).rejects.toThrow('a bug')
    await using lenient = await testApp(api, { errors: 'answer' })
    expect((await lenient.get('/breaks')).status).toBe(500)
  })

  test('fails at the end with what went wrong beside the answers', async () => {
    const client = await testApp(api)
    expect((await client.get('/after')).status).toBe(200)
    await expect(client.close()).rejects.toThrow('too late')
  })

  test('does not fail by what the application logs as an error on purpose', async () => {
    const declining = core().get('/', ({ log }) => {
      log.error({ order: 1 }, 'payment declined')
      log.error('twice')
      return 'x'
    })
    await using client = await testApp(declining)
    expect((await client.get('/')).status).toBe(200)
  })

  test('passes the cross-site check as a page of the application does, unless the test says otherwise', async () => {
    await using client = await testApp(api)
    const cookie = { cookie: 'session=1' }
    expect((await client.post('/mail/:to', { params: { to: 'ada' }, headers: cookie })).status).toBe(200)
    expect((await client.post('/mail/:to', { params: { to: 'ada' }, headers: { ...cookie, origin: 'https://evil.example' } })).status).toBe(
      403,
    )
  })

  test('takes any request at all', async () => {
    await using client = await testApp(api)
    const answer = await client.fetch('/mail/ada', { method: 'POST' })
    expect(await answer.text()).toBe('sent to ada')
  })
})
