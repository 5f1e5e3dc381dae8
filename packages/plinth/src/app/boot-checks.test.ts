import { describe, expect, test } from 'vitest'
import { core, guard, module, refuse } from '../index.ts'
import { BootError } from './boot-error.ts'
import type { AnyApp } from './types.ts'

async function faults(app: AnyApp): Promise<readonly string[]> {
  const error: unknown = await app.build({ mode: 'test' }).then(
    () => undefined,
    (it: unknown) => it,
  )
  if (!(error instanceof BootError)) throw error ?? new Error('it was built')
  return error.problems.map((it) => `${it.code}: ${it.message}`)
}
const signedIn = guard((ctx) => (ctx.user as { id: number } | null) ?? refuse('not-signed-in'), { name: 'signedIn' })
/** What TypeScript refuses, and JavaScript may still write. */
const untyped = <T>(it: T): never => it as never

describe('what was written wrongly is a boot problem, never a crash of the build or of each request', () => {
  test.each<[string, AnyApp, string]>([
    [
      'no contract',
      core().get(
        '/x',
        untyped(null),
        untyped(() => 1),
      ),
      'bad-contract: GET /x: the contract is not an object',
    ],
    ['guards that are no list', core().get('/x', { guards: untyped(signedIn) }, () => 1), "not-a-guard: GET /x: 'guards' is not a list"],
    [
      'a bare function as guard',
      core().use(module('m', { guards: untyped([() => {}]) }).get('/x', () => 1)),
      "not-a-guard: module 'm' lists something in 'guards' that guard(…) did not make",
    ],
    ['guards of the app that are no list', core({ guards: untyped(signedIn) }), "not-a-guard: module 'app': 'guards' is not a list"],
    [
      'a timeout of Infinity',
      core().get('/x', { timeout: Infinity }, () => 1),
      'bad-limit: GET /x: the timeout Infinity is not a whole number',
    ],
    ['a timeout past what timers count', core({ timeout: 2 ** 31 }), "bad-limit: app 'app': the timeout 2147483648 is not"],
    [
      'a limit that is no number',
      core({ bodyLimit: Number('1mb') }),
      "bad-limit: app 'app': the bodyLimit NaN is not a whole number of bytes",
    ],
    ['a negative limit', core().post('/x', { bodyLimit: -1 }, () => 1), 'bad-limit: POST /x: the bodyLimit -1'],
    [
      'a prefix that ends with a slash',
      core().use(module('m', '/a/').get('/x', () => 1)),
      "bad-prefix: The prefix '/a/' of module 'm' must",
    ],
    ['an application in an application', core().use('/a', core({ name: 'inner' })), "app-in-app: 'inner' is an application of its own"],
    [
      'a prefix of its own on middleware',
      core().use(module('m', '/a', { scope: 'parent' }).get('/x', () => 1)),
      "prefix-of-middleware: Module 'm' holds for whoever uses it, so the prefix '/a' would not narrow it",
    ],
    [
      'settings on middleware',
      core().use(module('m', { scope: 'parent', timeout: 5, tags: ['a'] })),
      "option-of-middleware: Module 'm' holds for whoever uses it, whose own settings count: timeout, tags would do nothing",
    ],
  ])('%s', async (_, app, said) => {
    expect(await faults(app)).toEqual([expect.stringContaining(said)])
  })

  test('the limits at their ends are fine', async () => {
    await using built = await core({ timeout: 0, bodyLimit: 0 })
      .get('/x', { timeout: 2 ** 31 - 1 }, () => 1)
      .build({ mode: 'test' })
    expect(built.routes.length).toBe(1)
  })

  test.each<[string, () => unknown, RegExp]>([
    [
      'get',
      () =>
        core().get(
          untyped(() => 1),
          untyped(undefined),
        ),
      /app\.get\(…\) takes a path first, at .*boot-checks\.test\.ts/,
    ],
    ['around', () => core().around(untyped('x')), /app\.around\(…\) takes a function.*boot-checks\.test\.ts/],
    [
      'catch',
      () =>
        core().catch(
          untyped(undefined),
          untyped(() => 1),
        ),
      /app\.catch\(…\) takes a class of errors and a function/,
    ],
    ['identify', () => core().identify(untyped(() => null)), /app\.identify\(…\) takes what identify\(…\) made/],
    ['on', () => core().on(untyped('begin'), () => {}), /app\.on\(…\) takes start, matched, handled, failed, sent and a function/],
  ])('%s is refused where it is written', (_, define, said) => {
    expect(define).toThrow(said)
  })
})

describe('a guard that runs before what it needs', () => {
  const early = guard((ctx) => ({ id: (ctx.user as { id: number }).id }), { always: true, needs: [signedIn], name: 'early' })

  test('is refused, since `always` puts it in front', async () => {
    const said = "guard-needs-later: Guard 'early' is always: true and so runs before 'signedIn', which it needs"
    expect(
      await faults(
        core()
          .guard(signedIn)
          .guard(early)
          .get('/x', { open: true }, () => 1),
      ),
    ).toEqual([expect.stringContaining(said)])
  })

  test('may need one that runs as early', async () => {
    const first = guard(() => ({ a: 1 }), { always: true })
    const second = guard((ctx) => ({ b: ctx.a + 1 }), { always: 'identified', needs: [first] })
    await using built = await core()
      .guard(first)
      .guard(second)
      .get('/x', { open: true }, (ctx) => (ctx as unknown as { b: number }).b)
      .build({ mode: 'test' })
    expect(await (await built.fetch(new Request('http://a.test/x'))).json()).toBe(2)
  })
})

test('a guard for some methods must name methods, and none may need it', async () => {
  const write = guard(() => ({ a: 1 }), { methods: ['POST'], name: 'write' })
  const lower = guard(() => refuse('forbidden'), { methods: ['delete'], name: 'lower' })
  const needy = guard((ctx) => ({ b: ctx.a }), { needs: [write], name: 'needy' })
  expect(await faults(core().guard(write).guard(needy).guard(lower))).toEqual([
    "guard-needs-sometimes: Guard 'needy' needs 'write', which stands before POST alone",
    `guard-methods: Guard 'lower' has methods ["delete"], before which it would never stand`,
  ])
})

test('a guard that holds around a route already runs once', async () => {
  let runs = 0
  const counted = guard(() => void runs++)
  await using built = await core({ guards: [counted] })
    .get('/x', { guards: [counted] }, () => 1)
    .build({ mode: 'test' })
  await built.fetch(new Request('http://a.test/x'))
  expect([runs, built.routes[0]?.guards.length]).toEqual([1, 1])
})

test('a listener of a module that is used twice is told once', async () => {
  let told = 0
  const part = module('part')
    .on('handled', () => void told++)
    .get('/x', () => 1)
  await using built = await core().use('/a', part).use('/b', part).build({ mode: 'test' })
  await built.fetch(new Request('http://a.test/a/x'))
  expect(told).toBe(1)
})
