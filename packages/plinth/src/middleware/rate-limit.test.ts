import { describe, expect, test } from 'vitest'
import type { Outgoing } from '../contract.ts'
import { type App, type Built, core, guard, identify, type Logger, module, refuse } from '../app/index.ts'
import { ask, type Answered, type Asked } from './fixtures/ask.ts'
import { MemoryRateStore } from './memory-rate-store.ts'
import { rateLimit } from './rate-limit.ts'
import { RateLimiter } from './rate-limiter.ts'
import type { RateStore } from './rate-store.ts'

function from(app: Built, address: string, path = '/', asked: Asked = {}): Promise<Answered> {
  return ask(app, path, { ...asked, address })
}

async function statuses(app: Built, times: number, address: string, path = '/', init: Asked = {}): Promise<number[]> {
  const found: number[] = []
  for (let i = 0; i < times; i++) found.push((await from(app, address, path, init)).status)
  return found
}

function header(answer: Outgoing, name: string): string[] {
  return answer.headers.filter((_, i) => i % 2 === 1 && answer.headers[i - 1] === name)
}

function silent(errors: unknown[] = []): Logger {
  const nothing = (): void => {}
  const log: Logger = {
    debug: nothing,
    info: nothing,
    warn: nothing,
    error: (fields: unknown) => void errors.push(fields),
    child: () => log,
  }
  return log
}

function routes(app: App<{}, {}>): App<{}, {}> {
  return app.get('/', () => 'a').get('/b', () => 'b')
}

test('an application that is built twice counts apart, also where it asks by hand', async () => {
  const tries = new RateLimiter({ name: 'tries', limit: 1, window: 60_000 })
  const app = core()
    .use(rateLimit({ limit: 1, window: 60_000 }))
    .get('/', () => 'a')
  const other = core().get('/', async (ctx) => {
    await tries.take(ctx, 'ada')
    return 'a'
  })
  for (const it of [app, app, other, other]) {
    await using built = await it.build({ mode: 'test' })
    expect(await statuses(built, 2, '192.0.2.1')).toEqual([200, 429])
  }
})

describe('by address', () => {
  test('the 11th of 10 is a 429 that says when to come back', async () => {
    const app = await routes(core().use(rateLimit({ limit: 10, window: 180_000, name: 'sign-in' }))).build({ mode: 'test' })
    const first = await from(app, '192.0.2.1')
    expect(header(first, 'ratelimit-policy')).toEqual(['"sign-in";q=10;w=180'])
    expect(header(first, 'ratelimit')).toEqual(['"sign-in";r=9;t=18'])
    expect(await statuses(app, 9, '192.0.2.1')).toEqual(Array<number>(9).fill(200))
    const refused = await from(app, '192.0.2.1')
    expect(refused.status).toBe(429)
    expect(header(refused, 'retry-after')).toEqual(['18'])
    expect(header(refused, 'ratelimit')).toEqual(['"sign-in";r=0;t=180'])
    expect(JSON.parse(refused.body as string)).toMatchObject({ code: 'too-many-requests', status: 429 })
    expect((await from(app, '192.0.2.2')).status).toBe(200)
  })

  test('one IPv6 subscriber is one client, and IPv4 written as IPv6 is IPv4', async () => {
    const app = await routes(core().use(rateLimit({ limit: 1, window: 60_000 }))).build({ mode: 'test' })
    expect((await from(app, '2001:db8:1:2::1')).status).toBe(200)
    expect((await from(app, '2001:db8:1:2:ffff::2')).status).toBe(429)
    expect((await from(app, '2001:db8:1:3::1')).status).toBe(200)
    expect((await from(app, '192.0.2.1')).status).toBe(200)
    expect((await from(app, '::ffff:192.0.2.1')).status).toBe(429)
  })

  test('forwarded headers are passed over unless proxies are trusted, and then only as far as these reach', async () => {
    const told = (value: string): Asked => ({ headers: { 'x-forwarded-for': value } })
    const plain = await routes(core().use(rateLimit({ limit: 1, window: 60_000 }))).build({ mode: 'test' })
    expect((await from(plain, '10.0.0.1', '/', told('1.1.1.1'))).status).toBe(200)
    expect((await from(plain, '10.0.0.1', '/', told('2.2.2.2'))).status).toBe(429)
    const behind = await routes(core({ trustProxy: 1 }).use(rateLimit({ limit: 1, window: 60_000 }))).build({ mode: 'test' })
    expect((await from(behind, '10.0.0.1', '/', told('1.1.1.1'))).status).toBe(200)
    expect((await from(behind, '10.0.0.1', '/', told('2.2.2.2'))).status).toBe(200)
    expect((await from(behind, '10.0.0.1', '/', told('9.9.9.9, 2.2.2.2'))).status).toBe(429)
    expect((await from(behind, '10.0.0.1', '/', told('nonsense'))).status).toBe(200)
    expect((await from(behind, '10.0.0.1')).status).toBe(429)
  })

  test('clients without an address share one budget', async () => {
    const app = await routes(core().use(rateLimit({ limit: 1, window: 60_000 }))).build({ mode: 'test' })
    expect([(await app.fetch(new Request('http://h/'))).status, (await app.fetch(new Request('http://h/'))).status]).toEqual([200, 429])
  })
})

describe('what is counted together', () => {
  test('a module is one budget, unrouted paths and open routes included; what stands before it is not counted', async () => {
    const app = await core({ guards: [guard(() => refuse('not-signed-in'))] })
      .get('/livez', { open: true }, () => 'ok')
      .use(rateLimit({ limit: 2, window: 60_000 }))
      .get('/open', { open: true }, () => 'open')
      .get('/closed', () => 'closed')
      .build({ mode: 'test' })
    expect(await statuses(app, 5, '192.0.2.1', '/livez')).toEqual([200, 200, 200, 200, 200])
    expect((await from(app, '192.0.2.1', '/open')).status).toBe(200)
    expect((await from(app, '192.0.2.1', '/nowhere')).status).toBe(404)
    expect((await from(app, '192.0.2.1', '/closed')).status).toBe(429)
    expect((await from(app, '192.0.2.2', '/closed')).status).toBe(401)
  })

  test('of a sibling module nothing is counted', async () => {
    const limited = module('limited')
      .use(rateLimit({ limit: 1, window: 60_000 }))
      .get('/a', () => 'a')
    const app = await core()
      .use(limited)
      .get('/b', () => 'b')
      .build({ mode: 'test' })
    expect(await statuses(app, 2, '192.0.2.1', '/a')).toEqual([200, 429])
    expect(await statuses(app, 2, '192.0.2.1', '/b')).toEqual([200, 200])
  })

  test('each route has its own where that was said: HEAD is GET, parameters are one route, made-up methods are one', async () => {
    const app = await core()
      .use(rateLimit({ limit: 1, window: 60_000, on: 'route' }))
      .get('/users/:id', () => 'user')
      .post('/users/:id', () => 'posted')
      .mount('/m', () => new Response('m'))
      .build({ mode: 'test' })
    const ask = async (method: string, path: string): Promise<number> => (await from(app, '192.0.2.1', path, { method })).status
    expect([await ask('GET', '/users/1'), await ask('GET', '/users/2'), await ask('HEAD', '/users/3')]).toEqual([200, 429, 429])
    expect([await ask('POST', '/users/1'), await ask('POST', '/users/2')]).toEqual([200, 429])
    expect([await ask('FOO', '/m'), await ask('BAR', '/m')]).toEqual([200, 429])
  })

  test('a key of our own counts by account; without one the request passes uncounted', async () => {
    const users = identify((ctx) => (ctx.header('x-user') === undefined ? null : { id: ctx.header('x-user') }))
    const key = (ctx: { user: unknown }): string | undefined => (ctx.user === null ? undefined : (ctx.user as { id: string }).id)
    const app = await routes(
      core()
        .identify(users)
        .use(rateLimit({ limit: 1, window: 60_000, key })),
    ).build({ mode: 'test' })
    const as = (user: string): Asked => ({ headers: { 'x-user': user } })
    expect(await statuses(app, 2, '192.0.2.1', '/', as('ada'))).toEqual([200, 429])
    expect(await statuses(app, 1, '192.0.2.1', '/', as('bob'))).toEqual([200])
    expect(await statuses(app, 3, '192.0.2.1')).toEqual([200, 200, 200])
    expect(header(await from(app, '192.0.2.1'), 'ratelimit')).toEqual([])
  })

  test('several limits each have their say, in headers too', async () => {
    const app = await routes(
      core()
        .use(rateLimit({ name: 'burst', limit: 2, window: 1_000 }))
        .use(rateLimit({ name: 'daily', limit: 3, window: 86_400_000 })),
    ).build({ mode: 'test' })
    const answer = await from(app, '192.0.2.1')
    expect(header(answer, 'ratelimit-policy')).toEqual(['"burst";q=2;w=1', '"daily";q=3;w=86400'])
    expect(header(answer, 'ratelimit')).toEqual(['"burst";r=1;t=1', '"daily";r=2;t=28800'])
  })

  test('headers can be left out', async () => {
    const app = await routes(core().use(rateLimit({ limit: 1, window: 60_000, headers: false }))).build({ mode: 'test' })
    await from(app, '192.0.2.1')
    const refused = await from(app, '192.0.2.1')
    expect([header(refused, 'ratelimit'), header(refused, 'ratelimit-policy'), header(refused, 'retry-after')]).toEqual([[], [], ['60']])
  })
})

describe('stores', () => {
  const failing = (take: RateStore['take']): RateStore => ({ take })

  test('one store keeps limits of different names apart', async () => {
    const store = new MemoryRateStore()
    const app = await core()
      .use(
        module('a')
          .use(rateLimit({ name: 'a', limit: 1, window: 60_000, store, onStoreError: 'closed' }))
          .get('/a', () => 'a'),
      )
      .use(
        module('b')
          .use(rateLimit({ name: 'b', limit: 1, window: 60_000, store, onStoreError: 'closed' }))
          .get('/b', () => 'b'),
      )
      .build({ mode: 'test' })
    expect([await statuses(app, 2, '192.0.2.1', '/a'), await statuses(app, 2, '192.0.2.1', '/b')]).toEqual([
      [200, 429],
      [200, 429],
    ])
  })

  test('a store that answers later limits as well', async () => {
    const memory = new MemoryRateStore()
    const store = failing(async (key, rule) => memory.take(key, rule))
    const app = await routes(core().use(rateLimit({ limit: 1, window: 60_000, store, onStoreError: 'closed' }))).build({ mode: 'test' })
    expect(await statuses(app, 2, '192.0.2.1')).toEqual([200, 429])
  })

  test.each<[string, RateStore['take']]>([
    ['rejects', () => Promise.reject(new Error('gone'))],
    [
      'throws',
      () => {
        throw new Error('gone')
      },
    ],
    ['never answers', () => new Promise(() => {})],
  ])('one that %s lets requests pass or refuses them, as was written, and is logged once', async (_, take) => {
    const errors: unknown[] = []
    for (const [onStoreError, status] of [
      ['open', 200],
      ['closed', 503],
    ] as const) {
      const app = await routes(core().use(rateLimit({ limit: 1, window: 60_000, store: failing(take), onStoreError }))).build({
        mode: 'test',
        log: silent(errors),
      })
      const both = await Promise.all([from(app, '192.0.2.1'), from(app, '192.0.2.1')])
      expect(both.map((it) => it.status)).toEqual([status, status])
      if (status === 503) expect(header(both[0], 'retry-after')).toEqual(['1'])
    }
    expect(errors).toHaveLength(2)
    expect(errors[0]).toMatchObject({ limit: 'default', requests: 'pass' })
    expect(errors[1]).toMatchObject({ requests: 'are refused' })
  })
})

test('a limiter asked by hand counts by what only the handler knows', async () => {
  const tries = new RateLimiter({ name: 'account', limit: 2, window: 60_000 })
  const app = await core()
    .post('/sign-in', { body: 'text' }, async (ctx) => {
      await tries.take(ctx, ctx.body)
      return 'in'
    })
    .build({ mode: 'test' })
  const body = (text: string): Asked => ({ method: 'POST', body: text })
  expect(await statuses(app, 3, '192.0.2.1', '/sign-in', body('ada'))).toEqual([200, 200, 429])
  expect(await statuses(app, 1, '192.0.2.1', '/sign-in', body('bob'))).toEqual([200])
  expect(await statuses(app, 3, '192.0.2.1', '/sign-in', body('x'.repeat(100_000)))).toEqual([200, 200, 429])
})

test.each<[object, string]>([
  [{ limit: 0, window: 1 }, 'limit must be a whole number, 1 or more'],
  [{ limit: 1.5, window: 1 }, 'limit must be a whole number'],
  [{ limit: 1, window: 0 }, 'window must be a number of milliseconds above 0'],
  [{ limit: 1, window: Number.POSITIVE_INFINITY }, 'window must be a number of milliseconds'],
  [{ limit: 1, window: 1, name: 'a"b' }, 'name must be 1 to 64 letters'],
  [{ limit: 1, window: 1, on: 'app' }, "on must be 'route' or 'module'"],
  [{ limit: 1, window: 1, trustProxy: 1 }, 'trustProxy is a setting of the application'],
  [{ limit: 1, window: 1, store: new MemoryRateStore() }, 'onStoreError must be written beside a store'],
])('%j is refused', (options, message) => {
  expect(() => rateLimit(options as { limit: number; window: number })).toThrow(message)
  expect(() => rateLimit(options as { limit: number; window: number })).toThrow(TypeError)
})
