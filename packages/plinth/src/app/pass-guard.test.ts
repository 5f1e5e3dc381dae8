import { expect, test } from 'vitest'
import { type AnyGuard, core, guard, guardNeeds, isGuard, passGuard, problem, refuse } from './index.ts'

const order: string[] = []
const first = guard(() => void order.push('first'), { name: 'first' })
const second = guard(() => ({ second: order.push('second') }), { name: 'second', needs: [first] })
const third = guard((ctx) => void order.push(`third sees ${ctx.second}`), { name: 'third', needs: [first, second] })
const adding = guard(() => ({ tenant: {} }), { name: 'adding' })
const writing = guard(() => refuse('forbidden'), { name: 'writing', methods: ['POST'] })

test('a guard runs where no route stands, behind those that it needs, each once', async () => {
  const app = core()
    .get('/', async (ctx) => {
      order.length = 0
      const passed = new Set<AnyGuard>()
      await passGuard(third, ctx, passed)
      await passGuard(second, ctx, passed)
      return [...passed].map((it) => it.name)
    })
    .get('/again', { guards: [adding] }, async (ctx) => {
      const { tenant } = ctx
      await passGuard(adding, ctx)
      return { same: tenant === ctx.tenant }
    })
    .get('/refused', async (ctx) => {
      await passGuard(
        guard(() => {
          throw problem('forbidden')
        }),
        ctx,
      )
    })
    .get('/reading', async (ctx) => {
      await passGuard(writing, ctx)
      return 'passed'
    })
    .post('/writing', async (ctx) => {
      await passGuard(writing, ctx)
      return 'passed'
    })
  await using built = await app.build()
  expect(await (await built.fetch(new Request('http://a/'))).json()).toEqual(['first', 'second', 'third'])
  expect(order).toEqual(['first', 'second', 'third sees 2'])
  expect(await (await built.fetch(new Request('http://a/again'))).json()).toEqual({ same: false })
  expect((await built.fetch(new Request('http://a/refused'))).status).toBe(403)
  expect(await (await built.fetch(new Request('http://a/reading'))).text()).toBe('passed')
  expect((await built.fetch(new Request('http://a/reading', { method: 'HEAD' }))).status).toBe(200)
  expect((await built.fetch(new Request('http://a/writing', { method: 'POST' }))).status).toBe(403)
})

test('what is no guard is told apart', async () => {
  expect(isGuard(first)).toBe(true)
  expect(isGuard(() => {})).toBe(false)
  expect(guardNeeds(third).map((it) => it.name)).toEqual(['first', 'second'])
  await expect(passGuard({ name: 'x' } as never, {} as never)).rejects.toThrow('passGuard(…) takes what guard(…) made')
})
