import { PostgrestClient } from '@supabase/postgrest-js'
import { identify } from 'plinth'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { engines, type Template, type TestEngine } from '../fixtures/engines.ts'
import { type Answer, dropRolesSql, secret, serveDatabase, type Served, tablesSql, token, uniqueRoles } from './fixtures/served.ts'

const code = ({ status, json }: Answer): unknown => [status, (json as { code?: unknown } | undefined)?.code]

describe.each(engines)("policies: 'database' ($kind)", (kind) => {
  const roles = uniqueRoles()
  let template: Template
  let opened: TestEngine
  let served: Served
  let ann: string
  beforeAll(async () => {
    template = await kind.template(tablesSql(roles))
    opened = await template.clone()
    const { anon } = roles
    served = await serveDatabase(opened.engine, {
      schemas: ['public', 'api'],
      policies: 'database',
      anonRole: anon,
      jwt: { secret, audience: 'api' },
      readOnly: false,
      document: true,
    })
    ann = await token({ role: roles.member, sub: '1', aud: 'api', big: 5 })
  }, 60_000)
  afterAll(async () => {
    await served[Symbol.asyncDispose]()
    // On a server, roles outlive the databases that they may use.
    if (kind.kind === 'server') await opened.engine.script(`DROP OWNED BY ${roles.anon}, ${roles.member}, ${roles.none}`)
    await opened[Symbol.asyncDispose]()
    await template[Symbol.asyncDispose]()
    if (kind.kind === 'server') {
      const cleaner = await (await kind.template()).clone()
      await cleaner.engine.script(dropRolesSql(roles))
      await cleaner[Symbol.asyncDispose]()
    }
  }, 60_000)
  beforeEach(async () => {
    await opened.engine.script(`DELETE FROM posts WHERE id >= 100; UPDATE posts SET title = 'Ann draft' WHERE id = 2`)
  })

  test('row-level security decides which rows there are', async () => {
    expect((await served.ask('GET', '/posts?select=id')).json).toEqual([{ id: 1 }])
    expect((await served.ask('GET', '/posts?select=id&order=id', { token: ann })).json).toEqual([{ id: 1 }, { id: 2 }])
    const counted = await served.ask('HEAD', '/posts', { headers: { prefer: 'count=exact' } })
    expect(counted.headers.get('content-range')).toBe('0-0/1')
  })

  test('what a role was not granted is 401 for a stranger and 403 for whom we know', async () => {
    const stranger = await served.ask('GET', '/users')
    expect([code(stranger), stranger.headers.get('www-authenticate')]).toEqual([[401, '42501'], 'Bearer'])
    expect((stranger.json as { message: string }).message).toBe('permission denied for table users')
    expect(code(await served.ask('POST', '/users', { token: ann, body: { id: 9, name: 'x' } }))).toEqual([403, '42501'])
    expect(code(await served.ask('POST', '/posts', { body: { title: 'x', author: 1 } }))).toEqual([401, '42501'])
  })

  test('writes meet the policies of the database', async () => {
    const made = await served.ask('POST', '/posts', {
      token: ann,
      body: { title: 'new', author: 1 },
      headers: { prefer: 'return=representation' },
    })
    expect([made.status, made.json]).toMatchObject([201, [{ title: 'new', author: 1 }]])
    const foreign = await served.ask('POST', '/posts', { token: ann, body: { title: 'new', author: 2 } })
    expect(code(foreign)).toEqual([403, '42501'])
    const changed = await served.ask('PATCH', '/posts?id=in.(2,3)', {
      token: ann,
      body: { title: 'x' },
      headers: { prefer: 'return=representation' },
    })
    expect((changed.json as { id: number }[]).map((it) => it.id)).toEqual([2])
    expect(code(await served.ask('DELETE', '/posts', { token: ann }))).toEqual([400, '21000'])
  })

  test('policies see of a request what PostgREST shows them', async () => {
    const headers = { 'x-word': 'hello', cookie: 'taste=sweet', 'accept-profile': 'public' }
    expect((await served.ask('GET', '/asked?select=*', { token: ann, headers })).json).toEqual([
      {
        role: roles.member,
        method: 'GET',
        path: '/asked',
        word: 'hello',
        cookie_header: null,
        taste: 'sweet',
        claims: { role: roles.member, sub: '1', aud: 'api', big: 5 },
        search_path: '"public"',
      },
    ])
    expect((await served.ask('GET', '/asked?select=role,claims')).json).toEqual([{ role: roles.anon, claims: { role: roles.anon } }])
  })

  test('nothing of one request is left for the next on the same connection', async () => {
    await Promise.all(Array.from({ length: 20 }, (_, i) => served.ask('GET', '/posts', i % 2 === 0 ? { token: ann } : {})))
    const [row] = await opened.engine.query({
      text: `SELECT current_user = session_user AS own, current_setting('request.jwt.claims', true) AS claims`,
      values: [],
    })
    expect([row!['own'], row!['claims'] || null]).toEqual([true, null])
  })

  test('a token that does not hold is told why, and never taken for nobody', async () => {
    const wrong = await served.ask('GET', '/posts', { token: 'a.b.c' })
    expect(code(wrong)).toEqual([401, 'PGRST301'])
    const expired = await served.ask('GET', '/posts', { token: await token({ role: roles.member, aud: 'api', exp: 1 }) })
    expect(code(expired)).toEqual([401, 'PGRST303'])
    expect(expired.json).toEqual({ code: 'PGRST303', message: 'JWT expired', details: null, hint: null })
    expect(expired.headers.get('www-authenticate')).toBe('Bearer error="invalid_token", error_description="JWT expired"')
    expect(code(await served.ask('GET', '/posts', { token: await token({ role: roles.member }) }))).toEqual([401, 'PGRST303'])
    expect(code(await served.ask('GET', '/posts', { headers: { authorization: 'Bearer' } }))).toEqual([401, 'PGRST301'])
  })

  test('roles that there are not, and the name that means the login, are refused', async () => {
    for (const role of ['nobody_at_all', 'none', 'NONE"', '']) {
      const answer = await served.ask('GET', '/posts', { token: await token({ role, aud: 'api' }) })
      expect([role, answer.status]).toEqual([role, 401])
      expect((answer.json as { code: string; message: string }).message).toContain('does not exist')
    }
  })

  test('a role that the application gives somebody is none of the database', async () => {
    const { anon, member } = roles
    const someone = identify(() => ({ id: 1, role: member }), { name: 'someone' })
    const options = { policies: 'database', anonRole: anon, jwt: { secret } } as const
    await using other = await serveDatabase(opened.engine, options, '/rest', someone)
    expect((await other.ask('GET', '/rest/asked?select=role')).json).toEqual([{ role: anon }])
    const bearer = await token({ role: member, sub: '1' })
    expect((await other.ask('GET', '/rest/asked?select=role', { token: bearer })).json).toEqual([{ role: member }])
  })

  test('a profile chooses the schema, which answers name', async () => {
    const answer = await served.ask('GET', '/things', { headers: { 'accept-profile': 'api' } })
    expect([answer.json, answer.headers.get('content-profile')]).toEqual([[{ id: 1, label: 'one' }], 'api'])
    expect((await served.ask('GET', '/posts?limit=0')).headers.get('content-profile')).toBe('public')
    expect(code(await served.ask('GET', '/things', { headers: { 'accept-profile': 'secret' } }))).toEqual([406, 'PGRST106'])
    expect(code(await served.ask('GET', '/things'))).toEqual([404, 'PGRST205'])
  })

  test('the document shows what the role may use', async () => {
    const paths = async (bearer?: string): Promise<unknown> => {
      const { json } = await served.ask('GET', '/openapi.json', bearer === undefined ? {} : { token: bearer })
      const all = (json as { paths: { [path: string]: object } }).paths
      return Object.fromEntries(Object.entries(all).map(([path, it]) => [path, Object.keys(it).sort().join(' ')]))
    }
    expect(await paths()).toMatchObject({ '/posts': 'get', '/posts/{id}': 'get', '/asked': 'get' })
    expect(await paths()).not.toHaveProperty('/users')
    expect(await paths(ann)).toMatchObject({ '/posts': 'delete get patch post put', '/users': 'get' })
  })

  test('the client of PostgREST works unchanged', async () => {
    const client = new PostgrestClient(served.url, { headers: { authorization: `Bearer ${ann}` } })
    const read = await client.from('posts').select('id, users(name)', { count: 'exact' }).order('id')
    expect([read.error, read.count, read.data]).toEqual([
      null,
      2,
      [
        { id: 1, users: { name: 'Ann' } },
        { id: 2, users: { name: 'Ann' } },
      ],
    ])
    const made = await client.from('posts').insert({ title: 'by the client', author: 1 }).select('title').single()
    expect([made.status, made.data]).toEqual([201, { title: 'by the client' }])
    const other = new PostgrestClient(served.url, { schema: 'api' })
    expect((await other.from('things').select()).data).toEqual([{ id: 1, label: 'one' }])
    const refused = await other.from('things').insert({ id: 2 })
    expect([refused.status, refused.error?.code]).toEqual([401, '42501'])
  })

  test('one row has an address of its own', async () => {
    expect((await served.ask('GET', '/posts/2?select=title', { token: ann })).json).toEqual({ title: 'Ann draft' })
    for (const path of ['/posts/2', '/posts/abc', '/asked/1', '/nothing/1']) expect((await served.ask('GET', path)).status).toBe(404)
  })
})
