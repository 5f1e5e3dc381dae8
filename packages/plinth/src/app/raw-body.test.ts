import { describe, expect, test } from 'vitest'
import { t } from '../schema/index.ts'
import { testApp } from '../testing/index.ts'
import { core, guard } from './index.ts'

const text = (bytes: Uint8Array): string => new TextDecoder().decode(bytes)

describe('rawBody', () => {
  const seen: string[] = []
  const signed = guard(async (ctx) => void seen.push(`guard ${text(await ctx.rawBody())}`), { name: 'signed', always: true })
  const made = core({ bodyLimit: 20 })
    .around(async (ctx, next) => {
      seen.push(`wrap ${text(await ctx.rawBody())}`)
      return next()
    })
    .guard(signed)
    .post('/', { body: t.Object({ a: t.Integer() }) }, async (ctx) => ({ a: ctx.body.a, raw: text(await ctx.rawBody()) }))

  test('gives wraps, guards and handlers the bytes as they were sent, and the body is read all the same', async () => {
    await using app = await testApp(made)
    const answer = await app.fetch('/', { method: 'POST', body: '{ "a" : 1 }', headers: { 'content-type': 'application/json' } })
    expect(await answer.json()).toEqual({ a: 1, raw: '{ "a" : 1 }' })
    expect(seen.splice(0)).toEqual(['wrap { "a" : 1 }', 'guard { "a" : 1 }'])
  })

  test('of more bytes than the route takes is refused as such a body is', async () => {
    await using app = await testApp(made)
    const answer = await app.fetch('/', { method: 'POST', body: `{ "a" : ${'1'.repeat(20)} }` })
    expect(answer.status).toBe(413)
  })
})
