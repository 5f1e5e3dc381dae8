import { readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { bigint, index, integer, pgTable, text } from 'drizzle-orm/pg-core'
import { describe, expect, test } from 'vitest'
import { databasesOf } from '../fixtures/engine-database.ts'
import { engines } from '../fixtures/engines.ts'
import { MigrationFolder } from '../migrations/fixtures/folder.ts'
import { migrate } from '../migrations/migrate.ts'
import { everything } from './fixtures/everything.ts'
import { generate } from './generate.ts'
import { loadKit } from './load-kit.ts'
import { push } from './push.ts'

const kit = await loadKit(fileURLToPath(import.meta.url))
const posts = pgTable('posts', { id: integer().primaryKey() })
const wider = pgTable('posts', { id: integer().primaryKey(), title: text(), big: bigint({ mode: 'bigint' }).default(3n) }, (t) => [
  index('by_title').on(t.title),
])

describe('generate', () => {
  test('writes a file, a snapshot and a line of the journal, as drizzle-kit does', async () => {
    using folder = new MigrationFolder()
    const first = await generate(kit, { posts }, { folder: folder.path })
    expect(first).toMatchObject({ tag: '0000_create_posts', statements: [expect.stringContaining('CREATE TABLE "posts"')] })
    expect(await generate(kit, { posts }, { folder: folder.path })).toBeUndefined()
    const second = await generate(kit, { posts: wider }, { folder: folder.path, name: 'more' })
    expect(second?.tag).toBe('0001_more')
    expect(readFileSync(second!.file, 'utf8').split('--> statement-breakpoint')).toHaveLength(3)
    const read = (name: string): { readonly id: string; readonly prevId: string } =>
      JSON.parse(readFileSync(join(folder.path, 'meta', name), 'utf8')) as { readonly id: string; readonly prevId: string }
    expect(read('0000_snapshot.json').prevId).toBe('00000000-0000-0000-0000-000000000000')
    expect(read('0001_snapshot.json').prevId).toBe(read('0000_snapshot.json').id)
    expect(read('_journal.json')).toMatchObject({
      version: '7',
      dialect: 'postgresql',
      entries: [
        { idx: 0, version: '7', tag: '0000_create_posts', breakpoints: true },
        { idx: 1, version: '7', tag: '0001_more', breakpoints: true },
      ],
    })
  })

  test('can make an empty one to write by hand; the next goes on from the same place', async () => {
    using folder = new MigrationFolder()
    await generate(kit, { posts }, { folder: folder.path })
    expect((await generate(kit, { posts }, { folder: folder.path, custom: true }))?.tag).toBe('0001_custom')
    expect(await generate(kit, { posts }, { folder: folder.path })).toBeUndefined()
    expect((await generate(kit, { posts: wider }, { folder: folder.path }))?.tag).toMatch(/^0002_/)
  })

  test('does not guess what was renamed', async () => {
    using folder = new MigrationFolder()
    await generate(kit, { posts }, { folder: folder.path })
    const renamed = { articles: pgTable('articles', { id: integer().primaryKey() }) }
    await expect(generate(kit, renamed, { folder: folder.path })).rejects.toThrow(
      "Is table 'public.articles' new, or another name for 'public.posts', which is gone from the schema?",
    )
    const { statements } = (await generate(kit, renamed, { folder: folder.path, renames: 'never' }))!
    expect(statements).toEqual([expect.stringMatching(/^DROP TABLE "posts"/), expect.stringMatching(/^CREATE TABLE "articles"/)])
  })

  test('without the snapshot that it goes on from says so', async () => {
    using folder = new MigrationFolder()
    await generate(kit, { posts }, { folder: folder.path })
    folder.write('meta/0000_snapshot.json', '{"version":"5"}')
    await expect(generate(kit, { posts }, { folder: folder.path })).rejects.toMatchObject({
      fix: expect.stringContaining('drizzle-kit up'),
    })
    folder.write('meta/0000_snapshot.json', '{')
    await expect(generate(kit, { posts }, { folder: folder.path })).rejects.toThrow('0000_snapshot.json is not JSON')
    rmSync(join(folder.path, 'meta/0000_snapshot.json'))
    await expect(generate(kit, { posts }, { folder: folder.path })).rejects.toThrow(
      '0000_snapshot.json is missing, so nobody knows what 0000_create_posts led to',
    )
    await expect(generate(kit, { posts }, { folder: folder.path, name: '../x' })).rejects.toThrow('A name of a migration has')
  })

  test('never writes over a file', async () => {
    using folder = new MigrationFolder()
    folder.write('0000_first.sql', 'SELECT 1')
    await expect(generate(kit, { posts }, { folder: folder.path, name: 'first' })).rejects.toThrow('0000_first.sql is there already')
  })
})

describe.each(engines)('generated migrations on $kind', (kind) => {
  const next = databasesOf(kind)
  test('lead to a database in which push finds nothing to do', async () => {
    using folder = new MigrationFolder()
    const database = await next()
    try {
      const { told: _, ...schema } = everything()
      await generate(kit, schema, { folder: folder.path })
      await migrate(database.engine, { folder: folder.path })
      expect((await push(database.engine, kit, schema)).statements).toEqual([])
    } finally {
      await database.drop()
    }
  })
})
