import { generateDrizzleJson, generateMigration } from 'drizzle-kit/api'
import { sql } from 'drizzle-orm'
import * as pg from 'drizzle-orm/pg-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createDatabase, hasPostgres, type TestDatabase } from '../fixtures/database.ts'
import type { Column, Model, Relationship, Table } from './contract.ts'
import { modelFromDrizzle } from './from-drizzle.ts'
import { introspect } from './introspect.ts'

const mood = pg.pgEnum('mood', ['glad', 'sad'])
const shop = pg.pgSchema('shop')
const size = shop.enum('size of things', ['s', 'm'])

const users = pg.pgTable('users', {
  id: pg.serial().primaryKey(),
  fullName: pg.varchar('full_name', { length: 80 }).notNull(),
  email: pg.text().notNull().unique(),
  mood: mood().default('glad'),
  moods: mood().array(),
  bossId: pg.integer('boss_id').references((): pg.AnyPgColumn => users.id),
})

const everything = shop.table(
  'every thing',
  {
    key: pg.bigint({ mode: 'bigint' }).primaryKey().generatedAlwaysAsIdentity(),
    seq: pg.integer().generatedByDefaultAsIdentity(),
    small: pg.smallint().default(3),
    big: pg.bigserial({ mode: 'number' }),
    price: pg.numeric({ precision: 10, scale: 2 }).default('1.50'),
    whole: pg.numeric({ precision: 4 }),
    free: pg.numeric(),
    real: pg.real(),
    double: pg.doublePrecision().default(0.5),
    flag: pg.boolean().default(true),
    flags: pg.boolean().array(),
    letter: pg.char(),
    code: pg.char({ length: 4 }).default("it's"),
    words: pg.varchar().array().default(['a', 'b,c']),
    text: pg.text().default(sql`upper('x')`),
    json: pg.json(),
    data: pg.jsonb().default({ a: [1, 'its'] }),
    day: pg.date(),
    at: pg.timestamp().defaultNow(),
    exact: pg.timestamp({ withTimezone: true, precision: 3 }),
    time: pg.time({ precision: 2 }),
    zoned: pg.time({ withTimezone: true }),
    span: pg.interval(),
    days: pg.interval({ fields: 'day to second', precision: 3 }),
    uuid: pg.uuid().defaultRandom(),
    address: pg.inet(),
    net: pg.cidr(),
    mac: pg.macaddr(),
    spot: pg.point(),
    grid: pg.integer().array().array(),
    size: size(),
    twice: pg.integer().generatedAlwaysAs(sql`2 * 2`),
    ownerId: pg
      .integer('owner_id')
      .notNull()
      .references(() => users.id, { onDelete: 'cascade' }),
  },
  (it) => [pg.unique('both').on(it.small, it.real), pg.index().on(it.text)],
)

const links = pg.pgTable(
  'links',
  {
    user: pg.integer('user_id').references(() => users.id),
    thing: pg.bigint('thing_id', { mode: 'number' }),
    aVeryLongNameOfAColumnThatMakesTheNameOfItsKeyLongerThanNamesCanBe: pg
      .integer('a_very_long_name_of_a_column_that_makes')
      .references(() => users.id),
  },
  (it) => [
    pg.primaryKey({ columns: [it.user, it.thing] }),
    pg.foreignKey({ columns: [it.thing], foreignColumns: [everything.key], name: 'to a thing' }),
  ],
)

const tables = [users, everything, links]

/** What the two ways of reading may tell in different words. */
function comparable(model: Model, renamed: (table: Table, column: string) => string): unknown {
  const all = model.schemas.flatMap((it) => model.tables(it)).toSorted((a, b) => (a.sqlName < b.sqlName ? -1 : 1))
  return all.map((table) => {
    const names = (list: readonly string[]): string[] => list.map((it) => renamed(table, it))
    const other = (schema: string, name: string): Table => all.find((it) => it.schema === schema && it.name === name)!
    return {
      ...table,
      primaryKey: names(table.primaryKey),
      uniques: table.uniques.map((it) => names(it).join()).toSorted(),
      foreignKeys: table.foreignKeys.map((key) => ({
        ...key,
        columns: names(key.columns),
        references: key.references.map((it) => renamed(other(key.schema, key.table), it)),
      })),
      columns: [...table.columns.values()].map((it) => ({
        ...it,
        name: it.sqlName,
        defaultExpression: it.defaultExpression !== undefined,
      })),
      ways: model
        .relationships(table)
        .map((it) => way(it, renamed))
        .toSorted(),
    }
  })
}

function way(it: Relationship, renamed: (table: Table, column: string) => string): string {
  const near = it.junction?.table ?? it.target
  const on = it.on.map(([own, theirs]) => `${renamed(it.source, own)}=${renamed(near, theirs)}`)
  const through = it.junction === undefined ? '' : ` through ${it.junction.table.name} ${it.junction.constraint}`
  return `${it.cardinality} ${it.source.name} ${it.target.name} ${it.constraint} ${it.forward} ${on.join()}${through}`
}

describe.skipIf(!(await hasPostgres()))('a model from Drizzle', () => {
  let database: TestDatabase
  let found: Model
  const model = modelFromDrizzle(tables)
  beforeAll(async () => {
    database = await createDatabase()
    const schema = { mood, shop, size, users, everything, links }
    for (const statement of await generateMigration(generateDrizzleJson({}), generateDrizzleJson(schema))) await database.script(statement)
    found = await introspect(database.query, ['public', 'shop'])
  })
  afterAll(() => database.drop())

  test('is that of the database made from the same schema', () => {
    const sqlName = (table: Table, column: string): string => table.columns.get(column)!.sqlName
    expect(comparable(model, sqlName)).toEqual(comparable(found, sqlName))
  })

  test('knows defaults that have the same value', async () => {
    const expressions = (column: Column): string => `SELECT (${column.defaultExpression})::text AS value`
    let compared = 0
    for (const table of model.schemas.flatMap((it) => model.tables(it))) {
      const other = found.table(table.schema, table.name)!
      for (const column of table.columns.values()) {
        const theirs = other.columns.get(column.sqlName)!
        if (column.defaultExpression === undefined || /nextval|now|random/.test(column.defaultExpression)) continue
        const [a, b] = [await database.query(expressions(column), []), await database.query(expressions(theirs), [])]
        expect(a, column.name).toEqual(b)
        compared++
      }
    }
    expect(compared).toBe(9)
    for (const [table, column] of [
      ['users', 'id'],
      ['every thing', 'seq'],
      ['every thing', 'big'],
    ]) {
      const it = model.table(table === 'users' ? 'public' : 'shop', table!)!.columns.get(column!)!
      expect((await database.query(`SELECT ${it.defaultExpression} AS value`, []))[0]).toHaveProperty('value')
    }
  })

  test('calls columns what the schema calls them, and ways along them without Id', () => {
    const table = model.table('public', 'users')!
    expect([...table.columns.keys()]).toEqual(['id', 'fullName', 'email', 'mood', 'moods', 'bossId'])
    const forward = model.relationships(table).find((it) => it.forward)!
    expect(forward.names).toEqual(['boss'])
    expect(forward.on).toEqual([['bossId', 'id']])
  })

  test('takes other names for tables and one schema for all', () => {
    const named = modelFromDrizzle(tables, {
      schema: 'api',
      nameOf: (it) => (it === everything ? 'things' : it === users ? 'people' : 'links'),
    })
    expect(named.tables('api').map((it) => `${it.name} ${it.sqlSchema}.${it.sqlName}`)).toEqual([
      'people public.users',
      'things shop.every thing',
      'links public.links',
    ])
    expect(named.relationships(named.table('api', 'things')!).map((it) => it.target.name)).toContain('people')
  })

  test('follows the casing of columns without names', async () => {
    const plain = pg.pgTable('plain', {
      someId: pg.integer().primaryKey(),
      otherId: pg.integer().references((): pg.AnyPgColumn => plain.someId),
    })
    for (const statement of await generateMigration(
      generateDrizzleJson({}),
      generateDrizzleJson({ plain }, undefined, undefined, 'snake_case'),
    )) {
      await database.script(statement)
    }
    const theirs = (await introspect(database.query, ['public'])).table('public', 'plain')!
    const own = modelFromDrizzle([plain], { casing: 'snake_case' }).table('public', 'plain')!
    expect([...own.columns.values()].map((it) => it.sqlName)).toEqual([...theirs.columns.keys()])
    expect(own.foreignKeys.map((it) => it.name)).toEqual(theirs.foreignKeys.map((it) => it.name))
    await database.script('DROP TABLE plain')
  })
})
