import { sql } from 'drizzle-orm'
import { bigint, check, date, index, integer, numeric, pgEnum, pgSchema, pgTable, primaryKey, text } from 'drizzle-orm/pg-core'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { fileURLToPath } from 'node:url'
import type { Row } from '../database/contract.ts'
import { databasesOf, type EngineDatabase } from '../fixtures/engine-database.ts'
import { engines } from '../fixtures/engines.ts'
import { captureChanges } from '../outbox/capture.ts'
import type { DrizzleSchema } from './compare.ts'
import { everything } from './fixtures/everything.ts'
import { loadKit } from './load-kit.ts'
import { lossesOf } from './losses.ts'
import { planPush, push, type Pushed, type PushOptions } from './push.ts'
import { readSnapshot } from './read-snapshot.ts'

const kit = await loadKit(fileURLToPath(import.meta.url))
let database: EngineDatabase
const rows = (statement: string): Promise<readonly Row[]> => database.engine.query({ text: statement, values: [] })
const pushed = (schema: DrizzleSchema, options: PushOptions = {}): Promise<Pushed> =>
  push(database.engine, kit, schema, { renames: 'never', ...options })

describe.each(engines)('push on $kind', (kind) => {
  const next = databasesOf(kind)
  beforeEach(async () => void (database = await next()), 60_000)
  afterEach(() => database.drop())

  test('makes what the schema says, and finds nothing to do afterwards', async () => {
    await database.engine.script('CREATE VIEW told AS SELECT 1 AS a')
    const sent: string[] = []
    const first = await pushed(everything(), { sending: (it) => void sent.push(it) })
    expect(first).toMatchObject({ applied: true, losses: [] })
    expect(sent).toEqual(first.statements)
    expect(await pushed(everything())).toEqual({ statements: [], losses: [], applied: true })
    expect(await rows(`SELECT nspname FROM pg_namespace WHERE nspname LIKE 'plinth_%'`)).toEqual([])
  })

  test('leaves alone what is not its own: the schema of the framework, its triggers, extensions, schemas and partitions of others', async () => {
    const posts = pgTable('posts', { id: integer().primaryKey() })
    await database.engine.script(`CREATE SCHEMA foreign_matter; CREATE TABLE foreign_matter.t (id int);
${kind.kind === 'server' ? 'CREATE EXTENSION pg_stat_statements;' : ''}
CREATE FUNCTION mine() RETURNS int LANGUAGE sql AS 'SELECT 1';
CREATE TABLE logs (id integer NOT NULL, day date NOT NULL, PRIMARY KEY (id, day)) PARTITION BY RANGE (day);
CREATE TABLE logs_a PARTITION OF logs FOR VALUES FROM ('2026-01-01') TO ('2027-01-01')`)
    const logs = pgTable('logs', { id: integer().notNull(), day: date().notNull() }, (t) => [
      primaryKey({ name: 'logs_pkey', columns: [t.id, t.day] }),
    ])
    await pushed({ posts, logs })
    await captureChanges(database.engine, [{ table: 'posts', history: true }])
    expect(await pushed({ posts, logs })).toEqual({ statements: [], losses: [], applied: true })
  })

  test('adds what was added to tables that hold rows, unique and check constraints too, without asking and without emptying them', async () => {
    await pushed({ posts: pgTable('posts', { id: integer().primaryKey(), title: text() }) })
    await database.engine.script(`INSERT INTO posts VALUES (1, 'a')`)
    const wider = pgTable(
      'posts',
      { id: bigint({ mode: 'number' }).primaryKey(), title: text().unique(), n: integer().default(2).notNull() },
      (t) => [check('posts_n', sql`${t.n} > 0`)],
    )
    expect(await pushed({ posts: wider })).toMatchObject({ applied: true, losses: [] })
    expect(await rows('SELECT * FROM posts')).toEqual([{ id: '1', title: 'a', n: 2 }])
    await expect(database.engine.script(`INSERT INTO posts VALUES (2, 'a')`)).rejects.toThrow('posts_title_unique')
    await expect(database.engine.script(`INSERT INTO posts VALUES (2, 'b', 0)`)).rejects.toThrow('posts_n')
    const changed = pgTable(
      'posts',
      { id: bigint({ mode: 'number' }).primaryKey(), title: text().unique(), n: integer().default(2).notNull() },
      (t) => [check('posts_n', sql`${t.n} > 1`)],
    )
    expect((await pushed({ posts: changed })).statements).toHaveLength(2)
    expect((await pushed({ posts: changed })).statements).toEqual([])
  })

  describe('what would lose something', () => {
    beforeEach(async () => {
      await pushed({
        posts: pgTable('posts', { id: integer().primaryKey(), title: text(), price: numeric({ precision: 8, scale: 2 }), empty: text() }),
        old: pgTable('old', { id: integer() }),
        bare: pgTable('bare', { id: integer() }),
      })
      await database.engine.script(`INSERT INTO posts VALUES (1, 'a', 1.55), (2, NULL, 2); INSERT INTO old VALUES (1);
CREATE VIEW handmade AS SELECT 1 AS one; CREATE SEQUENCE by_hand`)
    })
    const smaller = { posts: pgTable('posts', { id: integer().primaryKey(), price: integer() }) }

    test('is not done unasked: nothing of the whole is', async () => {
      const result = await pushed(smaller)
      expect(result.applied).toBe(false)
      expect(result.losses.map(({ what }) => what).sort()).toEqual([
        'changes price of posts from numeric(8,2) to integer: values in 2 rows may be cut or rounded',
        'drops column title of posts, which has a value in 1 row',
        'drops sequence by_hand and how far it has counted',
        'drops table old with 1 row',
        'drops view handmade, whose text is nowhere else',
      ])
      expect(await rows(`SELECT title, price FROM posts WHERE id = 1`)).toEqual([{ title: 'a', price: '1.55' }])
      expect(await rows(`SELECT to_regclass('bare')::text AS bare`)).toEqual([{ bare: 'bare' }])
    })

    test('is done when it is accepted', async () => {
      let asked = 0
      const result = await pushed(smaller, { accept: (losses) => (asked = losses.length) > 0 })
      expect([result.applied, asked]).toEqual([true, 5])
      expect(await rows('SELECT * FROM posts ORDER BY id')).toEqual([
        { id: 1, price: 2 },
        { id: 2, price: 2 },
      ])
      expect((await pushed(smaller)).statements).toEqual([])
    })

    test('since the question was answered is not done', async () => {
      const work = pushed(smaller, {
        accept: async () => {
          await database.engine.script('INSERT INTO bare VALUES (1)')
          return true
        },
      })
      await expect(work).rejects.toThrow('The database changed meanwhile: DROP TABLE "bare"')
      expect(await rows('SELECT title FROM posts WHERE id = 1')).toEqual([{ title: 'a' }])
    })
  })

  test('types of columns may change without a question only where no value does', async () => {
    const cases: readonly (readonly [from: string, to: string, asked: boolean])[] = [
      ['smallint', 'bigint', false],
      ['integer', 'numeric', false],
      ['bigint', 'integer', false],
      ['integer', 'text', false],
      ['varchar(10)', 'varchar(5)', false],
      ['text', 'varchar(5)', false],
      ['numeric(8,2)', 'numeric(8,3)', false],
      ['numeric(8,2)', 'numeric(8,1)', true],
      ['numeric', 'integer', true],
      ['timestamp with time zone', 'date', true],
      ['double precision', 'real', true],
      ['text', 'char(3)', true],
    ]
    for (const [from, to, asked] of cases) {
      const value = from.startsWith('time') ? 'now()' : "'1'"
      await database.engine.script(`DROP TABLE IF EXISTS t; CREATE TABLE t (v ${from}); INSERT INTO t VALUES (${value})`)
      const losses = await database.engine.transaction({}, async (session) => {
        const actual = await readSnapshot(session, ['public'])
        return lossesOf(session, [`ALTER TABLE "t" ALTER COLUMN "v" SET DATA TYPE ${to};`], actual, false)
      })
      expect(losses.length > 0, `${from} to ${to}`).toBe(asked)
    }
  })

  describe('a new name', () => {
    beforeEach(async () => {
      await pushed({ posts: pgTable('posts', { id: integer().primaryKey(), title: text() }) })
      await database.engine.script(`INSERT INTO posts VALUES (1, 'a')`)
    })
    const renamed = { posts: pgTable('posts', { id: integer().primaryKey(), heading: text() }) }

    test('without a terminal is told, not waited for', async () => {
      const error = await planPush(database.engine, kit, renamed).catch((it: unknown) => it as Error & { fix: string })
      expect(error).toMatchObject({
        name: 'KitError',
        message: "Is column 'heading' of public.posts new, or another name for 'title', which is gone from the schema?",
        fix: expect.stringContaining('--no-renames'),
      })
    })

    test('can be said to be none; what is lost by it is asked for all the same', async () => {
      const result = await pushed(renamed)
      expect(result).toMatchObject({ applied: false, losses: [{ what: 'drops column title of posts, which has a value in 1 row' }] })
      expect((await pushed(renamed, { accept: () => true })).applied).toBe(true)
      expect(await rows('SELECT * FROM posts')).toEqual([{ id: 1, heading: null }])
    })
  })

  test('adds values to enums and uses them at once', async () => {
    const before = pgEnum('mood', ['glad'])
    await pushed({ before, t: pgTable('t', { id: integer(), m: before() }) })
    const after = pgEnum('mood', ['glad', 'sad'])
    expect((await pushed({ after, t: pgTable('t', { id: integer(), m: after().default('sad') }) })).applied).toBe(true)
    await database.engine.script('INSERT INTO t (id) VALUES (1)')
    expect(await rows('SELECT m FROM t')).toEqual([{ m: 'sad' }])
  })

  test('of what the rows do not allow changes nothing and says why', async () => {
    await pushed({ posts: pgTable('posts', { id: integer(), title: text() }) })
    await database.engine.script(`INSERT INTO posts VALUES (1, 'a'), (2, 'a')`)
    const next = pgTable('posts', { id: integer(), title: text().unique(), more: text() })
    await expect(pushed({ next })).rejects.toThrow(
      'could not create unique index "posts_title_unique" (Key (title)=(a) is duplicated.), in\nALTER TABLE',
    )
    expect(await rows('SELECT * FROM posts WHERE id = 1')).toEqual([{ id: 1, title: 'a' }])
  })

  test('of a schema that PostgreSQL does not take says which statement, and leaves nothing behind', async () => {
    const wrong = pgTable('posts', { id: integer().default(sql`no_such_function()`) })
    await expect(pushed({ wrong })).rejects.toThrow(
      /does not take this schema: function no_such_function\(\) does not exist in\nCREATE TABLE "public"."posts"/,
    )
    expect(await rows(`SELECT nspname FROM pg_namespace WHERE nspname LIKE 'plinth%'`)).toEqual([])
  })

  test("refuses tables in the framework's own schema", async () => {
    await expect(pushed({ t: pgSchema('plinth').table('t', { id: integer() }) })).rejects.toThrow(
      "The schema 'plinth' of the database is the framework's own",
    )
  })

  test('two at once do the work once', async () => {
    const schema = { posts: pgTable('posts', { id: integer().primaryKey() }) }
    const done = await Promise.allSettled([pushed(schema), push(await database.another(), kit, schema)])
    expect(done.some((it) => it.status === 'fulfilled')).toBe(true)
    expect((await pushed(schema)).statements).toEqual([])
  })
})

describe('drizzle-kit', () => {
  test('that is not installed is told with what to do', async () => {
    await expect(loadKit('/nowhere/app.ts')).rejects.toMatchObject({
      message: 'This needs drizzle-kit, which is not installed',
      fix: 'npm install --save-dev drizzle-kit@0.31',
    })
  })

  test('does not end the process, nor print, where it does not like a schema', () => {
    const t = pgTable('t', { a: integer(), b: integer() }, (it) => [index('same').on(it.a), index('same').on(it.b)])
    expect(() => kit.generateDrizzleJson({ t })).toThrow(/drizzle-kit does not take this schema: .*duplicated index name/)
  })
})
