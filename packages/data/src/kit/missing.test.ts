import { integer, pgSchema, pgTable, text } from 'drizzle-orm/pg-core'
import { describe, expect, test } from 'vitest'
import { databasesOf } from '../fixtures/engine-database.ts'
import { engines } from '../fixtures/engines.ts'
import { missingIn } from './missing.ts'

const long = 'a_name_that_is_longer_than_the_sixty_three_bytes_that_postgresql_keeps_of_one'

describe.each(engines)('what $kind lacks of a schema', (kind) => {
  const next = databasesOf(kind)

  test('is told by tables and columns, as the database calls them', { timeout: 60_000 }, async () => {
    const database = await next()
    try {
      await database.engine.script(`CREATE TABLE posts (id integer, gone text, "made_at" text); ALTER TABLE posts DROP COLUMN gone;
CREATE SCHEMA shop; CREATE TABLE shop.goods (id integer); CREATE TABLE ${long} (id integer); CREATE VIEW seen AS SELECT 1 AS id`)
      const posts = pgTable('posts', { id: integer(), gone: text(), madeAt: text() })
      const goods = pgSchema('shop').table('goods', { id: integer(), price: integer() })
      const tags = pgTable('tags', { id: integer(), name: text() })
      const rest = { again: posts, long: pgTable(long, { id: integer() }), seen: pgTable('seen', { id: integer() }), other: 1 }
      expect(await missingIn(database.engine, { posts, goods, tags, ...rest }, 'snake_case')).toEqual([
        'posts.gone',
        'tags',
        'shop.goods.price',
      ])
      expect(await missingIn(database.engine, { posts })).toEqual(['posts.gone', 'posts.madeAt'])
      expect(await missingIn(database.engine, {})).toEqual([])
    } finally {
      await database.drop()
    }
  })
})
