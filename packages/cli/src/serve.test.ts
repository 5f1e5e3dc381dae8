import pg from 'pg'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { testIo } from './fixtures/io.ts'
import { type Command, Installed } from './fixtures/installed.ts'
import { main } from './main.ts'

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
    console.warn('SKIPPED: PostgreSQL does not answer on 127.0.0.1:5432, so plinth serve was not held against it')
    return false
  },
)

const posix = process.platform !== 'win32'
const secret = 'a secret that is long enough to sign with'
const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url')

async function token(claims: object): Promise<string> {
  const signed = `${part({ alg: 'HS256', typ: 'JWT' })}.${part(claims)}`
  const key = await crypto.subtle.importKey('raw', Buffer.from(secret), { name: 'HMAC', hash: 'SHA-256' }, false, ['sign'])
  return `${signed}.${Buffer.from(await crypto.subtle.sign('HMAC', key, Buffer.from(signed))).toString('base64url')}`
}

describe.skipIf(!available)('plinth serve', { timeout: 120_000 }, () => {
  const name = `plinth_cli_${process.pid}_${Math.random().toString(36).slice(2, 10)}`
  const anon = `${name}_anon`
  const url = `postgres://postgres:hunter2secret@127.0.0.1:5432/${name}`
  let installed: Installed
  let running: Command | undefined
  beforeAll(async () => {
    installed = await Installed.make(true)
    await ask('postgres', `CREATE DATABASE ${name}`)
    await ask(
      name,
      `CREATE ROLE ${anon}; CREATE TABLE posts (id int PRIMARY KEY, title text, published boolean DEFAULT false);
       INSERT INTO posts VALUES (1, 'One', true), (2, 'Two', false); ALTER TABLE posts ENABLE ROW LEVEL SECURITY;
       CREATE POLICY reading ON posts FOR SELECT USING (published OR current_setting('request.jwt.claims')::json->>'sub' = '2');
       GRANT SELECT ON posts TO ${anon}; CREATE SCHEMA api; CREATE TABLE api.things (id int)`,
    )
  }, 120_000)
  afterEach(async () => {
    await running?.stop()
    running = undefined
  })
  afterAll(async () => {
    await installed.remove()
    await ask('postgres', `DROP DATABASE ${name} WITH (FORCE)`)
    await ask('postgres', `DROP ROLE ${anon}`)
  }, 60_000)

  /** Starts it, and gives its address once it listens. */
  async function start(args: readonly string[], files: { readonly [path: string]: string } = {}, env: object = {}): Promise<string> {
    running = installed.project(files).start(['serve', ...args, '--port', '0'], env as { [name: string]: string })
    const [, found] = await running.says(/✓ .+: (http:\S+)/)
    return found as string
  }
  const said = (): string => `${running!.stdout}\n${running!.stderr}`

  test('serves the tables, their document and a page, read-only, and says no secret', async () => {
    const base = await start([url, '--schema', 'public,api', '--prefix', '/rest'])
    expect(said()).toMatch(new RegExp(`✓ public, api of ${name} on 127\\.0\\.0\\.1:5432, read-only: http://127\\.0\\.0\\.1:\\d+/rest`))
    expect(await (await fetch(`${base}/posts?select=id,title&order=id`)).json()).toEqual([
      { id: 1, title: 'One' },
      { id: 2, title: 'Two' },
    ])
    expect(await (await fetch(`${base}/things`, { headers: { 'accept-profile': 'api' } })).json()).toEqual([])
    const refused = await fetch(`${base}/posts`, { method: 'POST', body: '{"id":3}', headers: { 'content-type': 'application/json' } })
    expect([refused.status, await refused.json()]).toMatchObject([405, { code: '25006', message: 'This API is read-only' }])
    const document = (await (await fetch(`${base}/openapi.json`)).json()) as { info: object; paths: object }
    expect([document.info, Object.keys(document.paths)]).toMatchObject([{ title: name }, ['/posts', '/posts/{id}']])
    const page = await fetch(`${base}/docs`)
    expect([page.status, await page.text()]).toEqual([200, expect.stringContaining(name)])
    if (posix) {
      await ask(name, 'CREATE TABLE later (id int)')
      running!.process.kill('SIGUSR1')
      await running!.says(/the tables were read again/)
      expect((await fetch(`${base}/later`)).status).toBe(200)
      await ask(name, 'DROP TABLE later')
    }
    expect(said()).not.toContain('hunter2secret')
    const { code } = await running!.stop()
    expect(code).toBe(0)
  })

  test("--policies database: roles, tokens and the database's own policies", async () => {
    const env = { DATABASE_URL: url, PGRST_JWT_SECRET: secret, PGRST_DB_ANON_ROLE: anon }
    const base = await start(['--policies', 'database', '--write', '--no-docs'], {}, env)
    const ids = async (headers: { [name: string]: string } = {}): Promise<unknown> =>
      (await fetch(`${base}/posts?select=id&order=id`, { headers })).json()
    expect(await ids()).toEqual([{ id: 1 }])
    expect(await ids({ authorization: `Bearer ${await token({ role: anon, sub: '2' })}` })).toEqual([{ id: 1 }, { id: 2 }])
    expect((await fetch(`${base}/posts?id=eq.1`, { method: 'DELETE' })).status).toBe(401)
    const expired = await fetch(`${base}/posts`, { headers: { authorization: `Bearer ${await token({ role: anon, exp: 1 })}` } })
    expect([expired.status, await expired.json()]).toMatchObject([401, { code: 'PGRST303' }])
    expect((await fetch(`${base}/openapi.json`)).status).toBe(404)
    expect(said()).toContain('with writes, under the policies of the database')
    expect(said()).not.toContain(secret)
  })

  test('--policies file: what its rules allow, and CORS for whom it is meant', async () => {
    const files = {
      'policies.ts': `import { policies, everyone, type JwtClaims } from '@plinth/data'
import { sql } from 'drizzle-orm'
export default policies<JwtClaims>({
  posts: { read: (row, { user }) => sql\`\${row.published} or \${user?.sub ?? ''} = '2'\`, update: everyone },
})
`,
    }
    const args = [url, '--policies', 'policies.ts', '--jwt-secret', secret, '--cors', 'https://app.example']
    const base = await start(args, files)
    expect(said()).toContain('as policies.ts allows')
    const strangers = await fetch(`${base}/posts?select=id`, { headers: { origin: 'https://app.example' } })
    expect([await strangers.json(), strangers.headers.get('access-control-allow-origin')]).toEqual([[{ id: 1 }], 'https://app.example'])
    const headers = { authorization: `Bearer ${await token({ sub: '2' })}`, 'content-type': 'application/json' }
    expect(await (await fetch(`${base}/posts?select=id&order=id`, { headers })).json()).toEqual([{ id: 1 }, { id: 2 }])
    expect((await fetch(`${base}/posts/2`, { method: 'PATCH', headers, body: '{"title":"New"}' })).status).toBe(200)
    expect((await fetch(`${base}/posts?id=eq.1`, { method: 'DELETE', headers })).status).toBe(405)
  })

  test('what keeps it from starting is told, without the password', async () => {
    const project = installed.project({
      'none.ts': 'export default { posts: {} }\n',
      'wrong.ts': "import { everyone, policies } from '@plinth/data'\nexport default policies({ post: { read: everyone } })\n",
    })
    const runs = await Promise.all([
      project.run(['serve', url, '--schema', 'publik', '--port', '0']),
      project.run(['serve', url, '--policies', 'none.ts', '--port', '0']),
      project.run(['serve', url, '--policies', 'wrong.ts', '--port', '0']),
      project.run(['serve', url, '--policies', 'database', '--anon-role', `${name}_nobody`, '--port', '0']),
      project.run(['serve', url.replace(name, `${name}_gone`), '--port', '0']),
    ])
    const messages = [
      /no schema 'publik'[^]*write 'public'/,
      /none\.ts has no policies[^]*export default policies/,
      /name the table 'post'[^]*write 'posts'/,
      /no role '\w+_nobody'/,
      /database "\w+_gone" does not exist[^]*correct the address/,
    ]
    for (const [i, { code, stdout, stderr }] of runs.entries()) {
      expect([code, stderr]).toEqual([1, expect.stringMatching(messages[i]!)])
      expect(`${stdout}${stderr}`).not.toContain('hunter2secret')
    }
  })
})

describe('plinth serve, asked wrongly', () => {
  const address = 'postgres://a:hunter2secret@127.0.0.1/b'
  test.each([
    [[], 'No database is named'],
    [['mysql://a:hunter2secret@b/c'], 'no postgres:// address'],
    [['hunter2secret'], 'no postgres:// address'],
    [[address, address], "does not take 'postgres://a:***@127.0.0.1/b'"],
    [[address, '--prefix', 'rest'], "--prefix is 'rest': write it as /rest"],
    [[address, '--max-rows', '0'], '--max-rows is '],
    [[address, '--policies', 'gone.ts'], '--policies: there is no file gone.ts'],
    [[address, '--jwt-secret', 'x'], '--jwt-secret is for --policies'],
    [[address, '--anon-role', 'x'], '--anon-role is for --policies database'],
    [[address, '--policies', 'database', '--no-anon', '--anon-role', 'x'], 'Either --anon-role or --no-anon'],
    [[address, '--policies', 'database', '--jwt-secret', '{"keys":[]}'], 'The JWT secret is a key set'],
  ])('%j', async (args, message) => {
    const mode = process.env['NODE_ENV']
    const io = testIo({ env: {} })
    const code = await main(['serve', ...args], io)
    process.env['NODE_ENV'] = mode
    expect([code, io.stdout.text]).toEqual([2, ''])
    expect(io.stderr.text).toContain(message)
    expect(io.stderr.text).not.toContain('hunter2secret')
  })
})
