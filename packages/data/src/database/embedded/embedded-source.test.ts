import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openSqlEngine } from '../open-engine.ts'
import { DatabaseRefused, DatabaseUnavailable, QueryTimeout } from '../errors.ts'
import { SqlEngine } from '../sql-engine.ts'
import { EmbeddedSource } from './embedded-source.ts'
import { PgliteWorker } from './pglite-worker.ts'

let folder: string
beforeAll(() => void (folder = mkdtempSync(join(tmpdir(), 'plinth-embedded-'))))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const rows = (engine: SqlEngine, text: string) => engine.query({ text, values: [] })

describe('an embedded database in a directory', () => {
  test('keeps what was committed over a close, a crash of its thread and a statement that does not end', async () => {
    const directory = join(folder, 'kept', 'db')
    const first = await openSqlEngine({ directory })
    await first.script('CREATE TABLE kept (id int); INSERT INTO kept VALUES (1)')
    await expect(openSqlEngine({ directory, checkoutMs: 0 })).rejects.toThrow(/is open in this process itself/)
    await first.close()

    const told: string[] = []
    const cache = join('.plinth', 'cache', 'pglite')
    const report = (_: unknown, what: string): void => void told.push(what)
    const source = await EmbeddedSource.open({ directory, cache, checkoutMs: 20_000, stuckMs: 50, report })
    const second = new SqlEngine(source, { timeoutMs: 5_000, idleMs: 0, prepare: true, report })
    const heard: string[] = []
    let reconnected = 0
    const listening = await second.listen(
      'news',
      (it) => heard.push(it),
      () => reconnected++,
    )
    expect(await rows(second, 'SELECT * FROM kept')).toEqual([{ id: 1 }])
    const under = second.transaction({}, async (session) => {
      await session.script('INSERT INTO kept VALUES (2)')
      await source.crash()
      await session.script('INSERT INTO kept VALUES (3)')
    })
    await expect(under).rejects.toThrow(DatabaseUnavailable)
    // Two crashes in one second are not met with two starts.
    await expect.poll(() => rows(second, 'SELECT * FROM kept').catch(() => undefined), { timeout: 20_000 }).toEqual([{ id: 1 }])
    expect(told).toEqual(['the embedded database has ended'])
    expect(reconnected).toBe(1)
    await rows(second, `SELECT pg_notify('news', 'heard')`)
    await expect.poll(() => heard).toEqual(['heard'])
    await listening[Symbol.asyncDispose]()

    const endless = second.query({ text: 'SELECT count(*) FROM generate_series(1, 1000000000)', values: [] }, { timeoutMs: 20 })
    await expect(endless).rejects.toThrow(QueryTimeout)
    await expect.poll(() => rows(second, 'SELECT * FROM kept').catch(() => undefined), { timeout: 20_000 }).toEqual([{ id: 1 }])
    expect(told).toContain('the embedded database is restarted')
    await second.close()
    const third = await openSqlEngine({ directory })
    expect(await rows(third, 'SELECT * FROM kept')).toEqual([{ id: 1 }])
    await third.close()
  }, 120_000)

  test('that is damaged is told with its reason, and the lock is free again', async () => {
    const directory = join(folder, 'damaged')
    mkdirSync(directory)
    writeFileSync(join(directory, 'PG_VERSION'), '3\n')
    for (let i = 0; i < 2; i++) await expect(openSqlEngine({ directory })).rejects.toThrow(/The embedded database did not start: /)
  }, 60_000)
})

describe('an embedded database in memory', () => {
  test('begins as a snapshot of another, and says so when it has ended with its thread', async () => {
    const origin = await openSqlEngine({})
    await origin.script('CREATE TABLE kept (id int); INSERT INTO kept VALUES (1)')
    const snapshot = await (origin.source as EmbeddedSource).snapshot()
    await origin.close()
    const copy = await openSqlEngine({ snapshot })
    expect(await rows(copy, 'SELECT * FROM kept')).toEqual([{ id: 1 }])
    await (copy.source as EmbeddedSource).crash()
    await expect(rows(copy, 'SELECT 1')).rejects.toThrow(/^The embedded database in memory has ended, and its data with it: /)
    await copy.close()
  }, 60_000)

  test('lets others wait only so long for its one session', async () => {
    const engine = await openSqlEngine({ checkoutMs: 20 })
    let end!: () => void
    const ended = new Promise<void>((resolve) => (end = resolve))
    let held!: () => void
    const holding = new Promise<void>((resolve) => (held = resolve))
    const transaction = engine.transaction({}, () => {
      held()
      return ended
    })
    await holding
    await expect(rows(engine, 'SELECT 1')).rejects.toThrow(
      'The embedded database, which has one session, was not free within 20 ms: a transaction or a statement holds it',
    )
    const gone = new Error('gone')
    await expect(engine.query({ text: 'SELECT 1', values: [] }, { signal: AbortSignal.abort(gone) })).rejects.toBe(gone)
    const controller = new AbortController()
    const waiting = engine.query({ text: 'SELECT 1', values: [] }, { signal: controller.signal })
    controller.abort(gone)
    await expect(waiting).rejects.toBe(gone)
    end()
    await transaction
    expect(await rows(engine, 'SELECT 1 AS one')).toEqual([{ one: 1 }])
    await engine.close()
  }, 60_000)
})

test('without PGlite it is said what to install', async () => {
  const script = join(folder, 'worker.mjs')
  copyFileSync(new URL('./worker.js', import.meta.url), script)
  const started = PgliteWorker.start({}, pathToFileURL(script))
  await expect(started).rejects.toThrow(DatabaseRefused)
  await expect(started).rejects.toThrow(
    'The embedded database needs @electric-sql/pglite: npm install @electric-sql/pglite, or set DATABASE_URL to use a server',
  )
})
