import { expect, test } from 'vitest'
import { z } from 'zod'
import { core, errorRenderer, type Issue, module, problem, t } from '../index.ts'
import { testApp } from '../testing/index.ts'

const Errors = t.Object({ errors: t.Array(t.String()), since: t.Date() })
const since = new Date(0)

test('problems of a module have the shape that its schema says', async () => {
  const errors = errorRenderer(Errors, ({ title, params }) => {
    const issues = (params?.['issues'] ?? []) as readonly Issue[]
    return { errors: issues.length > 0 ? issues.map((it) => `${it.pointer} ${it.message}`) : [title], since, secret: 1 }
  })
  const api = module('api', { errors })
    .get('/missing', () => problem('not-found', undefined, { headers: { 'x-own': '1' } }))
    .get('/checked', { query: t.Object({ size: t.Integer() }) }, ({ query }) => query.size)
  await using client = await testApp(core().use('/api', api))
  const missing = await client.fetch('/api/missing')
  expect([missing.status, missing.headers.get('content-type'), missing.headers.get('x-own')]).toEqual([
    404,
    'application/json; charset=utf-8',
    '1',
  ])
  expect(await missing.json()).toEqual({ errors: ['There is nothing here'], since: '1970-01-01T00:00:00.000Z' })
  expect(await (await client.fetch('/api/checked?size=x')).json()).toMatchObject({ errors: ['/size must be an integer'] })
  expect(await (await client.fetch('/api/nowhere')).json()).toMatchObject({ errors: ['There is nothing here'] })
})

test('what does not fit its own schema is answered as an unexpected failure, and logged', async () => {
  const errors = errorRenderer(Errors, () => ({ errors: [1], since }) as never)
  const api = module('api', { errors }).get('/a', () => problem('not-found'))
  const client = await testApp(core().use(api), { errors: 'answer' })
  const answer = await client.fetch('/a')
  expect([answer.status, await answer.text()]).toEqual([500, expect.not.stringContaining('[1]')])
  await expect(client.close()).rejects.toThrow('/errors/0 must be a string')
})

test('a schema that could not strip is refused where it is written', () => {
  expect(() => errorRenderer(z.custom<string>(), () => 'x')).toThrow(/reply/)
  expect(() => errorRenderer(Errors, undefined as never)).toThrow('errorRenderer(…) takes a schema and a function')
})
