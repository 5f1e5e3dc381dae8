import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Access } from '../access/contract.ts'
import { openAccess } from '../access/open-access.ts'
import { type Blog, createBlog, ownRows } from '../fixtures/blog.ts'
import { hasPostgres } from '../fixtures/database.ts'
import type { DataAnswer } from './answer.ts'
import { serveRequest } from './serve-request.ts'

const open = openAccess({ aggregates: true })

describe.skipIf(!(await hasPostgres()))('an answer', () => {
  let blog: Blog
  beforeAll(async () => {
    blog = await createBlog()
  })
  afterAll(() => blog.database.drop())

  const ask = (
    method: string,
    target: string,
    body?: unknown,
    headers?: { readonly [name: string]: string },
    access: Access = open,
  ): Promise<DataAnswer> => blog.ask(access, method, target, body, headers)
  const header = (answer: DataAnswer, name: string): string | undefined => new Map(answer.headers).get(name)
  const error = async (
    method: string,
    target: string,
    body?: unknown,
    headers?: { readonly [name: string]: string },
  ): Promise<unknown[]> => {
    const answer = await ask(method, target, body, headers)
    const { code, message, details } = JSON.parse(answer.body) as { code: string; message: string; details: unknown }
    return [answer.status, code, details ?? message]
  }

  test('to a read tells where it is, how much it is and what was followed', async () => {
    const answer = await ask('GET', '/tags?order=id&limit=1&offset=1&id=gt.0', undefined, { prefer: 'count=exact, handling=lenient' })
    expect(answer).toEqual({
      status: 206,
      headers: [
        ['Content-Type', 'application/json; charset=utf-8'],
        ['Content-Range', '1-1/3'],
        ['Content-Location', '/tags?id=gt.0&limit=1&offset=1&order=id'],
        ['Vary', 'Accept, Prefer, Range'],
        ['Content-Length', '35'],
        ['Preference-Applied', 'count=exact, handling=lenient'],
      ],
      body: '[{"id":2,"label":"blue","owner":2}]',
    })
  })

  test('to HEAD has no body, also when it is an error', async () => {
    expect((await ask('HEAD', '/tags')).body).toBe('')
    expect(await ask('HEAD', '/nothing')).toMatchObject({ status: 404, body: '' })
  })

  test('to OPTIONS says what can be done', async () => {
    expect(header(await ask('OPTIONS', '/tags'), 'Allow')).toBe('OPTIONS,GET,HEAD,POST,PUT,PATCH,DELETE')
  })

  test.each([
    ['/', 'PGRST125'],
    ['/a/b', 'PGRST125'],
    ['/%FF', 'PGRST125'],
    ['/a%00b', 'PGRST125'],
    ['/constructor', 'PGRST205'],
    ['/__proto__', 'PGRST205'],
  ])('to %s is 404', async (path, code) => {
    expect((await error('GET', path)).slice(0, 2)).toEqual([404, code])
  })

  test('to an unknown schema or method says so', async () => {
    expect(await error('GET', '/tags', undefined, { 'accept-profile': 'pg_catalog' })).toEqual([
      406,
      'PGRST106',
      'Invalid schema: pg_catalog',
    ])
    expect((await error('TRACE', '/tags')).slice(0, 2)).toEqual([405, 'PGRST117'])
    expect((await ask('GET', '/tags', undefined, { 'accept-profile': 'blog' })).status).toBe(200)
  })

  test('counts as asked: exactly, by the plan, or exactly up to the cap', async () => {
    const range = async (count: string, maxRows?: number): Promise<string | undefined> =>
      header(await ask('GET', '/posts?limit=1', undefined, { prefer: `count=${count}` }, openAccess({ maxRows })), 'Content-Range')
    await blog.database.script('ANALYZE blog.posts')
    expect(await range('exact')).toBe('0-0/4')
    expect(await range('planned')).toBe('0-0/4')
    expect(await range('estimated')).toBe('0-0/4')
    expect(await range('estimated', 2)).toBe('0-0/4')
    expect(await range('estimated', 10)).toBe('0-0/4')
  })

  test('to more than one row where one was wanted is 406, and nothing was written', async () => {
    const single = { accept: 'application/vnd.pgrst.object+json' }
    expect(await error('GET', '/tags', undefined, single)).toEqual([406, 'PGRST116', 'The result contains 3 rows'])
    expect(await error('GET', '/tags?id=eq.9', undefined, single)).toEqual([406, 'PGRST116', 'The result contains 0 rows'])
    expect((await ask('GET', '/tags?id=eq.1', undefined, single)).body).toBe('{"id":1,"label":"red","owner":1}')
    let ended = false
    const run = blog.database.run
    const parts = { method: 'PATCH', path: '/tags', query: '', headers: new Headers(single), body: '{"label":"all"}' }
    const answer = await serveRequest(parts, {
      model: blog.model,
      access: open,
      run: (options, work) => run(options, work).finally(() => (ended = true)),
    })
    expect([answer.status, ended]).toEqual([406, true])
    expect((await ask('GET', '/tags?label=eq.all')).body).toBe('[]')
  })

  test('to CSV has a header, quoted where it must be', async () => {
    const csv = { accept: 'text/csv' }
    expect((await ask('GET', '/tags?select=id,%22a,b%22:label&order=id&limit=2', undefined, csv)).body).toBe('id,"a,b"\n1,red\n2,blue')
    expect((await ask('GET', '/tags?id=eq.9', undefined, csv)).body).toBe('\n')
    expect(header(await ask('GET', '/tags', undefined, { accept: 'text/*' }), 'Content-Type')).toBe('text/csv; charset=utf-8')
    expect(header(await ask('GET', '/tags', undefined, { accept: 'application/*' }), 'Content-Type')).toBe(
      'application/json; charset=utf-8',
    )
    expect((await error('GET', '/tags', undefined, { accept: 'image/*, application/geo+json' })).slice(0, 2)).toEqual([406, 'PGRST107'])
  })

  test('to a write of one row tells its address', async () => {
    const headersOnly = { prefer: 'return=headers-only' }
    const row = { post_id: 4, tag_id: 1, owner: 1 }
    expect(header(await ask('POST', '/posts_tags', row, headersOnly), 'Location')).toBe('/posts_tags?post_id=eq.4&tag_id=eq.1')
    expect(header(await ask('POST', '/posts_tags', [row, { ...row, tag_id: 2 }], headersOnly), 'Location')).toBeUndefined()
  })

  test('to objects without members writes defaults', async () => {
    await blog.database.script("CREATE TABLE IF NOT EXISTS blog.plain (id serial PRIMARY KEY, note text DEFAULT 'none')")
    const { introspect } = await import('../model/introspect.ts')
    const model = await introspect(blog.database.query, ['blog'])
    const parts = {
      method: 'POST',
      path: '/plain',
      query: 'select=note',
      headers: new Headers({ prefer: 'return=representation' }),
      body: '[{},{}]',
    }
    const answer = await serveRequest(parts, { model, access: open, run: blog.database.runAndRollBack })
    expect([answer.status, answer.body]).toEqual([201, '[{"note":"none"}, \n {"note":"none"}]'])
    await blog.database.script('DROP TABLE blog.plain')
  })

  test('to too many affected rows is an error only if that is insisted on', async () => {
    expect(await error('DELETE', '/posts_tags?owner=eq.1', undefined, { prefer: 'handling=strict, max-affected=2' })).toEqual([
      400,
      'PGRST124',
      'The query affects 3 rows',
    ])
    expect((await ask('DELETE', '/posts_tags?owner=eq.1', undefined, { prefer: 'handling=strict, max-affected=3' })).status).toBe(204)
    expect((await ask('DELETE', '/posts_tags?owner=eq.1', undefined, { prefer: 'max-affected=2' })).status).toBe(204)
  })

  test('to a PUT is 201 for a new row, 200 for one that was there, and an error for another one', async () => {
    const row = { id: 9, label: 'x', owner: 1 }
    const represent = { prefer: 'return=representation' }
    expect((await ask('PUT', '/tags?id=eq.9', row, represent)).status).toBe(201)
    expect((await ask('PUT', '/tags?id=eq.1', { ...row, id: 1 }, represent)).status).toBe(200)
    expect((await ask('PUT', '/tags?id=eq.1', { ...row, id: 1 })).status).toBe(204)
    for (const body of [row, {}, { label: 'x' }, []])
      expect((await error('PUT', '/tags?id=eq.8', body)).slice(0, 2)).toEqual([400, 'PGRST115'])
    for (const query of [
      '',
      '?label=eq.x',
      '?id=eq.9&label=eq.x',
      '?id=not.eq.9',
      '?id=eq.9&id=eq.9',
      '?id=eq(any).{9}',
      '?id->a=eq.9',
      '?or=(id.eq.9)',
    ]) {
      expect((await error('PUT', `/tags${query}`, row)).slice(0, 2)).toEqual([405, 'PGRST105'])
    }
  })

  test('to what is not done yet says so', async () => {
    expect((await error('DELETE', '/posts?select=id,users()&users=is.null')).slice(0, 2)).toEqual([400, 'PGRST127'])
    const spread = await error('GET', '/users?select=id,...posts(likes.sum())')
    expect(spread.slice(0, 2)).toEqual([400, 'PGRST127'])
    expect((await error('GET', '/users?select=id,posts(id)&order=posts(id)')).slice(0, 2)).toEqual([400, 'PGRST118'])
  })

  test('to a path behind text, an unknown type or a name that is too long is an error of the asker', async () => {
    expect((await error('GET', '/posts?select=data->>n->x')).slice(0, 2)).toEqual([404, '42883'])
    expect(await error('GET', '/posts?select=id::regclass')).toEqual([400, '42704', 'type "regclass" does not exist'])
    expect((await error('GET', `/posts?select=${'x'.repeat(64)}:id`)).slice(0, 2)).toEqual([400, 'PGRST100'])
    expect((await error('GET', '/posts?title=like.x%5C')).slice(0, 2)).toEqual([400, '22025'])
    expect((await error('GET', '/posts?title=like(any).{%22x%5C%5C%22}')).slice(0, 2)).toEqual([400, '22025'])
  })

  test.each(['titel', 'ttle', 'lkes', 'x', 'own', 'ownerr', 'idd', 'parents', 'dta', 'nothing like it', 'Title', 'raww'])(
    'about the column %s, which there is not, is that of PostgreSQL',
    async (name) => {
      const answer = await ask('GET', `/posts?select=%22${name}%22`)
      const thrown = await blog.database.query(`SELECT posts."${name}" FROM blog.posts`, []).then(
        () => undefined,
        (error: unknown) => error as { message: string; hint?: string },
      )
      expect(JSON.parse(answer.body)).toEqual({ code: '42703', message: thrown?.message, details: null, hint: thrown?.hint ?? null })
    },
  )

  test('pages do not overlap where the order leaves ties', async () => {
    const pages: string[] = []
    for (let offset = 0; offset < 5; offset++) {
      pages.push((await ask('GET', `/posts_tags?select=post_id,tag_id&order=owner&limit=1&offset=${offset}`)).body)
    }
    expect(new Set(pages).size).toBe(5)
  })

  test("orders by what is embedded, in the embed's select or not", async () => {
    const ids = async (target: string): Promise<unknown> =>
      (JSON.parse((await ask('GET', target)).body) as { id: number }[]).map((it) => it.id)
    expect(await ids('/posts?select=id,users(id)&order=users(name).desc,id')).toEqual([3, 4, 1, 2])
    expect(await ids('/posts?select=id,users()&order=users(name).desc,id')).toEqual([3, 4, 1, 2])
    expect(await ids('/posts?select=id,...users(who:name)&order=users(who).desc,id.desc')).toEqual([4, 3, 2, 1])
    expect(await ids('/posts?select=id,...users(who:name)&order=users(id).desc,id.desc')).toEqual([4, 3, 2, 1])
  })

  test('is 401 with a challenge while nobody is known, 403 after', async () => {
    const access = ownRows(1, { rows: () => 'none' })
    const parts = { method: 'DELETE', path: '/tags', query: 'id=eq.1', headers: new Headers(), body: undefined }
    const options = { model: blog.model, access, run: blog.database.runAndRollBack }
    const unknown = await serveRequest(parts, options)
    expect([unknown.status, header(unknown, 'WWW-Authenticate')]).toEqual([401, 'Bearer'])
    expect((await serveRequest(parts, { ...options, authenticated: true })).status).toBe(403)
  })

  test('to a fault of the database tells nothing of it; what is no answer at all is thrown', async () => {
    const failing = (error: Error): Promise<DataAnswer> =>
      serveRequest(
        { method: 'GET', path: '/tags', query: '', headers: new Headers(), body: undefined },
        { model: blog.model, access: open, run: () => Promise.reject(error) },
      )
    const inner = await failing(Object.assign(new Error('cache lookup failed for relation "secret"'), { code: 'XX000' }))
    expect(JSON.parse(inner.body)).toEqual({
      code: 'XX000',
      message: 'The database could not answer this request',
      details: null,
      hint: null,
    })
    expect(inner.status).toBe(500)
    await expect(failing(Object.assign(new Error('connect'), { code: 'ECONNREFUSED' }))).rejects.toThrow('connect')
    await expect(failing(Object.assign(new Error('write EPIPE'), { code: 'EPIPE' }))).rejects.toThrow('write EPIPE')
    const raised = await failing(Object.assign(new Error('of a trigger'), { code: 'MYERR', severity: 'ERROR' }))
    expect([raised.status, JSON.parse(raised.body)]).toMatchObject([400, { code: 'MYERR', message: 'of a trigger' }])
    await expect(failing(new TypeError('a mistake'))).rejects.toThrow('a mistake')
  })
})
