import { eq, relations, sql } from 'drizzle-orm'
import type { NodePgDatabase } from 'drizzle-orm/node-postgres'
import { integer, pgTable, text, timestamp } from 'drizzle-orm/pg-core'
import { app, BootError, service, type Use } from 'plinth'
import { testApp } from 'plinth/testing'
import { afterAll, beforeAll, describe, expect, expectTypeOf, test, vi } from 'vitest'
import { engines, type Template, type TestEngine } from '../fixtures/engines.ts'
import { requestSignal } from './ambient.ts'
import { afterCommit, transaction } from './current.ts'
import { Database, database, DatabaseEngine, type SchemaOf } from './database.ts'
import { DatabaseDefinition } from './definition.ts'
import { DatabaseUnavailable, QueryTimeout } from './errors.ts'

const authors = pgTable('authors', { id: integer().primaryKey(), name: text().notNull() })
const posts = pgTable('posts', {
  id: integer().primaryKey(),
  title: text().notNull(),
  authorId: integer('author_id').references(() => authors.id),
  at: timestamp({ mode: 'date' }).notNull(),
})
const schema = {
  authors,
  posts,
  authorRelations: relations(authors, ({ many }) => ({ posts: many(posts) })),
  postRelations: relations(posts, ({ one }) => ({ author: one(authors, { fields: [posts.authorId], references: [authors.id] }) })),
}

const tables = `
CREATE TABLE authors (id int PRIMARY KEY, name text NOT NULL);
CREATE TABLE posts (id int PRIMARY KEY, title text NOT NULL, author_id int REFERENCES authors, at timestamp NOT NULL);
INSERT INTO authors VALUES (1, 'Ada');
INSERT INTO posts VALUES (1, 'On engines', 1, '2026-01-02 03:04:05');
`

/** As `Register['schema']` would type it, which would hold for every file of this workspace. */
const drizzled = (use: Use): NodePgDatabase<typeof schema> => use(Database) as unknown as NodePgDatabase<typeof schema>

test('the schema of the database is the registered one', () => {
  expectTypeOf<SchemaOf<{ schema: typeof schema }>>().toEqualTypeOf<typeof schema>()
  expectTypeOf<SchemaOf<{}>>().toEqualTypeOf<Record<string, never>>()
})

describe.each(engines)('the database service ($kind)', ({ template }) => {
  let origin: Template
  let own: TestEngine
  beforeAll(async () => {
    origin = await template(tables)
    own = await origin.clone()
  }, 60_000)
  afterAll(async () => {
    await own?.[Symbol.asyncDispose]()
    await origin?.[Symbol.asyncDispose]()
  })
  const names = async () => (await own.engine.query({ text: 'SELECT name FROM authors ORDER BY id', values: [] })).map((it) => it['name'])

  test('is a Drizzle instance with the schema, its types and its relations', async () => {
    const api = app()
      .use(database({ schema }))
      .get('/posts', ({ use }) => drizzled(use).query.posts.findMany({ with: { author: true } }))
      .get('/rows', async ({ use }) => (await drizzled(use).select().from(posts).where(eq(posts.id, 1)))[0]?.at.toISOString() ?? 'none')
    await using client = await testApp(api, { replace: [DatabaseEngine.with(own.engine)] })
    expect((await client.get('/posts')).data).toEqual([
      { id: 1, title: 'On engines', authorId: 1, at: '2026-01-02T03:04:05.000Z', author: { id: 1, name: 'Ada' } },
    ])
    expect((await client.get('/rows')).data).toBe('2026-01-02T03:04:05.000Z')
  })

  test('its statements, those of the engine and those of any service stand in one transaction', async () => {
    const Authors = service('authors', ({ use }) => {
      const db = drizzled(use)
      return { add: (id: number, name: string) => db.insert(authors).values({ id, name }) }
    })
    const seen: unknown[] = []
    const api = app()
      .use(database({ schema }))
      .use(Authors)
      .post('/authors', async ({ use }) => {
        const db = drizzled(use)
        await transaction(async () => {
          await use(Authors).add(2, 'Grace')
          afterCommit(async () => seen.push(await names()))
          await db.transaction(async (tx) => {
            await tx.insert(authors).values({ id: 3, name: 'Edsger' })
            await expect(
              tx.transaction(async (inner) => {
                await inner.insert(authors).values({ id: 4, name: 'lost' })
                inner.rollback()
              }),
            ).rejects.toThrow('Rollback')
            expect(await tx.$count(authors)).toBe(3)
          })
        })
        await expect(
          db.transaction(async (tx) => {
            await use(Authors).add(5, 'lost')
            await tx.execute(sql`SELECT 1/0`)
          }),
        ).rejects.toMatchObject({ cause: { code: '22012' } })
        const level = db.transaction(async (tx) => (await tx.execute(sql`SHOW transaction_isolation`)).rows[0], {
          isolationLevel: 'serializable',
          accessMode: 'read only',
          deferrable: true,
        })
        expect(await level).toEqual({ transaction_isolation: 'serializable' })
        return 'done'
      })
    await using client = await testApp(api, { replace: [DatabaseEngine.with(own.engine)] })
    expect((await client.post('/authors')).data).toBe('done')
    expect(seen).toEqual([['Ada', 'Grace', 'Edsger']])
    expect(await names()).toEqual(['Ada', 'Grace', 'Edsger'])
  })

  test('prepares statements, also those that Drizzle has not been told to', async () => {
    await own.engine.transaction({}, async (session) => {
      const prepared = async (like: string) =>
        (
          await session.query({ text: `SELECT count(*)::int AS n FROM pg_prepared_statements WHERE statement LIKE $1`, values: [like] })
        )[0]?.['n']
      const api = app().use(database({ schema }))
      const built = await api.build({ mode: 'test', replace: [DatabaseEngine.with(own.engine)] })
      const db = drizzled(built.use)
      const once = db
        .select()
        .from(posts)
        .where(eq(posts.id, sql.placeholder('id')))
        .prepare('a post')
      expect(await once.execute({ id: 1 })).toHaveLength(1)
      expect(await prepared('%from "posts" where "posts"."id" = $1')).toBe(1)
      for (let i = 0; i < 3; i++)
        await db
          .select({ id: authors.id })
          .from(authors)
          .where(eq(authors.name, `${i}`))
      expect(await prepared('%"id" from "authors" where "authors"."name" = $1')).toBe(1)
      await built.close()
    })
  })

  test('a request’s signal reaches what its handler asks, and not what follows its commit', async () => {
    const seen: unknown[] = []
    const api = app()
      .use(database({ schema }))
      .get('/', async ({ signal, use }) => {
        seen.push(requestSignal() === (signal as AbortSignal))
        await transaction(async () => {
          await drizzled(use).execute(sql`SELECT 1`)
          afterCommit(() => seen.push(requestSignal()))
        })
        return 'done'
      })
    await using client = await testApp(api, { replace: [DatabaseEngine.with(own.engine)] })
    await client.get('/')
    expect(seen).toEqual([true, undefined])
    expect(requestSignal()).toBe(undefined)
  })
})

describe('where the database is at fault', () => {
  const nowhere = 'postgres://nobody:hunter2@127.0.0.1:1/none'
  const failing = (error: Error) =>
    app()
      .use(database({ schema, url: nowhere }))
      .get('/', () => {
        throw new Error('Failed query: select 1', { cause: error })
      })

  test('what it is answered with is 503 and says when to come again, also where Drizzle wraps it', async () => {
    await using client = await testApp(failing(new DatabaseUnavailable('The database can’t be reached', undefined, 7)))
    const response = await client.fetch('/')
    expect(response.status).toBe(503)
    expect(response.headers.get('retry-after')).toBe('7')
    expect(await response.json()).toMatchObject({ code: 'database-unavailable', title: 'The database is not available right now' })
  })

  test('what took too long is answered with 503', async () => {
    await using client = await testApp(failing(new QueryTimeout(100)))
    const response = await client.fetch('/')
    expect(response.status).toBe(503)
    expect(await response.json()).toMatchObject({ code: 'database-timeout' })
  })

  test('a text with a NUL is its sender’s mistake', async () => {
    const echo = app()
      .use(database({ schema }))
      .post('/', ({ body, use }) => drizzled(use).execute(sql`SELECT ${(body as { readonly text: string }).text}::text AS text`))
    await using client = await testApp(echo)
    const ask = (text: string) =>
      client.fetch('/', { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ text }) })
    expect((await ask('a')).status).toBe(200)
    const refused = await ask('a\0b')
    expect([refused.status, await refused.json()]).toEqual([
      400,
      expect.objectContaining({ code: 'malformed-request', detail: 'A text holds a NUL, which the database can’t keep.' }),
    ])
  })

  test('a server that is not there is no reason not to start: /readyz tells, and requests are answered 503', async () => {
    const api = app()
      .use(database({ schema, url: nowhere }))
      .get('/', ({ use }) => drizzled(use).select().from(authors))
    await using client = await testApp(api)
    expect((await client.fetch('/')).status).toBe(503)
    const ready = await client.fetch('/readyz')
    expect(ready.status).toBe(503)
    const text = await ready.text()
    expect(JSON.parse(text).checks.database).toMatchObject({ status: 'failing', reason: expect.stringMatching(/ECONNREFUSED/) })
    expect(text).not.toContain('hunter2')
  })

  test('production refuses an embedded database that nobody has said is meant', async () => {
    const built = app().use(database({ schema })).build({ mode: 'production' })
    await expect(built).rejects.toThrow(BootError)
    await expect(built).rejects.toThrow(/This is production, and no server is named: .*\n.*set DATABASE_URL, or say embedded: true/)
  })

  test('an address that is none, and one that the server refuses, keep the application from starting', async () => {
    await expect(
      app()
        .use(database({ url: 'mysql://localhost/x' }))
        .build({ mode: 'test' }),
    ).rejects.toThrow(/The address of the database is no postgres:\/\/ address/)
    if (engines.length === 1) return
    const missing = app()
      .use(database({ url: 'postgres://postgres@127.0.0.1:5432/there_is_none_such' }))
      .build({ mode: 'test' })
    await expect(missing).rejects.toThrow(/database "there_is_none_such" does not exist/)
  })
})

describe('what was chosen', () => {
  const told = async (given: Parameters<typeof database>[0], mode: 'production' | 'development' | 'test') => {
    const built = await app().use(database(given)).build({ services: false, mode })
    const report = await built.services.find((it) => it.name === 'database settings')?.describe?.(mode)
    await built.close()
    return report
  }

  test('is told to plinth doctor, without passwords', async () => {
    const report = await told({ url: 'postgres://ada:hunter2@db.example/shop', poolSize: 3 }, 'production')
    expect(report?.entries[0]).toMatchObject({ key: 'engine', value: 'PostgreSQL on a server', place: 'argument' })
    expect(report?.entries.find((it) => it.key === 'url')).toMatchObject({ name: 'url', source: 'argument' })
    expect(JSON.stringify(report)).not.toContain('hunter2')
    expect(report?.problems).toEqual([])
  })

  test('in tests is never the database that the application has', async () => {
    const settings = async (mode: 'development' | 'test', given: Parameters<typeof database>[0] = {}) => {
      const built = await app().use(database(given)).build({ services: false, mode })
      const { url } = built.use(DatabaseDefinition).engine
      await built.close()
      return url
    }
    vi.stubEnv('DATABASE_URL', 'postgres://app@db.example/shop')
    try {
      expect([await settings('development'), await settings('test')]).toEqual(['postgres://app@db.example/shop', undefined])
      expect((await told({}, 'test'))?.entries[0]).toMatchObject({ name: 'TEST_DATABASE_URL', value: 'PGlite in memory' })
      vi.stubEnv('TEST_DATABASE_URL', 'postgres://test@db.example/shop_test')
      expect(await settings('test')).toBe('postgres://test@db.example/shop_test')
      expect((await told({}, 'test'))?.entries[0]).toMatchObject({ name: 'TEST_DATABASE_URL', value: 'PostgreSQL on a server' })
      expect(await settings('test', { url: 'postgres://given@db.example/x' })).toBe('postgres://given@db.example/x')
    } finally {
      vi.unstubAllEnvs()
    }
  })

  test('names the directory, or memory in tests, and what production is missing', async () => {
    const [first] = (await told({}, 'development'))?.entries ?? []
    expect(first).toMatchObject({ source: 'default', name: 'DATABASE_URL', value: expect.stringMatching(/^PGlite in \.plinth\/db;/) })
    expect((await told({}, 'test'))?.entries[0]?.value).toBe('PGlite in memory')
    expect((await told({ directory: 'data' }, 'test'))?.entries[0]?.value).toBe('PGlite in data')
    expect((await told({}, 'production'))?.problems).toEqual([
      'this is production, and DATABASE_URL is not set: set it, or say embedded: true where an embedded database is meant',
    ])
    expect((await told({ embedded: true }, 'production'))?.problems).toEqual([])
  })

  test('of settings that are wrong says all at once', async () => {
    const built = app()
      .use(database({ poolSize: 0, timeoutMs: -1 }))
      .build({ mode: 'test' })
    await expect(built).rejects.toThrow(/poolSize/)
    await expect(built).rejects.toThrow(/timeoutMs/)
  })
})
