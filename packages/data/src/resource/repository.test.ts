import { eq, gt, inArray, sql } from 'drizzle-orm'
import * as pg from 'drizzle-orm/pg-core'
import { app, type Context, guard, refuse, type Service } from 'plinth'
import { afterAll, beforeAll, beforeEach, describe, expect, expectTypeOf, test } from 'vitest'
import { transaction } from '../database/current.ts'
import { database, DatabaseEngine } from '../database/database.ts'
import { engines, type Template, type TestEngine } from '../fixtures/engines.ts'
import { everyone } from './everyone.ts'
import { asUser, byHeader } from './fixtures/forum.ts'
import type { ResourceRows } from './repository-types.ts'
import { resource } from './resource.ts'

const bytes = pg.customType<{ data: Uint8Array; driverData: Uint8Array | string }>({
  dataType: () => 'bytea',
  fromDriver: (it) => (typeof it === 'string' ? Uint8Array.from(Buffer.from(it.slice(2), 'hex')) : it),
})

const notes = pg.pgTable('notes', {
  id: pg.uuid().primaryKey().defaultRandom(),
  owner: pg.integer('owner_id').notNull(),
  at: pg.timestamp({ withTimezone: true }).notNull().defaultNow(),
  plain: pg.timestamp(),
  day: pg.date({ mode: 'date' }),
  big: pg.bigint({ mode: 'bigint' }),
  price: pg.numeric({ precision: 30, scale: 10 }),
  ratio: pg.doublePrecision(),
  flag: pg.boolean(),
  flags: pg.boolean().array(),
  words: pg.text().array(),
  data: pg.jsonb().$type<{ readonly a: readonly unknown[] }>(),
  raw: bytes(),
  text: pg.text().notNull(),
  secret: pg.text(),
  slug: pg.text().$defaultFn(() => 'made'),
})
const pairs = pg.pgTable('pairs', { a: pg.integer(), b: pg.integer(), text: pg.text() }, (it) => [pg.primaryKey({ columns: [it.a, it.b] })])
const bare = pg.pgTable('bare', { text: pg.text() })
const counted = pg.pgTable('counted', {
  id: pg.serial().primaryKey(),
  small: pg.smallserial(),
  big: pg.bigserial({ mode: 'number' }),
  vast: pg.bigserial({ mode: 'bigint' }),
})

const schemaSql = `
CREATE TABLE notes (id uuid PRIMARY KEY DEFAULT gen_random_uuid(), owner_id int NOT NULL, at timestamptz NOT NULL DEFAULT now(), plain timestamp,
  day date, big bigint, price numeric(30,10), ratio float8, flag bool, flags bool[], words text[], data jsonb, raw bytea, text text NOT NULL, secret text, slug text);
CREATE TABLE pairs (a int, b int, text text, PRIMARY KEY (a, b));
CREATE TABLE bare (text text);
CREATE TABLE counted (id serial PRIMARY KEY, small smallserial, big bigserial, vast bigserial);
`

const editor = guard((ctx) => (ctx.user !== null && asUser(ctx.user).role === 'editor' ? undefined : refuse('forbidden')), {
  name: 'editor',
})
const effects: string[] = []

const Notes = resource(notes, {
  access: {
    read: (row, { user }) => user !== null && eq(row.owner, asUser(user).id),
    create: (row, { user }) => eq(row.owner, asUser(user).id),
    update: (row, { user }) => eq(row.owner, asUser(user).id),
    delete: (row, { user }) => eq(row.owner, asUser(user).id),
  },
  columns: { secret: { read: editor } },
  limits: { rows: 2 },
  hooks: { afterCommit: ({ verb, rows }) => void effects.push(`${verb} ${rows.map((it) => it.text).join()}`) },
})
const Pairs = resource(pairs, { access: { read: everyone, create: everyone, update: everyone, delete: editor } })
const Bare = resource(bare, { access: { create: everyone } })
const Counted = resource(counted, { access: { read: everyone, create: everyone } })
const Owned = resource(pairs, {
  name: 'owned',
  access: { create: everyone },
  columns: { b: { set: ({ user }) => (user === null ? 0 : asUser(user).id) }, text: { readonly: true } },
})
const Unlisted = resource(bare, { name: 'unlisted', access: { read: everyone } })

describe.each(engines)('rows for handwritten code ($kind)', ({ template }) => {
  let origin: Template
  let own: TestEngine
  let fetch: (request: Request) => Promise<unknown>
  let work: (ctx: Context) => unknown
  beforeAll(async () => {
    origin = await template(schemaSql)
    own = await origin.clone()
    const built = await app()
      .use(database({ schema: { notes, pairs } }))
      .use(Notes)
      .use(Pairs)
      .use(Bare)
      .use(Counted)
      .identify(byHeader)
      .get('/', async (ctx) => {
        try {
          return { value: ((await work(ctx)) as object) ?? null }
        } catch (error) {
          const { code, status, message } = error as { code?: string; status?: number; message: string }
          return { code, status, message }
        }
      })
      .build({ replace: [DatabaseEngine.with(own.engine)] })
    fetch = built.fetch as typeof fetch
  }, 60_000)
  beforeEach(async () => {
    effects.length = 0
    await own.engine.script('TRUNCATE notes, pairs, bare, counted RESTART IDENTITY')
  })
  afterAll(async () => {
    await own[Symbol.asyncDispose]()
    await origin[Symbol.asyncDispose]()
  })

  /** What `handle` gives, run inside a request of `user`. */
  const as = async <T>(user: string | undefined, handle: (ctx: Context) => Promise<T>): Promise<T> => {
    let result: { value: T } | { error: unknown } | undefined
    work = async (ctx) => {
      try {
        result = { value: await handle(ctx) }
      } catch (error) {
        result = { error }
      }
    }
    await fetch(new Request('http://a/', { headers: user === undefined ? {} : { 'x-user': user } }))
    if (result === undefined) throw new Error('the handler did not run')
    if ('error' in result) throw result.error
    return result.value
  }
  const notesOf = (ctx: Context): ResourceRows<typeof notes> => ctx.use(Notes).for(ctx)

  const values = {
    at: new Date('2026-03-04T05:06:07.089Z'),
    plain: new Date('2026-03-04T05:06:07.089Z'),
    day: new Date('2026-03-04T00:00:00.000Z'),
    big: 9_007_199_254_740_993n,
    price: '12345678901234567890.1234567891',
    ratio: 0.1,
    flag: false,
    flags: [true, false],
    words: ['a,b', 'c"d', ''],
    data: { a: [1, "it's", null] },
    raw: Uint8Array.from([0, 255]),
    text: 'first',
  }

  test('rows come back as Drizzle types them, every digit of them', async () => {
    const made = await as('1', (ctx) => notesOf(ctx).create({ ...values, owner: 1 }))
    expect(made).toEqual({ ...values, owner: 1, slug: 'made', id: expect.any(String) })
    const found = await as('1', (ctx) => notesOf(ctx).get(made.id))
    expect(found).toEqual(made)
    expectTypeOf(found).toEqualTypeOf<typeof notes.$inferSelect | undefined>()
    expect(await as('2', (ctx) => notesOf(ctx).get(made.id))).toBeUndefined()
  })

  test('conditions are Drizzle’s, on the table or on the row', async () => {
    await as('1', (ctx) => notesOf(ctx).create(['b', 'a', 'c'].map((text, at) => ({ owner: 1, text, ratio: at }))))
    await as('2', (ctx) => notesOf(ctx).create({ owner: 2, text: 'a' }))
    const texts = (where: Parameters<ResourceRows<typeof notes>['find']>[0]): Promise<string[]> =>
      as('1', async (ctx) => (await notesOf(ctx).find({ order: { text: 'asc' }, ...where })).map((it) => it.text))
    // The limit of requests is not one of code.
    expect(await texts({})).toEqual(['a', 'b', 'c'])
    expect(await texts({ where: eq(notes.text, 'a') })).toEqual(['a'])
    expect(await texts({ where: (row) => gt(row.ratio, 0) })).toEqual(['a', 'c'])
    expect(await texts({ where: sql`${notes.text} = any(${sql.param(['a', 'b'])})` })).toEqual(['a', 'b'])
    expect(await texts({ where: inArray(notes.text, ['c', 'x']) })).toEqual(['c'])
    expect(await texts({ where: () => undefined, order: { text: 'desc' }, limit: 1, offset: 1 })).toEqual(['b'])
    const few = await as('1', (ctx) => notesOf(ctx).find({ columns: ['text', 'owner'], limit: 1 }))
    expectTypeOf(few).toEqualTypeOf<{ text: string; owner: number }[]>()
    expect(Object.keys(few[0]!)).toEqual(['text', 'owner'])
  })

  test('what the server sets, and what nobody writes, has no place in the type of a new row', () => {
    type New = Parameters<ReturnType<(typeof Owned extends Service<infer F> ? F : never)['for']>['update']>[1]
    expectTypeOf<New>().toEqualTypeOf<{ a?: number | null | undefined }>()
  })

  test('a column that the asker may not read is missing, and can’t be asked for', async () => {
    await own.engine.script(`INSERT INTO notes (owner_id, text, secret) VALUES (1, 'x', 's'), (3, 'y', 't')`)
    expect(await as('1', async (ctx) => 'secret' in (await notesOf(ctx).find())[0]!)).toBe(false)
    expect(await as('3 editor', async (ctx) => (await notesOf(ctx).find())[0]!.secret)).toBe('t')
    await expect(as('1', (ctx) => notesOf(ctx).find({ columns: ['secret'] }))).rejects.toThrow('column notes.secret does not exist')
    await expect(as('1', (ctx) => notesOf(ctx).create({ owner: 1, text: 'x', secret: 'mine' }))).rejects.toThrow(
      "Could not find the 'secret' column of 'notes'",
    )
  })

  test('what a rule refuses is a problem, and nothing of it remains', async () => {
    await expect(
      as('1', (ctx) =>
        notesOf(ctx).create([
          { owner: 1, text: 'a' },
          { owner: 2, text: 'b' },
        ]),
      ),
    ).rejects.toMatchObject({
      code: 'forbidden',
      status: 403,
    })
    await expect(as(undefined, (ctx) => notesOf(ctx).create({ owner: 1, text: 'a' }))).rejects.toMatchObject({ code: 'not-signed-in' })
    expect(await own.engine.query({ text: 'SELECT * FROM notes', values: [] })).toEqual([])
    expect(effects).toEqual([])
    await expect(as('1', (ctx) => ctx.use(Pairs).for(ctx).delete({ a: 1, b: 2 }))).rejects.toMatchObject({ code: 'forbidden' })
    // Nobody may read it, so that it can't be given back.
    await expect(as('1', (ctx) => ctx.use(Bare).for(ctx).create({ text: 'a' }))).rejects.toMatchObject({ code: 'forbidden' })
    expect(await own.engine.query({ text: 'SELECT * FROM bare', values: [] })).toEqual([])
  })

  test('a key that is taken is a conflict', async () => {
    const pair = { a: 1, b: 2, text: 'x' }
    expect(await as('1', (ctx) => ctx.use(Pairs).for(ctx).create(pair))).toEqual(pair)
    await expect(as('1', (ctx) => ctx.use(Pairs).for(ctx).create(pair))).rejects.toMatchObject({ code: 'conflict', status: 409 })
  })

  test('rows are changed and deleted by key or by condition, those of others never', async () => {
    const [a, b, c] = await as('1', (ctx) => notesOf(ctx).create(['a', 'b', 'c'].map((text) => ({ owner: 1, text }))))
    const other = await as('2', (ctx) => notesOf(ctx).create({ owner: 2, text: 'a' }))
    expect(await as('1', (ctx) => notesOf(ctx).update(a!.id, { text: 'A', big: 1n }))).toEqual({ ...a, text: 'A', big: 1n })
    expect(await as('1', (ctx) => notesOf(ctx).update(other.id, { text: 'A' }))).toBeUndefined()
    const changed = await as('1', (ctx) => notesOf(ctx).update({ where: (row) => inArray(row.text, ['b', 'c']) }, { flag: true }))
    expect(changed.map((it) => [it.text, it.flag]).toSorted()).toEqual([
      ['b', true],
      ['c', true],
    ])
    expect(await as('1', (ctx) => notesOf(ctx).delete(b!.id))).toBe(true)
    expect(await as('1', (ctx) => notesOf(ctx).delete(b!.id))).toBe(false)
    expect(await as('1', (ctx) => notesOf(ctx).delete(other.id))).toBe(false)
    expect(await as('1', (ctx) => notesOf(ctx).delete({ where: eq(notes.owner, 1) }))).toBe(2)
    expect(await as('2', async (ctx) => (await notesOf(ctx).find()).length)).toBe(1)
    await expect(as('1', (ctx) => notesOf(ctx).update(other.id, { owner: 2 }))).resolves.toBeUndefined()
    expect(c).toBeDefined()
  })

  test('it joins the transaction that is under way, and hooks wait for its commit', async () => {
    const broken = as('1', (ctx) =>
      transaction(async () => {
        await notesOf(ctx).create({ owner: 1, text: 'a' })
        expect((await notesOf(ctx).find()).length).toBe(1)
        throw new Error('no')
      }),
    )
    await expect(broken).rejects.toThrow('no')
    expect(effects).toEqual([])
    expect(await as('1', (ctx) => notesOf(ctx).find())).toEqual([])
    await as('1', (ctx) =>
      transaction(async () => {
        await notesOf(ctx).create([
          { owner: 1, text: 'a' },
          { owner: 1, text: 'b' },
        ])
        expect(effects).toEqual([])
      }),
    )
    expect(effects).toEqual(['create a,b'])
  })

  test.each<[string, (rows: ResourceRows<typeof notes>) => Promise<unknown>, string]>([
    ['a limit below zero', (rows) => rows.find({ limit: -1 }), 'find: limit is no whole number of zero or more'],
    ['an order of no kind', (rows) => rows.find({ order: { text: 'up' as 'asc' } }), "find: order.text is neither 'asc' nor 'desc'"],
    ['an order by no column', (rows) => rows.find({ order: { nothing: 'asc' } as never }), 'column notes.nothing does not exist'],
    ['no column', (rows) => rows.find({ columns: ['nothing' as 'text'] }), "find: the table has no column 'nothing'"],
    ['a value of no column', (rows) => rows.create({ owner: 1, text: 'x', nothing: 1 } as never), "the table has no column 'nothing'"],
    ['SQL as a value', (rows) => rows.create({ owner: 1, text: sql`now()` as never }), "'text' is SQL; write values here"],
    ['a key of several columns', (rows) => rows.get({ owner: 1, text: 'x' }), 'its key is id'],
    ['a condition that is none', (rows) => rows.find({ where: (() => 'x') as never }), 'where: give a condition of Drizzle'],
  ])('%s is a mistake', async (_, handle, message) => {
    await expect(as('1', (ctx) => handle(notesOf(ctx)))).rejects.toThrow(message)
  })

  test('what counts itself is a number, as Drizzle gives it', async () => {
    const rows = (ctx: Context): ResourceRows<typeof counted> => ctx.use(Counted).for(ctx)
    const row = { id: 1, small: 1, big: 1, vast: 1n }
    expect(await as('1', (ctx) => rows(ctx).create({}))).toEqual(row)
    expect(await as('1', (ctx) => rows(ctx).get(1))).toEqual(row)
  })

  test('a resource that the application does not list is told of', async () => {
    await expect(as('1', (ctx) => ctx.use(Unlisted).for(ctx).find())).rejects.toThrow(
      "Resource 'unlisted' is used, but the application does not list it",
    )
    await expect(as('1', (ctx) => ctx.use(Bare).for(ctx).get(1))).rejects.toThrow('its key is missing: choose rows by { where }')
  })
})
