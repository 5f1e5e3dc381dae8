import { createHash } from 'node:crypto'
import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { databasesOf, type EngineDatabase } from '../fixtures/engine-database.ts'
import { engines } from '../fixtures/engines.ts'
import type { Row } from '../database/contract.ts'
import { MigrationFolder } from './fixtures/folder.ts'
import { prepareDatabase } from './framework.ts'
import { frameworkVersions } from './framework-versions.ts'
import { readJournal, readMigrations } from './journal.ts'
import { migrate, migrationStatus } from './migrate.ts'
import { MigrationError } from './migration-error.ts'

let database: EngineDatabase
const rows = (text: string): Promise<readonly Row[]> => database.engine.query({ text, values: [] })

async function failure(work: Promise<unknown>): Promise<MigrationError> {
  const error = await work.then(
    () => undefined,
    (it: unknown) => it,
  )
  expect(error).toBeInstanceOf(MigrationError)
  return error as MigrationError
}

describe.each(engines)('on $kind', (kind) => {
  const next = databasesOf(kind)
  beforeEach(async () => void (database = await next()), 60_000)
  afterEach(() => database.drop())

  describe('the schema of the framework', () => {
    test('is made once when ten nodes start at once', async () => {
      const done = await Promise.all(Array.from({ length: 10 }, async () => prepareDatabase(await database.another())))
      expect(done.filter((it) => it.length > 0)).toEqual([frameworkVersions.map(({ name }) => name)])
      expect(await rows('SELECT version FROM plinth.versions ORDER BY version')).toEqual(
        frameworkVersions.map(({ version }) => ({ version })),
      )
      expect(await prepareDatabase(database.engine)).toEqual([])
    })

    test('goes on from the version that a database has', async () => {
      await prepareDatabase(database.engine, frameworkVersions.slice(0, 1))
      expect(await prepareDatabase(database.engine)).toEqual(frameworkVersions.slice(1).map(({ name }) => name))
    })

    test('of a newer version is refused', async () => {
      await prepareDatabase(database.engine)
      await database.engine.script(`INSERT INTO plinth.versions VALUES (99, 'of tomorrow')`)
      const { message, fix } = await failure(prepareDatabase(database.engine))
      expect(message).toBe(
        `The schema 'plinth' of this database has version 99; this version of the framework knows ${frameworkVersions.length}`,
      )
      expect(fix).toContain('or a newer one')
    })

    test('keeps nothing of a version that fails', async () => {
      const broken = { version: frameworkVersions.length + 1, name: 'broken', sql: 'CREATE TABLE plinth.half (); SELECT 1/0;' }
      await expect(prepareDatabase(database.engine, [...frameworkVersions, broken])).rejects.toThrow('division by zero')
      expect(await rows(`SELECT to_regclass('plinth.half') AS half, to_regnamespace('plinth')::text AS schema`)).toEqual([
        { half: null, schema: null },
      ])
    })
  })

  describe('migrations', () => {
    test('are applied once, in order, when ten nodes start at once', async () => {
      using folder = new MigrationFolder({
        '0000_first': 'CREATE TABLE a (n int);--> statement-breakpoint\nINSERT INTO a VALUES (1);',
        '0001_second': 'INSERT INTO a SELECT n + 1 FROM a;',
        '0002_third': 'INSERT INTO a SELECT max(n) + 1 FROM a;',
      })
      const told: string[] = []
      const done = await Promise.all(
        Array.from({ length: 10 }, async () =>
          migrate(await database.another(), { folder: folder.path, applied: (tag) => void told.push(tag) }),
        ),
      )
      expect(done.flat().sort()).toEqual(['0000_first', '0001_second', '0002_third'])
      expect(told).toEqual(['0000_first', '0001_second', '0002_third'])
      expect(await rows('SELECT n FROM a ORDER BY n')).toEqual([{ n: 1 }, { n: 2 }, { n: 3 }])
      expect(await migrate(database.engine, { folder: folder.path })).toEqual([])
    })

    test('one that fails leaves those before it and nothing of itself, and says where', async () => {
      using folder = new MigrationFolder({
        '0000_good': 'CREATE TABLE a (n int);',
        '0001_bad': '-- adds b\nCREATE TABLE b (n int);--> statement-breakpoint\nCREATE TABLE c (\n  n nonsense\n);',
        '0002_after': 'CREATE TABLE d (n int);',
      })
      const { message, fix } = await failure(migrate(database.engine, { folder: folder.path }))
      expect(message).toMatch(/0001_bad\.sql:4 type "nonsense" does not exist$/)
      expect(fix).toContain('nothing of 0001_bad was applied')
      expect(await migrationStatus(database.engine, folder.path)).toEqual({
        applied: ['0000_good'],
        pending: ['0001_bad', '0002_after'],
        changed: [],
        unknown: [],
      })
      expect(await rows(`SELECT to_regclass('b') AS b, to_regclass('a')::text AS a`)).toEqual([{ b: null, a: 'a' }])
      folder.write('0001_bad.sql', 'CREATE TABLE b (n int);')
      expect(await migrate(database.engine, { folder: folder.path })).toEqual(['0001_bad', '0002_after'])
    })

    test('changed after they were applied are told, all of them, and nothing is applied', async () => {
      using folder = new MigrationFolder({ '0000_a': 'CREATE TABLE a ();', '0001_b': 'CREATE TABLE b ();' })
      await migrate(database.engine, { folder: folder.path })
      folder.write('0000_a.sql', 'CREATE TABLE aa ();')
      folder.write('0001_b.sql', 'CREATE TABLE bb ();')
      folder.add('0002_c', 'CREATE TABLE c ();')
      // `add` writes the journal; the files of the others stay as they were written last.
      const { problems, fix } = await failure(migrate(database.engine, { folder: folder.path }))
      expect(problems).toEqual([
        expect.stringMatching(/0000_a\.sql was changed after it was applied$/),
        expect.stringMatching(/0001_b\.sql was changed after it was applied$/),
      ])
      expect(fix).toContain('plinth db generate')
      expect(await migrationStatus(database.engine, folder.path)).toMatchObject({ changed: ['0000_a', '0001_b'], pending: ['0002_c'] })
      expect(await rows(`SELECT to_regclass('c') AS c`)).toEqual([{ c: null }])
    })

    test('checked out with other line ends are the same', async () => {
      using folder = new MigrationFolder({ '0000_a': 'CREATE TABLE a (\n  n int\n);\n' })
      await migrate(database.engine, { folder: folder.path })
      folder.write('0000_a.sql', 'CREATE TABLE a (\r\n  n int\r\n);\r\n')
      expect(await migrate(database.engine, { folder: folder.path })).toEqual([])
    })

    test('that only the database knows keep nobody from starting', async () => {
      using newer = new MigrationFolder({ '0000_a': 'CREATE TABLE a ();', '0001_b': 'CREATE TABLE b ();' })
      await migrate(database.engine, { folder: newer.path })
      using older = new MigrationFolder({ '0000_a': 'CREATE TABLE a ();' })
      expect(await migrate(database.engine, { folder: older.path })).toEqual([])
      expect((await migrationStatus(database.engine, older.path)).unknown).toEqual(['0001_b'])
    })

    test('of a branch that was merged later are applied although newer ones were', async () => {
      using folder = new MigrationFolder({ '0000_a': 'CREATE TABLE a ();', '0002_c': 'CREATE TABLE c ();' })
      await migrate(database.engine, { folder: folder.path })
      folder.add('0001_b', 'CREATE TABLE b ();')
      expect(await migrate(database.engine, { folder: folder.path })).toEqual(['0001_b'])
    })

    test('that drizzle-kit applied before are taken over', async () => {
      using folder = new MigrationFolder({ '0000_a': 'CREATE TABLE a (n int);', '0001_b': 'CREATE TABLE b (n int);' })
      const hash = createHash('sha256').update('CREATE TABLE a (n int);').digest('hex')
      await database.engine.script(`CREATE TABLE a (n int); CREATE SCHEMA drizzle;
CREATE TABLE drizzle.__drizzle_migrations (id serial PRIMARY KEY, hash text NOT NULL, created_at bigint);
INSERT INTO drizzle.__drizzle_migrations (hash, created_at) VALUES ('${hash}', 1700000000000)`)
      expect(await migrationStatus(database.engine, folder.path)).toMatchObject({ applied: ['0000_a'], pending: ['0001_b'] })
      expect(await migrate(database.engine, { folder: folder.path })).toEqual(['0001_b'])
      expect(await rows('SELECT tag FROM plinth.migrations ORDER BY position')).toEqual([{ tag: '0000_a' }, { tag: '0001_b' }])
    })

    test('a status of an empty database changes nothing', async () => {
      using folder = new MigrationFolder({ '0000_a': 'CREATE TABLE a ();' })
      expect((await migrationStatus(database.engine, folder.path)).pending).toEqual(['0000_a'])
      expect(await rows(`SELECT to_regnamespace('plinth') AS schema`)).toEqual([{ schema: null }])
    })
  })
})

describe('a folder of migrations', () => {
  test('may be empty or missing', () => {
    using folder = new MigrationFolder()
    expect(readMigrations(folder.path)).toEqual([])
    expect(readMigrations(join(folder.path, 'gone'))).toEqual([])
  })

  test('gives its statements with the lines on which they begin, without those that only comment', () => {
    using folder = new MigrationFolder({
      a: '-- first\nSELECT 1;\n--> statement-breakpoint\n\n/* only\nthis */\n--> statement-breakpoint\nSELECT 2;',
    })
    expect(readMigrations(folder.path)[0]?.statements.map(({ line, text }) => [line, text.trim()])).toEqual([
      [1, '-- first\nSELECT 1;'],
      [8, 'SELECT 2;'],
    ])
  })

  test.each([
    ['{', 'is not JSON'],
    ['{}', "has no list 'entries'"],
    ['{"dialect":"mysql","entries":[]}', "is for the dialect 'mysql', not for postgresql"],
    ['{"entries":[{"tag":"../x","when":1}]}', 'entries[0].tag is no name of a file'],
    ['{"entries":[{"tag":"x"}]}', 'entries[0].when is no number'],
    ['{"entries":[{"tag":"x","when":1},{"tag":"x","when":2}]}', "'x' stands there twice"],
  ])('with the journal %s is refused', (text, message) => {
    using folder = new MigrationFolder()
    folder.write('meta/_journal.json', text)
    expect(() => readJournal(folder.path)).toThrow(message)
  })

  test('tells every file that is missing', () => {
    using folder = new MigrationFolder({ a: '', b: '' })
    for (const tag of ['a', 'b']) rmSync(join(folder.path, `${tag}.sql`))
    expect(() => readMigrations(folder.path)).toThrow(/a\.sql is missing; the journal lists it\n.*b\.sql is missing/)
  })
})
