// `@plinth/client` against a running server: an application as its users write it, no type written out.
import { createClient, PostgrestError, ProblemError } from '@plinth/client'
import { eq, isNotNull, or, sql } from 'drizzle-orm'
import * as pg from 'drizzle-orm/pg-core'
import { app, guard, identify, refuse } from 'plinth'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { database, DatabaseEngine } from '../database/database.ts'
import { engines } from '../fixtures/engines.ts'
import { everyone } from '../resource/everyone.ts'
import { resource } from '../resource/resource.ts'
import { resources } from './resources.ts'

const authors = pg.pgTable('authors', { id: pg.integer().primaryKey(), name: pg.text().notNull() })
const books = pg.pgTable('books', {
  id: pg.serial().primaryKey(),
  title: pg.text().notNull(),
  authorId: pg
    .integer('author_id')
    .notNull()
    .references(() => authors.id),
  editorId: pg.integer('editor_id').references(() => authors.id),
  publishedAt: pg.timestamp('published_at', { withTimezone: true }),
  price: pg.numeric({ precision: 8, scale: 2 }),
  isbn: pg.text().unique(),
  notes: pg.text(),
})
const reviews = pg.pgTable('reviews', {
  id: pg.serial().primaryKey(),
  bookId: pg
    .integer('book_id')
    .notNull()
    .references(() => books.id),
  stars: pg.smallint().notNull(),
})

const schemaSql = `
CREATE TABLE authors (id int PRIMARY KEY, name text NOT NULL);
CREATE TABLE books (id serial PRIMARY KEY, title text NOT NULL, author_id int NOT NULL REFERENCES authors, editor_id int REFERENCES authors,
  published_at timestamptz, price numeric(8, 2), isbn text UNIQUE, notes text);
CREATE TABLE reviews (id serial PRIMARY KEY, book_id int NOT NULL REFERENCES books, stars smallint NOT NULL);
`
const rowsSql = `
INSERT INTO authors VALUES (1, 'Ada'), (2, 'Bob');
INSERT INTO books (title, author_id, editor_id, published_at, price, isbn, notes) VALUES
  ('Engines', 1, 2, '1843-01-01 00:00+00', 12.50, 'a', 'n'), ('Drafts', 1, NULL, NULL, NULL, NULL, NULL), ('Others', 2, NULL, NULL, NULL, NULL, NULL);
INSERT INTO reviews (book_id, stars) VALUES (1, 5), (1, 3), (3, 1);
`

const idOf = (user: unknown): number => (user as { readonly id: number }).id
const signedIn = guard((ctx) => (ctx.user === null ? refuse('not-signed-in') : undefined), { name: 'signedIn' })

const Authors = resource(authors, { access: { read: everyone }, relations: ['books!authorId'] })
const Books = resource(books, {
  access: {
    read: (row, { user }) => (user === null ? isNotNull(row.publishedAt) : or(isNotNull(row.publishedAt), eq(row.authorId, idOf(user)))),
    create: signedIn,
    update: (row, { user }) => eq(row.authorId, idOf(user)),
    delete: (row, { user }) => eq(row.authorId, idOf(user)),
  },
  columns: {
    authorId: { set: ({ user }) => idOf(user) },
    notes: { read: signedIn },
    shout: { compute: (row) => sql`upper(${row.title})` },
  },
  relations: ['author:authors', 'editor:authors', 'reviews'],
})
const Reviews = resource(reviews, { access: { read: everyone, create: signedIn }, relations: ['book'] })

const application = app()
  .use(database())
  .identify(
    identify((ctx) => {
      const said = ctx.header('authorization')
      return said === undefined ? null : { id: Number(said.replace('Bearer ', '')) }
    }),
  )
  .use('/rest', resources(Authors, Books, Reviews))
  .use('/more', resources({ name: 'more' }, Reviews))
  .get('/me', { guards: [signedIn] }, ({ user }) => ({ id: idOf(user) }))

describe.each(engines)('@plinth/client ($kind)', (kind) => {
  let url: string
  let reset: () => Promise<void>
  const closing: (() => PromiseLike<void>)[] = []

  beforeAll(async () => {
    const template = await kind.template(schemaSql)
    const cloned = await template.clone()
    const built = await application.build({ replace: [DatabaseEngine.with(cloned.engine)] })
    url = (await built.listen({ port: 0, signals: false })).url
    reset = () => cloned.engine.script(`TRUNCATE authors, books, reviews RESTART IDENTITY; ${rowsSql}`)
    closing.push(
      () => built.close(),
      () => cloned[Symbol.asyncDispose](),
      () => template[Symbol.asyncDispose](),
    )
  }, 60_000)
  beforeEach(() => reset())
  afterAll(async () => {
    for (const close of closing) await close()
  })

  const as = (id?: number) =>
    createClient<typeof application>(url, id === undefined ? {} : { headers: async () => ({ authorization: `Bearer ${id}` }) })

  test('reads rows under the rules of whoever asks, with what they embed', async () => {
    const query = (id?: number) => as(id).from('books').select('title, publishedAt, price, shout, author(name), editor(name)').order('id')
    const strangers = await query()
    expect(strangers.error).toBe(null)
    expect(strangers.data).toEqual([
      {
        title: 'Engines',
        publishedAt: '1843-01-01T00:00:00+00:00',
        price: 12.5,
        shout: 'ENGINES',
        author: { name: 'Ada' },
        editor: { name: 'Bob' },
      },
    ])
    // What the types say of a row is what there is.
    const [row] = strangers.data ?? []
    expect([row?.publishedAt?.slice(0, 4), row?.price?.toFixed(2), row?.author.name, row?.editor?.name]).toEqual([
      '1843',
      '12.50',
      'Ada',
      'Bob',
    ])
    expect((await query(1)).data?.map((it) => [it.title, it.editor])).toEqual([
      ['Engines', { name: 'Bob' }],
      ['Drafts', null],
    ])
  })

  test('embeds many, and filters by what is embedded', async () => {
    const { data, error } = await as(2).from('authors').select('name, books!authorId(title)').order('id')
    expect([error, data]).toEqual([
      null,
      [
        { name: 'Ada', books: [{ title: 'Engines' }] },
        { name: 'Bob', books: [{ title: 'Others' }] },
      ],
    ])
    const some = await as().from('books').select('title, reviews(stars)').gte('reviews.stars', 4)
    expect([some.error, some.data]).toEqual([null, [{ title: 'Engines', reviews: [{ stars: 5 }] }]])
  })

  test('creates, changes and deletes', async () => {
    const made = await as(1).from('books').insert({ title: 'New', price: '9.99' }).select('id, title, authorId, price').single()
    expect([made.status, made.error, made.data]).toEqual([201, null, { id: 4, title: 'New', authorId: 1, price: 9.99 }])
    const changed = await as(1).from('books').update({ title: 'Newer' }).eq('id', 4).select('title')
    expect(changed.data).toEqual([{ title: 'Newer' }])
    const gone = await as(1).from('books').delete({ count: 'exact' }).eq('id', 4)
    expect([gone.status, gone.count]).toEqual([204, 1])
    const others = await as(1).from('books').delete({ count: 'exact' }).eq('id', 3)
    expect([others.status, others.count]).toEqual([204, 0])
  })

  test('upserts by a unique column', async () => {
    const { data, error } = await as(1)
      .from('books')
      .upsert(
        [
          { title: 'Engines, second edition', isbn: 'a' },
          { title: 'Fresh', isbn: 'b' },
        ],
        { onConflict: 'isbn' },
      )
      .select('id, title')
      .order('id')
    expect([error, data]).toMatchObject([null, [{ id: 1, title: 'Engines, second edition' }, { title: 'Fresh' }]])
  })

  test('counts, ranges and CSV', async () => {
    const page = await as(1).from('books').select('title', { count: 'exact' }).order('id').range(1, 1)
    expect([page.status, page.count, page.data]).toEqual([206, 2, [{ title: 'Drafts' }]])
    const counted = await as(1).from('books').select('*', { count: 'exact', head: true })
    expect([counted.count, counted.data]).toEqual([2, null])
    const csv = await as().from('books').select('id, title').csv()
    expect([csv.error, csv.data]).toEqual([null, 'id,title\n1,Engines'])
  })

  test('errors are values, or thrown where it is asked for', async () => {
    const refused = await as().from('books').insert({ title: 'x' })
    expect([refused.status, refused.error]).toMatchObject([401, { code: 'not-signed-in', hint: 'Send credentials with the request.' }])
    const taken = await as(1).from('books').insert({ title: 'x', isbn: 'a' })
    expect([taken.status, taken.error?.code]).toEqual([409, '23505'])
    const none = await as().from('books').select('title').eq('id', 2).single()
    expect([none.status, none.error?.code]).toEqual([406, 'PGRST116'])
    const missing = await as().from('books').select('notes')
    expect([missing.status, missing.error?.code]).toEqual([400, '42703'])
    await expect(as().from('books').insert({ title: 'x' }).throwOnError()).rejects.toBeInstanceOf(PostgrestError)
    await expect(as().get('/me')).rejects.toBeInstanceOf(ProblemError)
  })

  test('the same headers and fetch serve routes and resources', async () => {
    const asked: string[] = []
    const client = createClient<typeof application>(`${url}/`, {
      headers: { authorization: 'Bearer 2', 'x-common': '1' },
      fetch: (request) => {
        asked.push(`${request.method} ${new URL(request.url).pathname} ${request.headers.get('x-common')}`)
        return fetch(request)
      },
    })
    expect(await client.get('/me')).toEqual({ id: 2 })
    expect((await client.from('books').select('title').order('id')).data).toEqual([{ title: 'Engines' }, { title: 'Others' }])
    expect((await client.from('books').insert({ title: 'B' }).setHeader('x-common', '2')).error).toBe(null)
    expect(asked).toEqual(['GET /me 1', 'GET /rest/books 1', 'POST /rest/books 2'])
  })

  test('finds resources in other places', async () => {
    const { data, error } = await as().at('/more').from('reviews').select('stars').gt('stars', 1).order('stars')
    expect([error, data]).toEqual([null, [{ stars: 3 }, { stars: 5 }]])
  })

  test('stops when it is told to', async () => {
    const { error } = await as().from('books').select().abortSignal(AbortSignal.abort())
    expect(error?.message).toMatch(/abort/i)
  })
})
