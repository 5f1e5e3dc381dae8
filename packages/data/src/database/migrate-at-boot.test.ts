import { app, type Built, type Logger } from 'plinth'
import { expect, test } from 'vitest'
import { MigrationFolder } from '../migrations/fixtures/folder.ts'
import { database, DatabaseEngine } from './database.ts'
import { DatabaseDefinition, DatabasePreparation } from './definition.ts'

const logged: unknown[] = []
const nothing = (): void => {}
const log: Logger = {
  debug: nothing,
  info: (...said: unknown[]) => void logged.push(said),
  warn: nothing,
  error: nothing,
  child: () => log,
}
const shop = (folder: string): Promise<Built> =>
  app({ mode: 'test', log })
    .use(database({ migrate: folder, schema: {} }))
    .build({
      replace: [
        DatabasePreparation.with(async (engine, definition) => {
          const rows = await engine.query({ text: 'SELECT count(*)::int AS n FROM a', values: [] })
          logged.push({ prepared: rows, definition })
        }),
      ],
    })

test('an application can migrate at boot, before anything else uses the database', { timeout: 120_000 }, async () => {
  using folder = new MigrationFolder({ '0000_a': 'CREATE TABLE a (n int);', '0001_b': 'INSERT INTO a VALUES (1);' })
  const built = await shop(folder.path)
  expect(await built.use(DatabaseEngine).query({ text: 'SELECT n FROM a', values: [] })).toEqual([{ n: 1 }])
  expect(logged.splice(0)).toEqual([
    [{ migration: '0000_a', tookMs: expect.any(Number) }, 'migration applied'],
    [{ migration: '0001_b', tookMs: expect.any(Number) }, 'migration applied'],
    { prepared: [{ n: 1 }], definition: expect.objectContaining({ schema: {}, engine: expect.objectContaining({ poolSize: 10 }) }) },
  ])
  expect(built.services.map(({ service }) => service)).toContain(DatabaseDefinition)
  await built.close()
})

test('a tool that looks at the definition can have the application built without its migrations', { timeout: 120_000 }, async () => {
  using folder = new MigrationFolder({ '0000_a': 'CREATE TABLE a (n int);' })
  const shop = app({ mode: 'test', log }).use(database({ migrate: folder.path, schema: {} }))
  const seen = await shop.build({ services: false })
  const { migrate, ...definition } = seen.use(DatabaseDefinition)
  expect(migrate).toBe(folder.path)
  const built = await shop.build({ replace: [DatabaseDefinition.with(definition)] })
  const tables = await built.use(DatabaseEngine).query({ text: `SELECT to_regclass('a') AS a`, values: [] })
  expect(tables).toEqual([{ a: null }])
  await built.close()
})

test('an application whose migration fails does not start, and says which and why', { timeout: 120_000 }, async () => {
  using folder = new MigrationFolder({ '0000_a': 'CREATE TABLE a (n nonsense);' })
  await expect(shop(folder.path)).rejects.toMatchObject({
    name: 'BootError',
    problems: [
      {
        code: 'migration-failed',
        message: expect.stringMatching(/0000_a\.sql:1 type "nonsense" does not exist$/),
        fix: expect.stringContaining('nothing of 0000_a was applied'),
      },
    ],
  })
})

test('an application that can not reach what it is to migrate does not start', { timeout: 60_000 }, async () => {
  using folder = new MigrationFolder({ '0000_a': 'CREATE TABLE a (n int);' })
  const building = app({ mode: 'test', log })
    .use(database({ url: 'postgres://postgres@127.0.0.1:1/none', migrate: folder.path }))
    .build()
  await expect(building).rejects.toMatchObject({
    problems: [
      {
        code: 'database-unavailable',
        message: expect.stringContaining('Nothing can be migrated'),
        fix: expect.stringContaining('start it'),
      },
    ],
  })
})
