import { app, type Built, type Logger, module, reply } from 'plinth'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { database as databaseStarter, DatabaseEngine } from '../database/database.ts'
import { databasesOf, type EngineDatabase } from '../fixtures/engine-database.ts'
import { engines } from '../fixtures/engines.ts'
import { idempotency } from './idempotency.ts'
import { pruneIdempotencyKeys } from './keep-keys.ts'

const nothing = (): void => {}
const silent: Logger = { debug: nothing, info: nothing, warn: nothing, error: nothing, child: () => silent }

describe.each(engines)('idempotency keys on $kind', (kind) => {
  const next = databasesOf(kind)
  let database: EngineDatabase
  let built: Built
  let during: () => Promise<void>
  beforeEach(async () => {
    database = await next('CREATE TABLE orders (id int GENERATED ALWAYS AS IDENTITY, item text)')
    during = async () => {}
    built = await shop()
  }, 60_000)
  afterEach(async () => {
    await built.close()
    await database.drop()
  })

  function shop(options: Parameters<typeof idempotency>[0] = {}): Promise<Built> {
    const orders = module('orders')
      .use(idempotency(options))
      .post('/orders', async ({ body, use }) => {
        const [row] = await use(DatabaseEngine).query({
          text: 'INSERT INTO orders (item) VALUES ($1) RETURNING id',
          values: [(body as { item: string }).item],
        })
        await during()
        return reply(201, { id: row!['id'] as number }, { location: '/orders/1' })
      })
      .post('/fails', async ({ use }) => {
        await use(DatabaseEngine).query({ text: `INSERT INTO orders (item) VALUES ('lost')`, values: [] })
        throw new Error('no')
      })
      .get('/orders', () => 'none')
    return app({ log: silent, csrf: false })
      .use(databaseStarter())
      .post('/marked', { idempotent: true }, async ({ use }) => {
        const [row] = await use(DatabaseEngine).query({ text: `INSERT INTO orders (item) VALUES ('marked') RETURNING id`, values: [] })
        return { id: row!['id'] as number }
      })
      .post('/demanding', { idempotent: 'required' }, () => 'ok')
      .use(orders)
      .build({ replace: [DatabaseEngine.with(database.engine)] })
  }

  async function send(key: string | undefined, body: unknown = { item: 'a' }, path = '/orders', more: object = {}): Promise<Response> {
    const headers = { 'content-type': 'application/json', ...(key !== undefined && { 'idempotency-key': key }), ...more }
    return (await built.fetch(
      new Request(`http://shop.example${path}`, { method: 'POST', headers, body: JSON.stringify(body) }),
    )) as Response
  }
  const code = async (answer: Response): Promise<unknown> => [answer.status, ((await answer.json()) as { code?: unknown }).code]
  const count = async (): Promise<unknown> =>
    (await database.engine.query({ text: 'SELECT count(*)::int AS n FROM orders', values: [] }))[0]!['n']

  test('a route that says so is idempotent without the module', async () => {
    const first = await send('m-1', {}, '/marked')
    const again = await send('m-1', {}, '/marked')
    expect([first.status, again.status, again.headers.get('idempotency-replayed')]).toEqual([200, 200, 'true'])
    expect(await again.text()).toBe(await first.text())
    expect(await count()).toBe(1)
    await send(undefined, {}, '/marked')
    expect(await count()).toBe(2)
    expect(await code(await send(undefined, {}, '/demanding'))).toEqual([400, 'idempotency-key-missing'])
    expect((await send('d-1', {}, '/demanding')).status).toBe(200)
  })

  test('the same request again gets the same answer, and has one effect', async () => {
    const first = await send('"k-1"')
    const again = await send('k-1')
    expect([first.status, first.headers.get('idempotency-replayed')]).toEqual([201, null])
    expect([again.status, again.headers.get('idempotency-replayed'), again.headers.get('location')]).toEqual([201, 'true', '/orders/1'])
    expect([await again.text(), again.headers.get('content-type')]).toEqual([await first.text(), first.headers.get('content-type')])
    expect(await count()).toBe(1)
    expect((await send('k-2')).status).toBe(201)
    expect((await send(undefined)).status).toBe(201)
    expect(await count()).toBe(3)
  })

  test('a hundred at once have one effect', async () => {
    const answers = await Promise.all(Array.from({ length: 100 }, () => send('k')))
    expect(await count()).toBe(1)
    const kinds = new Set(answers.map((it) => it.status))
    expect([...kinds].every((it) => [201, 409, 503].includes(it))).toBe(true)
    expect(answers.filter((it) => it.status === 201 && it.headers.get('idempotency-replayed') === null)).toHaveLength(1)
    expect((await send('k')).headers.get('idempotency-replayed')).toBe('true')
  })

  test('another request with the same key is refused, another asker has keys of his own', async () => {
    await send('k')
    expect(await code(await send('k', { item: 'b' }))).toEqual([422, 'idempotency-key-reused'])
    expect(await code(await send('k', { item: 'a' }, '/fails'))).toEqual([422, 'idempotency-key-reused'])
    expect((await send('k', { item: 'b' }, '/orders', { authorization: 'Bearer of-another' })).status).toBe(201)
    expect(await count()).toBe(2)
  })

  test('what fails leaves nothing, and can be sent again', async () => {
    expect((await send('k', {}, '/fails')).status).toBe(500)
    expect((await send('k', {}, '/fails')).status).toBe(500)
    expect(await count()).toBe(0)
    expect((await send('k')).status).toBe(201)
  })

  test.runIf(kind.kind === 'server')(
    'while the first is under way the second is told to wait; where the first is killed the second is served',
    async () => {
      let begun = nothing
      let end = nothing
      const started = new Promise<void>((resolve) => (begun = resolve))
      const held = new Promise<void>((resolve) => (end = resolve))
      during = async () => {
        begun()
        await held
      }
      const first = send('k')
      await started
      const second = await send('k')
      expect([second.headers.get('retry-after'), ...((await code(second)) as unknown[])]).toEqual(['1', 409, 'idempotency-key-in-flight'])
      // As a process that dies without a word: its connection is gone, and PostgreSQL takes back what was under way.
      await database.engine.query({
        text: `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND state = 'idle in transaction'`,
        values: [],
      })
      during = async () => {}
      expect((await send('k')).status).toBe(201)
      end()
      expect((await first).status).toBeGreaterThanOrEqual(500)
      expect(await count()).toBe(1)
    },
  )

  test('expire', async () => {
    await built.close()
    built = await shop({ expiresMs: 1, required: true })
    await send('k')
    await database.engine.query({ text: 'SELECT pg_sleep(0.01)', values: [] })
    expect((await send('k')).headers.get('idempotency-replayed')).toBeNull()
    await database.engine.query({ text: 'SELECT pg_sleep(0.01)', values: [] })
    await pruneIdempotencyKeys(database.engine)
    expect(await database.engine.query({ text: 'SELECT key FROM plinth.idempotency_keys', values: [] })).toEqual([])
    expect(await count()).toBe(2)
    expect(await code(await send(undefined))).toEqual([400, 'idempotency-key-missing'])
    expect(((await built.fetch(new Request('http://shop.example/orders'))) as Response).status).toBe(200)
  })

  test.each(['""', 'a b', `"${'x'.repeat(256)}"`, '"open', 'a"b'])('the key %s is refused', async (key) => {
    expect(await code(await send(key))).toEqual([400, 'idempotency-key-malformed'])
  })
})

test('settings are checked', () => {
  expect(() => idempotency({ expiresMs: 0 })).toThrow('idempotency: expiresMs must be a whole number above zero')
})
