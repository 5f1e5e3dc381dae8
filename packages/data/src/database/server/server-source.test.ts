import { Socket } from 'node:net'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { createServerDatabase, engines } from '../../fixtures/engines.ts'
import { startProxy, type Proxy } from '../../fixtures/proxy.ts'
import type { EngineSettings } from '../contract.ts'
import { DatabaseUnavailable, QueryTimeout } from '../errors.ts'
import { openSqlEngine } from '../open-engine.ts'
import type { SqlEngine } from '../sql-engine.ts'
import type { ServerSource } from './server-source.ts'

const there = engines.some((it) => it.kind === 'server')

describe.skipIf(!there)('a server', () => {
  let database: Awaited<ReturnType<typeof createServerDatabase>>
  let proxy: Proxy
  beforeAll(async () => {
    database = await createServerDatabase()
    proxy = await startProxy('127.0.0.1', 5432)
    const engine = await openSqlEngine({ url: database.url })
    await engine.script(
      'CREATE TABLE notes (id int PRIMARY KEY); INSERT INTO notes SELECT generate_series(1, 10); CREATE TABLE locked (id int)',
    )
    await engine.close()
  })
  afterAll(async () => {
    await proxy?.[Symbol.asyncDispose]()
    await database?.drop()
  })

  const opened = async (settings: EngineSettings = {}): Promise<SqlEngine & AsyncDisposable> => {
    const engine = await openSqlEngine({ url: database.url, ...settings })
    return Object.assign(engine, { [Symbol.asyncDispose]: () => engine.close() })
  }
  const throughProxy = (settings: EngineSettings = {}) => opened({ url: database.url.replace('5432', String(proxy.port)), ...settings })
  const rows = (engine: SqlEngine, text: string, ...values: unknown[]) => engine.query({ text, values })
  const note = (engine: SqlEngine, id: number) => rows(engine, 'SELECT id FROM notes WHERE id = $1', id)
  const sizeOf = (engine: SqlEngine) => (engine.source as ServerSource).size
  /** Until reads go over the connections that they share. */
  const warm = async (engine: SqlEngine): Promise<void> => {
    const shared = async () => (await rows(engine, `SELECT current_setting('default_transaction_read_only') AS it`))[0]?.['it']
    await expect.poll(shared, { timeout: 8_000 }).toBe('on')
  }

  test('reads that are asked again share connections, and a statement that waits does not hold them up', async () => {
    await using engine = await opened()
    await warm(engine)
    for (let i = 0; i < 3; i++) await rows(engine, 'SELECT id FROM locked')
    let unlock!: () => void
    const unlocked = new Promise<void>((resolve) => (unlock = resolve))
    let locked!: () => void
    const isLocked = new Promise<void>((resolve) => (locked = resolve))
    const holder = engine.transaction({}, async (session) => {
      await session.script('LOCK TABLE locked IN ACCESS EXCLUSIVE MODE')
      locked()
      await unlocked
    })
    await isLocked
    const waiting = Promise.all(Array.from({ length: 4 }, () => rows(engine, 'SELECT id FROM locked')))
    let answered = false
    void waiting.then(() => (answered = true))
    const quick = await Promise.all(Array.from({ length: 100 }, (_, i) => note(engine, 1 + (i % 10))))
    expect(quick.map((it) => it[0]?.['id'])).toEqual(Array.from({ length: 100 }, (_, i) => 1 + (i % 10)))
    expect(answered).toBe(false)
    unlock()
    await holder
    expect(await waiting).toEqual([[], [], [], []])
  })

  test('reads that are asked at once go out together', async () => {
    await using engine = await opened()
    await warm(engine)
    const writes = [vi.spyOn(Socket.prototype, '_writev' as never), vi.spyOn(Socket.prototype, '_write')]
    try {
      const count = async (): Promise<number> => {
        for (const it of writes) it.mockClear()
        expect((await Promise.all(Array.from({ length: 20 }, () => note(engine, 3)))).flat()).toEqual(
          Array.from({ length: 20 }, () => ({ id: 3 })),
        )
        return writes.reduce((sum, it) => sum + it.mock.calls.length, 0)
      }
      // One for each of the two connections; where the machine is busy, some reads may find others and go elsewhere.
      await expect.poll(count, { timeout: 8_000 }).toBeLessThanOrEqual(2)
    } finally {
      for (const it of writes) it.mockRestore()
    }
  })

  test('a read that takes long has a connection of its own from the start', async () => {
    await using engine = await opened()
    await warm(engine)
    const shared = `SELECT current_setting('default_transaction_read_only') AS it, count(*) AS n FROM generate_series(1, 2000000)`
    for (let i = 0; i < 4; i++) expect((await rows(engine, shared))[0]?.['it']).toBe('off')
  })

  test('what only seems to read runs where it may write, and once', async () => {
    await using engine = await opened()
    await engine.script('CREATE SEQUENCE bumps; CREATE FUNCTION bump() RETURNS int LANGUAGE sql AS $$ SELECT nextval($q$bumps$q$)::int $$')
    await warm(engine)
    for (let i = 1; i <= 5; i++) expect(await rows(engine, 'SELECT bump() AS n')).toEqual([{ n: i }])
  })

  test('a statement that was given up ends on the server too, and its connection serves on', async () => {
    await using engine = await opened({ poolSize: 1 })
    const pid = async () => (await rows(engine, 'SELECT pg_backend_pid() AS pid FOR UPDATE'))[0]?.['pid']
    const before = await pid()
    const controller = new AbortController()
    const asked = engine.query({ text: 'SELECT pg_sleep(60) AS marked', values: [] }, { signal: controller.signal })
    await using other = await opened()
    const running = async () =>
      (
        await rows(
          other,
          `SELECT count(*)::int AS n FROM pg_stat_activity WHERE query LIKE '%AS marked' AND state = 'active' AND pid = $1`,
          before,
        )
      )[0]
    await expect.poll(running).toEqual({ n: 1 })
    controller.abort(new Error('gone'))
    await expect(asked).rejects.toThrow('gone')
    await expect.poll(running).toEqual({ n: 0 })
    expect(await pid()).toBe(before)
  })

  test('a transaction that was given up in the middle of a statement leaves the connection clean', async () => {
    await using engine = await opened({ poolSize: 1 })
    const work = engine.transaction({ timeoutMs: 50 }, (session) => session.query({ text: 'SELECT pg_sleep(60)', values: [] }))
    await expect(work).rejects.toMatchObject({ code: 'transaction-timeout' })
    expect(await rows(engine, 'SELECT txid_current_if_assigned() AS id, 1 AS one')).toEqual([{ id: null, one: 1 }])
    expect(sizeOf(engine).total).toBe(1)
  })

  test('without a free connection in time it says so, and goes on when one is', async () => {
    await using engine = await opened({ poolSize: 1, checkoutMs: 500 })
    let end!: () => void
    const ended = new Promise<void>((resolve) => (end = resolve))
    const holder = engine.transaction({}, async (session) => {
      await session.query({ text: 'SELECT 1', values: [] })
      await ended
    })
    await expect.poll(() => sizeOf(engine).total).toBe(1)
    const refused = rows(engine, 'SELECT 1 AS one')
    await expect(refused).rejects.toThrow(DatabaseUnavailable)
    await expect(refused).rejects.toThrow('None of the 1 connections to the database became free within 500 ms')
    const gone = new Error('gone')
    const controller = new AbortController()
    const waiting = engine.query({ text: 'SELECT 1', values: [] }, { signal: controller.signal })
    controller.abort(gone)
    await expect(waiting).rejects.toBe(gone)
    end()
    await holder
    await expect.poll(() => rows(engine, 'SELECT 1 AS one').catch(() => undefined)).toEqual([{ one: 1 }])
    expect(sizeOf(engine)).toEqual({ total: 1, idle: 1, waiting: 0 })
  })

  test('that goes away and comes back is told at once, never hangs, and leaves no connection behind', async () => {
    await using engine = await throughProxy({ poolSize: 4 })
    await warm(engine)
    const load = new AbortController()
    const outcomes: string[] = []
    const workers = Array.from({ length: 8 }, async (_, worker) => {
      for (let i = 0; !load.signal.aborted; i++) {
        const asked = i % 3 === 0 ? engine.transaction({}, (it) => it.query({ text: 'SELECT 1', values: [] })) : note(engine, 1 + worker)
        outcomes.push(
          await asked.then(
            () => 'answered',
            (error: Error) => error.name,
          ),
        )
        // Whoever is refused comes again a moment later, not in a storm.
        await new Promise((resolve) => setTimeout(resolve, 5))
      }
    })
    await expect.poll(() => outcomes.length).toBeGreaterThan(50)
    await proxy.down()
    outcomes.length = 0
    await expect.poll(() => outcomes.length).toBeGreaterThan(50)
    const away = new Set(outcomes.slice(16))
    expect([...away]).toEqual(['DatabaseUnavailable'])
    await proxy.up()
    await expect.poll(() => outcomes.slice(-50).every((it) => it === 'answered'), { timeout: 5_000 }).toBe(true)
    load.abort()
    await Promise.all(workers)
    const { total, idle, waiting } = sizeOf(engine)
    expect(total).toBeLessThanOrEqual(4)
    expect({ idle, waiting }).toEqual({ idle: total, waiting: 0 })
  }, 30_000)

  test('that has ended a connection loses that one alone', async () => {
    const told: string[] = []
    await using engine = await opened({ poolSize: 2, report: (_, what) => told.push(what) })
    await using other = await opened()
    const pid = (await rows(engine, 'SELECT pg_backend_pid() AS pid FOR UPDATE'))[0]?.['pid']
    await rows(other, 'SELECT pg_terminate_backend($1)', pid)
    await expect.poll(() => told).toEqual(['an idle connection to the database was lost'])
    expect(await rows(engine, 'SELECT 1 AS one')).toEqual([{ one: 1 }])
    const during = engine.transaction({}, async (session) => {
      const [row] = await session.query({ text: 'SELECT pg_backend_pid() AS pid', values: [] })
      await rows(other, 'SELECT pg_terminate_backend($1)', row?.['pid'])
      await session.query({ text: 'SELECT 1', values: [] })
    })
    await expect(during).rejects.toThrow(DatabaseUnavailable)
    expect(await rows(engine, 'SELECT 1 AS one')).toEqual([{ one: 1 }])
  })

  test('that says nothing any more is given up on, and asked anew', async () => {
    await using engine = await throughProxy({ poolSize: 1 })
    expect(await rows(engine, 'SELECT 1 AS one')).toEqual([{ one: 1 }])
    proxy.freeze()
    await expect(engine.query({ text: 'SELECT 2', values: [] }, { timeoutMs: 30 })).rejects.toThrow(QueryTimeout)
    proxy.thaw()
    await expect.poll(() => rows(engine, 'SELECT 1 AS one').catch(() => undefined), { timeout: 10_000 }).toEqual([{ one: 1 }])
  }, 20_000)

  test('that says nothing any more does not hold the reads that share a connection', async () => {
    await using engine = await throughProxy({ timeoutMs: 1_500 })
    await warm(engine)
    proxy.freeze()
    const asked = Array.from({ length: 5 }, (_, at) => note(engine, at + 1).then(String, (error: unknown) => error))
    expect(await Promise.all(asked)).toEqual(Array.from({ length: 5 }, () => expect.any(Error)))
    proxy.thaw()
    await expect.poll(() => note(engine, 1).catch(() => undefined), { timeout: 10_000 }).toEqual([{ id: 1 }])
  }, 30_000)

  test('listening goes on by itself after the connection was lost, and says that something may have been missed', async () => {
    await using engine = await throughProxy()
    const heard: string[] = []
    let reconnected = 0
    const listening = await engine.listen(
      'news',
      (it) => heard.push(it),
      () => reconnected++,
    )
    await proxy.down()
    await expect(engine.listen('other', () => {})).rejects.toThrow(DatabaseUnavailable)
    await proxy.up()
    await expect.poll(() => reconnected, { timeout: 5_000 }).toBe(1)
    await expect
      .poll(() =>
        rows(engine, `SELECT pg_notify('news', 'again')`).then(
          () => heard[0],
          () => undefined,
        ),
      )
      .toBe('again')
    await listening[Symbol.asyncDispose]()
  }, 20_000)

  test('keeps only so many statements prepared on a connection', async () => {
    await using engine = await opened({ poolSize: 1 })
    // In a transaction, since reads of their own would come to share a connection.
    const prepared = () =>
      engine.transaction({}, async (session) => {
        const [row] = await session.query({ text: 'SELECT count(*)::int AS n FROM pg_prepared_statements', values: [] })
        return row?.['n'] as number
      })
    for (let i = 0; i < 300; i++) await engine.query({ text: `SELECT ${i} FROM notes FOR UPDATE`, values: [], name: 'n' })
    expect(await prepared()).toBeGreaterThan(250)
    expect(await prepared()).toBeLessThan(260)
    await using plain = await opened({ poolSize: 1, prepare: false })
    for (let i = 0; i < 3; i++) await plain.query({ text: 'SELECT 1', values: [], name: 'n' })
    expect((await rows(plain, 'SELECT count(*)::int AS n FROM pg_prepared_statements'))[0]).toEqual({ n: 0 })
  })

  test('keeps only so many statements prepared on connections that reads share', async () => {
    await using engine = await opened()
    await warm(engine)
    // Whoever names columns anew each time, and asks twice, has each of them prepared.
    for (let i = 0; i < 400; i++) await Promise.all([1, 2, 3, 4].map(() => rows(engine, `SELECT id AS column_${i} FROM notes`)))
    const asked = `SELECT count(*)::int AS n, current_setting('default_transaction_read_only') AS shared FROM pg_prepared_statements`
    const counts = await Promise.all(Array.from({ length: 8 }, () => rows(engine, asked)))
    const shared = counts.flat().filter((it) => it['shared'] === 'on')
    expect(shared.length).toBeGreaterThan(0)
    expect(Math.max(...shared.map((it) => it['n'] as number))).toBeLessThan(260)
    expect((await rows(engine, 'SELECT id AS column_0 FROM notes')).length).toBe(10)
  })

  test('lets a statement take longer than others where it is told to, and only that one', async () => {
    await using engine = await opened({ poolSize: 1, timeoutMs: 100 })
    await engine.query({ text: 'SELECT pg_sleep(1.3)', values: [] }, { timeoutMs: 0 })
    await expect(rows(engine, 'SELECT pg_sleep(1.3)')).rejects.toThrow(QueryTimeout)
    await expect.poll(() => rows(engine, 'SHOW statement_timeout').catch(() => undefined)).toEqual([{ statement_timeout: '1100ms' }])
  })
})
