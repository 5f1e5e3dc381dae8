import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { Row } from '../database/contract.ts'
import { databasesOf, type EngineDatabase } from '../fixtures/engine-database.ts'
import { engines } from '../fixtures/engines.ts'
import { captureChanges } from './capture.ts'
import type { Change } from './change.ts'
import { BEGINNING, cursorOfNow, readBatch } from './cursor.ts'
import { history, pruneChanges, setActor } from './history.ts'
import { consumeChanges, followChanges } from './read-changes.ts'

let database: EngineDatabase
const rows = (text: string): Promise<readonly Row[]> => database.engine.query({ text, values: [] })
const all = async (): Promise<readonly Change[]> => (await readBatch(database.engine, BEGINNING, 1_000)).changes
const short = ({ operation, key, old, new: now }: Change): unknown[] => [
  operation,
  ...[key, old, now].map((it) => (it === undefined ? undefined : (JSON.parse(it) as unknown))),
]

describe.each(engines)('changes on $kind', (kind) => {
  const next = databasesOf(kind)
  beforeEach(async () => {
    database = await next(`CREATE TABLE posts (id int PRIMARY KEY, title text, secret text);
CREATE TABLE comments (id int PRIMARY KEY, post int REFERENCES posts ON DELETE CASCADE, body text)`)
  }, 60_000)
  afterEach(() => database.drop())

  test('are kept with who, what, when, old and new, whatever code made them', async () => {
    await captureChanges(database.engine, [
      { table: 'posts', history: true, omit: ['secret'] },
      { table: 'comments', history: true },
    ])
    await database.engine.transaction({}, async (session) => {
      await setActor(session, 'ann')
      await session.script(`INSERT INTO posts VALUES (1, 'a', 'hush'); INSERT INTO comments VALUES (7, 1, 'b')`)
    })
    await database.engine.script(
      `UPDATE posts SET title = 'c', secret = 'new'; UPDATE posts SET title = title; DELETE FROM posts; TRUNCATE posts CASCADE`,
    )
    const changes = await all()
    expect(changes.map((it) => [it.table, ...short(it)])).toEqual([
      ['posts', 'insert', { id: 1 }, undefined, { id: 1, title: 'a' }],
      ['comments', 'insert', { id: 7 }, undefined, { id: 7, post: 1, body: 'b' }],
      ['posts', 'update', { id: 1 }, { id: 1, title: 'a' }, { id: 1, title: 'c' }],
      ['posts', 'delete', { id: 1 }, { id: 1, title: 'c' }, undefined],
      ['comments', 'delete', { id: 7 }, { id: 7, post: 1, body: 'b' }, undefined],
      ['posts', 'truncate', undefined, undefined, undefined],
      ['comments', 'truncate', undefined, undefined, undefined],
    ])
    expect(changes.map((it) => it.actor)).toEqual(['ann', 'ann', undefined, undefined, undefined, undefined, undefined])
    expect(changes[0]).toMatchObject({ schema: 'public', role: 'postgres', at: expect.any(Date) })
    expect(changes[0]!.transaction).toBe(changes[1]!.transaction)
  })

  test('of a transaction that is taken back are not kept', async () => {
    await captureChanges(database.engine, [{ table: 'posts', live: true }])
    const work = database.engine.transaction({}, async (session) => {
      await session.script('INSERT INTO posts VALUES (1)')
      throw new Error('no')
    })
    await expect(work).rejects.toThrow('no')
    expect(await all()).toEqual([])
  })

  test('are kept of writers who have no rights in the schema of the framework, and only by triggers of the framework', async () => {
    await captureChanges(database.engine, [{ table: 'posts', history: true }])
    const role = `writer_${process.pid}_${Date.now().toString(36)}`
    await database.engine.script(`CREATE ROLE ${role}; GRANT INSERT ON posts TO ${role}; GRANT CREATE ON SCHEMA public TO ${role}`)
    try {
      await database.engine.script(`BEGIN; SET LOCAL ROLE ${role}; INSERT INTO posts VALUES (1); COMMIT`)
      expect((await all()).map((it) => it.role)).toEqual([role])
      await expect(
        database.engine.script(`SET LOCAL ROLE ${role}; CREATE TABLE fake (id int);
CREATE TRIGGER t AFTER INSERT ON fake FOR EACH ROW EXECUTE FUNCTION plinth.capture('{}')`),
      ).rejects.toThrow('permission denied')
    } finally {
      await database.engine.script(`DROP OWNED BY ${role}; DROP ROLE ${role}`)
    }
  })

  test('hold every value whole: large ones, unchanged large ones, numbers beyond 2^53, generated columns, types without equality', async () => {
    await database.engine.script(
      `CREATE TABLE wide (id bigint PRIMARY KEY, big text, n int, twice int GENERATED ALWAYS AS (n * 2) STORED, raw json, spot point, price numeric)`,
    )
    await captureChanges(database.engine, [{ table: 'wide', live: true }])
    await database.engine.script(`INSERT INTO wide (id, big, n, raw, spot, price)
SELECT 9007199254740993, string_agg(md5(i::text), ''), 1, '{"a":1}', '(1,2)', 12345678901234567890.123456789 FROM generate_series(1, 10000) i;
UPDATE wide SET n = 2`)
    const [, update] = await all()
    expect(update?.key).toBe('{"id": 9007199254740993}')
    expect(update?.new).toContain('12345678901234567890.123456789')
    const [old, now] = [update?.old, update?.new].map((it) => JSON.parse(it!) as { [name: string]: unknown })
    expect([(old!['big'] as string).length, now!['big'] === old!['big']]).toEqual([320_000, true])
    expect([old!['twice'], now!['twice'], now!['raw'], now!['spot']]).toEqual([2, 4, { a: 1 }, '(1,2)'])
  })

  test('of partitions are those of their table', async () => {
    await database.engine.script(`CREATE TABLE logs (id int, day date, PRIMARY KEY (id, day)) PARTITION BY RANGE (day);
CREATE TABLE logs_a PARTITION OF logs FOR VALUES FROM ('2026-01-01') TO ('2026-07-01')`)
    await captureChanges(database.engine, [{ table: 'logs', live: true }])
    await database.engine.script(`CREATE TABLE logs_b PARTITION OF logs FOR VALUES FROM ('2026-07-01') TO ('2027-01-01');
INSERT INTO logs VALUES (1, '2026-03-01'), (2, '2026-08-01'); UPDATE logs SET day = '2026-09-01' WHERE id = 1`)
    expect((await all()).map((it) => [it.table, ...short(it).slice(0, 2)])).toEqual([
      ['logs', 'insert', { id: 1, day: '2026-03-01' }],
      ['logs', 'insert', { id: 2, day: '2026-08-01' }],
      // A row that moves to another partition is deleted there and inserted here.
      ['logs', 'delete', { id: 1, day: '2026-03-01' }],
      ['logs', 'insert', { id: 1, day: '2026-09-01' }],
    ])
    expect(await captureChanges(database.engine, [{ table: 'logs', live: true }])).toEqual({ added: [], changed: [], removed: [] })
  })

  test('are asked for by tables of odd names', async () => {
    await database.engine.script(`CREATE SCHEMA "o'dd"; CREATE TABLE "o'dd"."ta""b\\le" ("k'e\\y" int PRIMARY KEY)`)
    const table = { schema: "o'dd", table: 'ta"b\\le', history: true }
    expect((await captureChanges(database.engine, [table])).added).toEqual([`o'dd.ta"b\\le`])
    await database.engine.script(`INSERT INTO "o'dd"."ta""b\\le" VALUES (1)`)
    expect((await all()).map((it) => [it.schema, it.table, it.key])).toEqual([["o'dd", 'ta"b\\le', `{"k'e\\\\y": 1}`]])
    expect(await captureChanges(database.engine, [table])).toEqual({ added: [], changed: [], removed: [] })
  })

  describe('triggers', () => {
    const triggers = async (): Promise<unknown> =>
      (await rows(`SELECT tgrelid::regclass || ' ' || tgname AS it FROM pg_trigger WHERE NOT tgisinternal ORDER BY 1`)).map(({ it }) => it)

    test('come and go with what is asked for, and are put there once by ten nodes', async () => {
      const done = await Promise.all(
        Array.from({ length: 10 }, async () => captureChanges(await database.another(), [{ table: 'posts', live: true, history: true }])),
      )
      expect(done.filter((it) => it.added.length > 0)).toEqual([{ added: ['public.posts'], changed: [], removed: [] }])
      expect(await triggers()).toEqual(['posts plinth_capture', 'posts plinth_capture_truncate', 'posts plinth_wake'])
      expect(await captureChanges(database.engine, [{ table: 'posts', history: true }])).toMatchObject({ changed: ['public.posts'] })
      expect(await triggers()).toEqual(['posts plinth_capture', 'posts plinth_capture_truncate'])
      expect(await captureChanges(database.engine, [{ table: 'posts' }])).toEqual({ added: [], changed: [], removed: ['public.posts'] })
      expect(await triggers()).toEqual([])
    })

    test('of another application stay', async () => {
      await captureChanges(database.engine, [{ table: 'posts', history: true }], 'billing')
      expect(await captureChanges(database.engine, [], 'shop')).toMatchObject({ removed: [] })
      expect(await triggers()).toHaveLength(2)
    })

    test('are not put anywhere when something asked for does not exist', async () => {
      const work = captureChanges(database.engine, [
        { table: 'posts', history: true, omit: ['nothing', 'id'] },
        { table: 'gone', live: true },
      ])
      await expect(work).rejects.toThrow(
        "omit: public.posts has no column 'nothing'\nomit: 'id' is in the primary key of public.posts, by which its changes are found\nThere is no table public.gone whose changes could be kept",
      )
      expect(await triggers()).toEqual([])
    })
  })

  describe('a reader', () => {
    beforeEach(() => captureChanges(database.engine, [{ table: 'posts', live: true }]))

    // An embedded database has one session, so nothing commits while something else goes on.
    test.skipIf(kind.kind === 'embedded')('skips nothing of a transaction that commits late, although later ids were seen', async () => {
      const late = await database.another()
      let commit = (): void => {}
      let begun = (): void => {}
      const started = new Promise<void>((resolve) => (begun = resolve))
      const held = new Promise<void>((resolve) => (commit = resolve))
      const slow = late.transaction({}, async (session) => {
        await session.script(`INSERT INTO posts VALUES (1)`)
        begun()
        await held
      })
      await started
      await database.engine.script('INSERT INTO posts VALUES (2)')
      const first = await readBatch(database.engine, BEGINNING, 10)
      expect(first.changes.map((it) => it.key)).toEqual(['{"id": 2}'])
      commit()
      await slow
      const second = await readBatch(database.engine, first.cursor, 10)
      expect(second.changes.map((it) => it.key)).toEqual(['{"id": 1}'])
      expect((await readBatch(database.engine, second.cursor, 10)).changes).toEqual([])
    })

    test('sees every change of many writers once, and each row in its order', async () => {
      await database.engine.script(`INSERT INTO posts SELECT i, '0' FROM generate_series(1, 5) i`)
      const start = await cursorOfNow(database.engine)
      const seed = 7
      let state = seed
      const random = (n: number): number => (state = (state * 1_103_515_245 + 12_345) % 2_147_483_648) % n
      const writers = Array.from({ length: 6 }, async () => {
        const engine = await database.another()
        for (let i = 0; i < 30; i++) {
          const [a, b] = [1 + random(5), 1 + random(5)].sort((x, y) => x - y)
          await engine.transaction({}, async (session) => {
            // Two rows, always in the same order, so that nobody waits in a circle.
            for (const id of new Set([a, b])) await session.script(`UPDATE posts SET title = (title::int + 1)::text WHERE id = ${id}`)
          })
        }
      })
      let done = false
      const writing = Promise.all(writers).then(() => void (done = true))
      const seen: Change[] = []
      let cursor = start
      for (let idle = false; !idle;) {
        const over = done
        const batch = await readBatch(database.engine, cursor, 7)
        cursor = batch.cursor
        seen.push(...batch.changes)
        idle = over && batch.changes.length === 0
      }
      await writing
      expect(new Set(seen.map((it) => it.id)).size, `seed ${seed}`).toBe(seen.length)
      const titles = new Map<string, number>()
      for (const { key, old, new: now } of seen) {
        const [from, to] = [old, now].map((it) => Number((JSON.parse(it!) as { title: string }).title))
        expect(from).toBe(titles.get(key!) ?? 0)
        titles.set(key!, to!)
      }
      const expected = await rows('SELECT id, title FROM posts ORDER BY id')
      expect([...titles].sort()).toEqual(expected.map(({ id, title }) => [`{"id": ${String(id)}}`, Number(title)]))
    })

    test('that follows is woken by a commit, long before it would look by itself', async () => {
      const end = new AbortController()
      const following = followChanges(database.engine, { signal: end.signal, pollMs: 60_000 })
      const first = following.next()
      // It stands at the place where it began to follow, so what comes before that is not its business.
      const writing = (async () => {
        for (let id = 1; ; id++) {
          await database.engine.script(`INSERT INTO posts VALUES (${id})`)
          if (await Promise.race([first.then(() => true), new Promise((resolve) => setImmediate(resolve, false))])) return
        }
      })()
      expect((await first).value?.changes.length).toBeGreaterThan(0)
      await writing
      end.abort()
      await following.return()
    })

    test('with a name keeps its place with what it writes; where it fails the batch comes again', async () => {
      await database.engine.script('CREATE TABLE seen (key text); INSERT INTO posts VALUES (1), (2)')
      const options = { name: 'copier', from: 'beginning', pollMs: 10 } as const
      const write = async (changes: readonly Change[]): Promise<void> => {
        for (const { key } of changes) await database.engine.query({ text: 'INSERT INTO seen VALUES ($1)', values: [key] })
      }
      const failing = consumeChanges(database.engine, options, async (changes) => {
        await write(changes)
        throw new Error('lost the line')
      })
      await expect(failing).rejects.toThrow('lost the line')
      expect(await rows('SELECT * FROM seen')).toEqual([])
      const end = new AbortController()
      let calls = 0
      const both = Array.from({ length: 2 }, () =>
        consumeChanges(database.engine, { ...options, signal: end.signal }, async (changes) => {
          calls++
          await write(changes)
          setImmediate(() => end.abort())
        }),
      )
      await Promise.all(both)
      expect(await rows('SELECT * FROM seen ORDER BY key')).toEqual([{ key: '{"id": 1}' }, { key: '{"id": 2}' }])
      expect(calls).toBe(1)
    })
  })

  test('of a row are its history, the newest first and page by page', async () => {
    await captureChanges(database.engine, [{ table: 'posts', history: true }])
    await database.engine.script(
      `INSERT INTO posts VALUES (1, 'a'), (2, 'x'); UPDATE posts SET title = 'b' WHERE id = 1; DELETE FROM posts WHERE id = 1`,
    )
    const found = await history(database.engine, { table: 'posts', key: { id: 1 }, limit: 2 })
    expect(found.map((it) => it.operation)).toEqual(['delete', 'update'])
    const older = await history(database.engine, { table: 'posts', key: '{"id":1}', before: found[1]!.id })
    expect(older.map((it) => it.operation)).toEqual(['insert'])
    expect(await history(database.engine, { table: 'posts' })).toHaveLength(4)
    expect(await history(database.engine, { table: 'comments' })).toEqual([])
    await expect(history(database.engine, { table: 'posts', key: { id: 2n ** 60n } })).rejects.toThrow('must be given as JSON text')
  })

  test('are pruned: what passes after a while, history only when asked, nothing that a named reader still needs', async () => {
    await captureChanges(database.engine, [
      { table: 'posts', history: true },
      { table: 'comments', live: true },
    ])
    await database.engine.script(`INSERT INTO posts VALUES (1); INSERT INTO comments SELECT i, 1 FROM generate_series(1, 25) i`)
    expect(await pruneChanges(database.engine)).toBe(0)
    await database.engine.script(`INSERT INTO plinth.readers (name, seen) VALUES ('slow', '1:1:')`)
    expect(await pruneChanges(database.engine, { liveMs: 0, historyMs: 0 })).toBe(0)
    await database.engine.script('DELETE FROM plinth.readers')
    expect(await pruneChanges(database.engine, { liveMs: 0, batch: 10 })).toBe(25)
    expect(await all()).toHaveLength(1)
    expect(await pruneChanges(database.engine, { historyMs: 0 })).toBe(1)
  })
})
