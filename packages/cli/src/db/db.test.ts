import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import pg from 'pg'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { testIo } from '../fixtures/io.ts'
import { Installed, type Project } from '../fixtures/installed.ts'
import { main } from '../main.ts'

const server = { host: '127.0.0.1', port: 5432, user: 'postgres', connectionTimeoutMillis: 3_000 }

async function ask(database: string, text: string): Promise<readonly unknown[]> {
  const client = new pg.Client({ ...server, database })
  await client.connect()
  try {
    return (await client.query<object>(text)).rows
  } finally {
    await client.end()
  }
}

const available = await ask('postgres', 'SELECT 1').then(
  () => true,
  (error: unknown) => {
    if (process.env['CI'] === 'true') throw new Error('PostgreSQL does not answer on 127.0.0.1:5432', { cause: error })
    console.warn('SKIPPED: PostgreSQL does not answer on 127.0.0.1:5432, so the commands were not held against it')
    return false
  },
)

const schema = (columns: string): string => `import { integer, pgTable, text } from 'drizzle-orm/pg-core'
export const posts = pgTable('posts', { id: integer().primaryKey(), ${columns} })
`
const schemaFile = './schema.ts'
const app = `import { app } from 'plinth'
import { database, Database } from '@plinth/data'
import * as schema from '${schemaFile}'
export default app().use(database({ schema })).get('/posts', async ({ use }) => ({ posts: await (use(Database) as any).select().from(schema.posts) }))
`
const files = { 'app.ts': app, 'schema.ts': schema('title: text()') }

let installed: Installed
beforeAll(async () => {
  installed = await Installed.make(true)
}, 60_000)
afterAll(() => installed.remove(), 30_000)

describe.skipIf(!available)('plinth db on a server', { timeout: 240_000 }, () => {
  let name: string
  let env: { readonly [name: string]: string }
  let project: Project
  const rows = (text: string): Promise<readonly unknown[]> => ask(name, text)
  beforeEach(async () => {
    name = `plinth_cli_${process.pid}_${Math.random().toString(36).slice(2, 10)}`
    await ask('postgres', `CREATE DATABASE ${name}`)
    env = { DATABASE_URL: `postgres://postgres@127.0.0.1:5432/${name}` }
    project = installed.project(files)
  })
  afterEach(async () => void (await ask('postgres', `DROP DATABASE ${name} WITH (FORCE)`)))

  test('push does what is safe, tells every statement, and refuses to lose rows where nobody can be asked', async () => {
    const first = await project.run(['db', 'push'], env)
    expect([first.code, first.stdout]).toEqual([0, ''])
    expect(first.stderr).toContain('CREATE TABLE "posts"')
    expect(first.stderr).toContain(`✓ 1 change in ${name} on 127.0.0.1:5432`)
    expect((await project.run(['db', 'push'], env)).stderr).toContain('is what the schema says')
    await rows(`INSERT INTO posts VALUES (1, 'a')`)
    project.write('schema.ts', schema(''))
    const refused = await project.run(['db', 'push'], env)
    expect(refused.code).toBe(1)
    expect(refused.stderr).toContain('drops column title of posts, which has a value in 1 row')
    expect(refused.stderr).toContain('To go on all the same: --accept-data-loss')
    expect(await rows('SELECT * FROM posts')).toEqual([{ id: 1, title: 'a' }])
    const dry = await project.run(['db', 'push', '--dry-run'], env)
    expect(dry).toMatchObject({ code: 0, stdout: 'ALTER TABLE "posts" DROP COLUMN "title";\n' })
    expect((await project.run(['db', 'push', '--accept-data-loss'], env)).code).toBe(0)
    expect(await rows('SELECT * FROM posts')).toEqual([{ id: 1 }])
  })

  test('plinth dev says what a server lacks of the schema and of its migrations, and looks again when they change', async () => {
    const dev = project.start(['dev', '--port', '0'], env)
    await dev.says(new RegExp(`! The schema has posts, which ${name} on 127.0.0.1:5432 has not; run: plinth db push`))
    await project.run(['db', 'generate', '--name', 'first'], env)
    await dev.says(/_journal\.json changed/)
    await dev.says(new RegExp(`! The migration 0000_first is not applied in ${name} on .*; run: plinth db migrate`))
    await project.run(['db', 'migrate'], env)
    project.write('schema.ts', schema('title: text(), more: text(), most: text()'))
    await dev.says(/! The schema has posts\.more and 1 other, which .* has not; run: plinth db generate, then plinth db migrate/)
    expect((await dev.stop()).code).toBe(0)
  })

  test('plinth dev applies a migration as soon as it is written, and says where the schema is ahead of them', async () => {
    project.write('app.ts', app.replace('{ schema }', "{ schema, migrate: 'migrations' }"))
    const generate = ['db', 'generate', '--folder', 'migrations', '--name']
    await project.run([...generate, 'first'], env)
    const dev = project.start(['dev', '--port', '0'], env)
    await dev.says(/"migration":"0000_first"/)
    await dev.says(/ready in/)
    project.write('schema.ts', schema('title: text(), more: text()'))
    await dev.says(/! The schema has posts\.more, which .* has not; run: plinth db generate\n/)
    await project.run([...generate, 'second'], env)
    await dev.says(/"migration":"0001_second"/)
    expect((await dev.stop()).code).toBe(0)
  })

  test('push does not wait for an answer to a question about names that nobody hears', async () => {
    await project.run(['db', 'push'], env)
    project.write('schema.ts', schema('heading: text()'))
    const { code, stderr } = await project.run(['db', 'push'], env)
    expect(code).toBe(1)
    expect(stderr).toContain("Is column 'heading' of public.posts new, or another name for 'title', which is gone from the schema?")
    expect(stderr).toContain('--no-renames')
  })

  test('generate, migrate and status: a life of migrations', async () => {
    expect((await project.run(['db', 'generate', '--name', 'first'])).stderr).toContain('✓ 1 statement in drizzle/0000_first.sql')
    expect((await project.run(['db', 'generate'])).stderr).toContain('Nothing has changed since the last migration')
    const before = await project.run(['db', 'status', '--check'], env)
    expect(before.code).toBe(1)
    expect(before.stdout).toMatch(/… 0000_first pending/)
    expect(before.stdout).toMatch(/! it differs from the schema; 1 statement would mend that:\n +CREATE TABLE/)
    expect(await rows(`SELECT to_regnamespace('plinth') AS it`)).toEqual([{ it: null }])
    const nodes = await Promise.all(Array.from({ length: 3 }, () => project.run(['db', 'migrate'], env)))
    expect(nodes.map((it) => it.code)).toEqual([0, 0, 0])
    expect(nodes.filter((it) => it.stderr.includes('✓ 1 migration applied'))).toHaveLength(1)
    const after = await project.run(['db', 'status', '--check'], env)
    expect([after.code, after.stdout]).toEqual([0, expect.stringMatching(/✓ 0000_first\n {2}✓ it is what the schema says/)])
    project.write('drizzle/0000_first.sql', 'SELECT 1;')
    const changed = await project.run(['db', 'migrate'], env)
    expect([changed.code, changed.stderr]).toEqual([1, expect.stringContaining('0000_first.sql was changed after it was applied')])
    expect(JSON.parse((await project.run(['db', 'status', '--json'], env)).stdout)).toMatchObject({
      changed: ['0000_first'],
      drift: { statements: [] },
    })
  })

  test('migrate needs no application, only its address and the files', async () => {
    await project.run(['db', 'generate', '--name', 'first'])
    const bare = installed.project({ 'package.json': '{}' })
    for (const file of ['0000_first.sql', 'meta/_journal.json'])
      bare.write(`drizzle/${file}`, readFileSync(join(project.folder, 'drizzle', file), 'utf8'))
    const { code, stderr } = await bare.run(['db', 'migrate'], env)
    expect([code, stderr]).toEqual([0, expect.stringContaining('1 migration applied')])
  })

  test('seed runs with the services of the application; reset begins again, but not unasked', async () => {
    project.write(
      'seed.ts',
      `import { Database } from '@plinth/data'\nimport { posts } from '${schemaFile}'\nexport default async ({ use }: any) => { await use(Database).insert(posts).values({ id: 7, title: 'seeded' }) }\n`,
    )
    await project.run(['db', 'push'], env)
    const seeded = await project.run(['db', 'seed'], env)
    expect([seeded.code, seeded.stderr]).toEqual([0, '✓ seed.ts has run\n'])
    expect(await rows('SELECT * FROM posts')).toEqual([{ id: 7, title: 'seeded' }])
    const again = await project.run(['db', 'seed'], env)
    expect([again.code, again.stderr]).toEqual([1, expect.stringMatching(/✗ seed\.ts failed\n[^]*duplicate key[^]*at {2}seed\.ts:3:/)])
    const unasked = await project.run(['db', 'reset'], env)
    expect([unasked.code, unasked.stderr]).toEqual([
      2,
      expect.stringContaining(`nothing is taken out of ${name} on 127.0.0.1:5432 without --yes`),
    ])
    expect((await project.run(['db', 'reset'], { ...env, NODE_ENV: 'production' })).stderr).toContain('This is production')
    expect(await rows('SELECT count(*)::int AS n FROM posts')).toEqual([{ n: 1 }])
    const reset = await project.run(['db', 'reset', '--yes'], env)
    expect([reset.code, reset.stderr]).toEqual([0, expect.stringContaining('is new, by 1 statement')])
    expect(await rows('SELECT * FROM posts')).toEqual([])
  })

  test('migrate on a database that was pushed says what to do', async () => {
    await project.run(['db', 'push'], env)
    await project.run(['db', 'generate', '--name', 'init'], env)
    const { code, stderr } = await project.run(['db', 'migrate'], env)
    expect([code, stderr]).toEqual([1, expect.stringMatching(/relation "posts" already exists\n {2}fix .*plinth db push.*plinth db reset/)])
  })

  test('pull writes the schema of tables that exist, once', async () => {
    await rows('CREATE TABLE old_things (id serial PRIMARY KEY, made_at timestamptz NOT NULL DEFAULT now())')
    const bare = installed.project({ 'package.json': '{}' })
    const shown = await bare.run(['db', 'pull'], env)
    expect(shown.stdout).toContain(`export const oldThings = pgTable('old_things', {`)
    expect((await bare.run(['db', 'pull', '--out', 'schema.ts'], env)).stderr).toContain('✓ 1 table of')
    expect(readFileSync(join(bare.folder, 'schema.ts'), 'utf8')).toBe(shown.stdout)
    const again = await bare.run(['db', 'pull', '--out', 'schema.ts'], env)
    expect([again.code, again.stderr]).toEqual([2, expect.stringContaining('schema.ts is there already')])
    expect((await bare.run(['db', 'push', '--schema', 'schema.ts'], env)).stderr).toContain('is what the schema says')
  })

  test('a database that is not there is told, without a stack', async () => {
    const { code, stderr } = await project.run(['db', 'migrate'], { DATABASE_URL: 'postgres://postgres@127.0.0.1:1/none' })
    expect(code).toBe(1)
    expect(stderr).toContain('The database was not migrated')
    expect(stderr).not.toMatch(/node_modules|\bat .*:\d+:\d+/)
  })
})

describe('plinth db on an embedded database', { timeout: 240_000 }, () => {
  test('plinth dev keeps it like the schema, says what it did, and leaves what would lose rows', async () => {
    const project = installed.project(files)
    project.write('package.json', '{"type":"module"}')
    const dev = project.start(['dev', '--port', '0'])
    await dev.says(/CREATE TABLE "posts"[^]*1 change in \.plinth\/db/)
    const [, url] = await dev.says(/(http:\/\/localhost:\d+)/)
    await dev.says(/ready in/)
    expect(await (await fetch(`${url}/posts`)).json()).toEqual({ posts: [] })
    project.write('schema.ts', schema('title: text(), more: text()'))
    await dev.says(/ADD COLUMN "more"/)
    await dev.says(/ready again/)
    const busy = await project.run(['db', 'status'])
    expect([busy.code, busy.stderr]).toEqual([
      1,
      expect.stringMatching(
        /The database in .plinth\/db is open in process \d+, and an embedded database serves one process\n {2}fix stop that process/,
      ),
    ])
    const doctor = await project.run(['doctor'])
    expect([doctor.code, doctor.stdout]).toEqual([0, expect.stringContaining('✓ The application would start')])
    expect((await dev.stop()).code).toBe(0)
    expect(existsSync(join(project.folder, '.plinth/db.lock'))).toBe(false)
    project.write(
      'seed.ts',
      `import { Database } from '@plinth/data'\nimport { posts } from '${schemaFile}'\nexport const seed = async ({ use }: any) => { await use(Database).insert(posts).values({ id: 1, title: 'a' }) }\n`,
    )
    expect((await project.run(['db', 'seed'])).code).toBe(0)
    project.write('schema.ts', schema(''))
    const second = project.start(['dev', '--port', '0'])
    await second.says(
      /not pushed, since that would lose something:\n.*drops column title of posts, which has a value in 1 row\n.*plinth db push/,
    )
    await second.says(/ready in/)
    await second.stop()
    expect((await project.run(['db', 'push', '--accept-data-loss'])).code).toBe(0)
    expect((await project.run(['db', 'status'])).stdout).toContain('it is what the schema says')
    expect(existsSync(join(project.folder, '.plinth/db'))).toBe(true)
  })
})

describe('plinth db', () => {
  const said = async (argv: readonly string[], cwd = installed.folder): Promise<{ code: number; out: string; err: string }> => {
    const io = testIo({ cwd })
    return { code: await main(argv, io), out: io.stdout.text, err: io.stderr.text }
  }
  const verbs = ['push', 'generate', 'migrate', 'status', 'seed', 'reset', 'pull']

  test('is several commands', async () => {
    expect(await said(['db'])).toMatchObject({
      code: 2,
      err: expect.stringContaining(`plinth db is several commands; there are ${verbs.join(', ')}`),
    })
    expect(await said(['db', 'psuh'])).toMatchObject({ code: 2, err: expect.stringContaining("did you mean 'plinth db push'?") })
    const { code, out } = await said(['help', 'db'])
    expect(code).toBe(0)
    for (const verb of verbs) expect(out).toMatch(new RegExp(`^  db ${verb} {2}`, 'm'))
  })

  test.each(verbs)('tells how %s is used', async (verb) => {
    const first = await said(['help', 'db', verb])
    expect(first).toMatchObject({ code: 0, err: '', out: expect.stringContaining(`Usage  plinth db ${verb} [entry] [options]`) })
    expect(await said(['db', verb, '--help'])).toEqual(first)
  })

  test.each([
    [['db', 'push', '--schema', 'gone.ts'], '--schema: there is no file gone.ts'],
    [['db', 'push', 'app.ts', '--schema', 'x.ts'], 'Either app.ts or --schema, not both'],
    [['db', 'push'], 'No application in'],
    [['db', 'push', '--accept'], 'did you mean --accept-data-loss?'],
  ])('%j is asked wrongly', async (argv, message) => {
    expect(await said(argv)).toMatchObject({ code: 2, err: expect.stringContaining(message) })
  })

  test('without a database, a schema or drizzle-kit says what is missing', { timeout: 120_000 }, async () => {
    const none = installed.project({ 'app.ts': `import { app } from 'plinth'\nexport default app()\n` })
    expect((await none.run(['db', 'push'])).stderr).toContain('It does not use database(…)')
    const bare = installed.project({
      'app.ts': `import { app } from 'plinth'\nimport { database } from '@plinth/data'\nexport default app().use(database())\n`,
    })
    expect((await bare.run(['db', 'push'])).stderr).toContain('database(…) was given no schema')
    const empty = installed.project({ ...files, 'seed.ts': 'export const a = 1\n' })
    expect((await empty.run(['db', 'seed'])).stderr).toContain("seed.ts exports no function as its default or as 'seed'")
  })
})
