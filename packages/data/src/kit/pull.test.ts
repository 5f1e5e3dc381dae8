import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { databasesOf, type EngineDatabase } from '../fixtures/engine-database.ts'
import { engines } from '../fixtures/engines.ts'
import type { DrizzleSchema } from './compare.ts'
import { everything } from './fixtures/everything.ts'
import { loadKit } from './load-kit.ts'
import { memberName } from './names.ts'
import { pull } from './pull.ts'
import { planPush, push } from './push.ts'

const here = fileURLToPath(import.meta.url)
const kit = await loadKit(here)
let database: EngineDatabase

/** Loads a pulled module; it must stand where it finds drizzle-orm. */
async function load(text: string): Promise<DrizzleSchema> {
  const folder = mkdtempSync(join(dirname(here), 'fixtures', 'pulled-'))
  try {
    writeFileSync(join(folder, 'schema.ts'), text)
    return (await import(join(folder, 'schema.ts'))) as DrizzleSchema
  } finally {
    rmSync(folder, { recursive: true })
  }
}

describe.each(engines)('pull on $kind', (kind) => {
  const next = databasesOf(kind)
  beforeEach(async () => void (database = await next()), 60_000)
  afterEach(() => database.drop())

  test('writes a schema for which push finds nothing to do in that database', async () => {
    const { told: _, ...schema } = everything()
    await push(database.engine, kit, schema)
    const { text, tables } = await pull(database.engine, { schemas: ['public', 'other'] })
    expect(tables).toBe(3)
    expect(text).not.toContain('plinth')
    const { statements } = await planPush(database.engine, kit, await load(text))
    expect(statements).toEqual([])
  })

  test('of tables that Drizzle did not make: odd names, keywords, types without a word of their own', async () => {
    await database.engine.script(`CREATE DOMAIN code AS text;
CREATE TABLE "order" ("class" serial PRIMARY KEY, "it's" text DEFAULT 'it''s \`\${x}\`\\', "2nd" int2[], "a b" tsvector, "a_b" code, at time(2) with time zone, n numeric(6), later bigint);
CREATE TABLE zz_first (id bigserial PRIMARY KEY, up bigint REFERENCES zz_first ON DELETE SET NULL, "order" int NOT NULL REFERENCES "order");
CREATE INDEX by_time ON zz_first USING brin (id) WITH (pages_per_range = 16);
CREATE INDEX by_up ON zz_first (up DESC NULLS LAST, id DESC)`)
    const { text, notes } = await pull(database.engine)
    const loaded = await load(text)
    expect(Object.keys(loaded).sort()).toEqual(['order', 'zzFirst'])
    expect((await planPush(database.engine, kit, loaded)).statements).toEqual([])
    expect(notes).toEqual([])
  })
})

test.each([
  ['user_names', 'userNames'],
  ['User', 'user'],
  ['ID', 'id'],
  ['2nd', '_2nd'],
  ['a b-c', 'aBC'],
  ['***', 'unnamed'],
])('%s is called %s', (name, expected) => expect(memberName(name)).toBe(expected))
