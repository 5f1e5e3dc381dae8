// Access: whatever way leads to a row that is not the asker's, it is as if the row were not there.
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Blog, createBlog, ownRows } from '../fixtures/blog.ts'
import { hasPostgres } from '../fixtures/database.ts'
import type { Access } from './contract.ts'
import { openAccess } from './open-access.ts'

const represent = { prefer: 'return=representation' }

describe.skipIf(!(await hasPostgres()))('rules', () => {
  let blog: Blog
  const ann = ownRows(1)
  beforeAll(async () => {
    blog = await createBlog()
  })
  afterAll(() => blog.database.drop())

  const rows = async (target: string, access = ann): Promise<unknown> => {
    const answer = await blog.ask(access, 'GET', target)
    expect(answer.status, answer.body).toBe(200)
    return JSON.parse(answer.body)
  }
  const refusal = async (method: string, target: string, body?: unknown, access = ann, headers = {}): Promise<unknown> => {
    const answer = await blog.ask(access, method, target, body, headers)
    return [answer.status, (JSON.parse(answer.body) as { code: string }).code]
  }

  test('hold for lists and counts', async () => {
    expect(await rows('/posts?select=id&order=id')).toEqual([{ id: 1 }, { id: 2 }])
    const counted = await blog.ask(ann, 'HEAD', '/posts?limit=1', undefined, { prefer: 'count=exact' })
    expect(counted.status).toBe(206)
    expect(new Map(counted.headers).get('Content-Range')).toBe('0-0/2')
  })

  test.each(['planned', 'estimated'])('hold for %s counts, which are exact then', async (count) => {
    const answer = await blog.ask(ann, 'GET', '/posts', undefined, { prefer: `count=${count}` })
    expect(new Map(answer.headers).get('Content-Range')).toBe('0-1/2')
  })

  test('hold for embeds of every kind', async () => {
    expect(await rows('/users?select=id,posts(id),profiles(bio)')).toEqual([
      { id: 1, posts: [{ id: 1 }, { id: 2 }], profiles: { bio: 'of Ann' } },
    ])
    // The second tag is Bob's, the third is joined by a row of Bob's.
    expect(await rows('/posts?select=id,tags(label)&id=eq.1')).toEqual([{ id: 1, tags: [{ label: 'red' }] }])
    const all = ownRows(1, { rows: (table) => (table === 'posts' ? 'all' : undefined) })
    expect(await rows('/posts?select=id,users(name)&order=id', all)).toEqual([
      { id: 1, users: { name: 'Ann' } },
      { id: 2, users: { name: 'Ann' } },
      { id: 3, users: null },
      { id: 4, users: null },
    ])
    expect(await rows('/posts?select=id,users!inner(name)&order=id', all)).toHaveLength(2)
    expect(await rows('/posts?select=id,...users(who:name)&id=eq.3', all)).toEqual([{ id: 3, who: null }])
    expect(await rows('/posts?select=id,users()&order=id&users=is.null', all)).toEqual([{ id: 3 }, { id: 4 }])
  })

  test('hold for a table embedded in itself', async () => {
    expect(await rows('/posts?select=id,posts(id)&id=eq.1')).toEqual([{ id: 1, posts: [{ id: 2 }] }])
  })

  test('hold for aggregates, at the root and inside', async () => {
    expect(await rows('/posts?select=likes.sum(),count()')).toEqual([{ sum: 8, count: 2 }])
    const all = ownRows(2, { rows: (table) => (table === 'users' ? 'all' : undefined) })
    expect(await rows('/users?select=id,posts(likes.sum())&order=id', all)).toEqual([
      { id: 1, posts: [{ sum: null }] },
      { id: 2, posts: [{ sum: 160 }] },
    ])
  })

  test('a column that may not be read is one that does not exist, wherever it is named', async () => {
    for (const name of ['password', 'nothing']) {
      for (const query of [`select=${name}`, `${name}=eq.1`, `order=${name}`, `select=${name}.max()`, `or=(${name}.is.null,id.eq.1)`]) {
        const answer = await blog.ask(ann, 'GET', `/users?${query}`)
        expect(JSON.parse(answer.body)).toMatchObject({ code: '42703', message: `column users.${name} does not exist` })
      }
      expect(await refusal('GET', `/posts?select=id,users(${name})`)).toEqual([400, '42703'])
      expect(await refusal('GET', `/posts?select=id,users(id)&order=users(${name})`)).toEqual([400, '42703'])
      expect(await refusal('PATCH', '/users?id=eq.1', { [name]: 'x' })).toEqual([400, 'PGRST204'])
    }
    expect(await rows('/users?select=*')).toEqual([{ id: 1, name: 'Ann' }])
  })

  test('a table that is not served is not there, nor a way through it', async () => {
    const hidden = ownRows(1)
    const access = { of: (table: Parameters<typeof hidden.of>[0]) => (table.name === 'posts_tags' ? undefined : hidden.of(table)) }
    expect(await refusal('GET', '/posts_tags', undefined, access)).toEqual([404, 'PGRST205'])
    expect(await refusal('GET', '/posts?select=tags(id)', undefined, access)).toEqual([400, 'PGRST200'])
  })

  test('a way along a column that may not be read is not there, in either direction and through a junction', async () => {
    const own = ownRows(1)
    const without = (table: string, column: string): Access => ({
      of: (it) => ({ ...own.of(it)!, readable: (of) => !(it.name === table && of.name === column) && own.of(it)!.readable(of) }),
    })
    expect(await refusal('GET', '/posts?select=id,users(id)', undefined, without('posts', 'owner'))).toEqual([400, 'PGRST200'])
    expect(await refusal('GET', '/posts?select=id,owner(id)', undefined, without('posts', 'owner'))).toEqual([400, 'PGRST200'])
    expect(await refusal('GET', '/users?select=id,posts(id)', undefined, without('posts', 'owner'))).toEqual([400, 'PGRST200'])
    expect(await refusal('GET', '/posts?select=id,tags(id)', undefined, without('posts_tags', 'tag_id'))).toEqual([400, 'PGRST200'])
    expect(await rows('/posts?select=id,users(id)&id=eq.1', without('posts', 'likes'))).toEqual([{ id: 1, users: { id: 1 } }])
  })

  test('rows of others are neither changed nor deleted, and do not answer to conditions', async () => {
    for (const filter of ['id=eq.3', 'title=like.first%20of%20B*', 'data->>n=eq.not%20a%20number']) {
      const changed = await blog.ask(ann, 'PATCH', `/posts?${filter}`, { likes: 1 }, { prefer: 'return=representation,count=exact' })
      expect([changed.status, changed.body, new Map(changed.headers).get('Content-Range')]).toEqual([200, '[]', '*/0'])
      const gone = await blog.ask(ann, 'DELETE', `/posts?${filter}`, undefined, { prefer: 'count=exact' })
      expect([gone.status, new Map(gone.headers).get('Content-Range')]).toEqual([204, '*/0'])
    }
  })

  test('what may be changed but not read does not answer to conditions', async () => {
    const access = ownRows(1, { rows: (_, verb) => (verb === 'read' ? undefined : 'all') })
    const changed = await blog.ask(access, 'PATCH', '/posts?likes=gt.60', { likes: 1 }, { prefer: 'count=exact' })
    expect(new Map(changed.headers).get('Content-Range')).toBe('*/0')
  })

  test('a new row must meet the rule, one among many refuses them all', async () => {
    const mine = { id: 10, title: 'mine', owner: 1 }
    expect((await blog.ask(ann, 'POST', '/posts', mine)).status).toBe(201)
    expect(await refusal('POST', '/posts', [mine, { id: 11, title: 'not mine', owner: 2 }])).toEqual([403, '42501'])
    expect((await blog.ask(openAccess(), 'GET', '/posts?id=gte.10')).body).toBe('[]')
  })

  test('a changed row must meet the rule as well', async () => {
    expect(await refusal('PATCH', '/posts?id=eq.1', { owner: 2 })).toEqual([403, '42501'])
  })

  test('an upsert does not touch the rows of others', async () => {
    const merge = { prefer: 'resolution=merge-duplicates' }
    expect(await refusal('POST', '/posts', { id: 3, title: 'taken over', owner: 1 }, ann, merge)).toEqual([403, '42501'])
    expect(await refusal('PUT', '/posts?id=eq.3', { id: 3, title: 'taken over', owner: 1 })).toEqual([400, 'PGRST115'])
    expect((await blog.ask(ann, 'POST', '/posts', { id: 1, title: 'new title', owner: 1 }, merge)).status).toBe(200)
  })

  test('a foreign key to a row that may not be read is answered as one to no row', async () => {
    for (const [method, target, body] of [
      ['POST', '/posts', { id: 10, title: 'child', owner: 1 }],
      ['PATCH', '/posts?id=eq.2', {}],
      ['PUT', '/posts?id=eq.2', { id: 2, title: 'put', owner: 1 }],
    ] as const) {
      const hidden = await blog.ask(ann, method, target, { ...body, parent: 3 })
      expect([hidden.status, hidden.body]).toEqual([403, expect.stringContaining('"42501"')])
      expect(await blog.ask(ann, method, target, { ...body, parent: 777 })).toEqual(hidden)
    }
    // Of what may be read whole there is nothing to find out: then the database says which key it was.
    expect(await refusal('POST', '/posts', { id: 10, title: 'x', owner: 1, parent: 777 }, openAccess())).toEqual([409, '23503'])
  })

  test('two foreign keys that lead nowhere do not tell by the second whether the first leads to a row that may not be read', async () => {
    const hidden = await blog.ask(ann, 'POST', '/posts_tags', { post_id: 3, tag_id: 777, owner: 1 })
    expect([hidden.status, hidden.body]).toEqual([403, expect.stringContaining('"42501"')])
    expect(await blog.ask(ann, 'POST', '/posts_tags', { post_id: 777, tag_id: 777, owner: 1 })).toEqual(hidden)
  })

  test('a key that is taken does not tell of columns that may not be read, nor of their values', async () => {
    const taken = { post_id: 1, tag_id: 1, owner: 1 }
    const open = await blog.ask(ann, 'POST', '/posts_tags', taken)
    expect(JSON.parse(open.body)).toMatchObject({ code: '23505', details: 'Key (post_id, tag_id)=(1, 1) already exists.' })
    const blind: Access = {
      of: (it) => ({ ...ann.of(it)!, readable: (of) => of.name !== 'tag_id' && ann.of(it)!.readable(of) }),
    }
    const { status, body } = await blog.ask(blind, 'POST', '/posts_tags', taken)
    expect([status, JSON.parse(body)]).toEqual([
      409,
      { code: '23505', message: 'a key of table "posts_tags" is taken', details: null, hint: null },
    ])
  })

  test('a key that points at nothing does not tell of columns that may not be read', async () => {
    const blind: Access = {
      of: (it) => ({ ...openAccess().of(it)!, readable: (of) => of.name !== 'parent' }),
    }
    const { status, body } = await blog.ask(blind, 'POST', '/posts', { id: 10, title: 'x', owner: 1, parent: 777 })
    expect([status, JSON.parse(body)]).toEqual([
      409,
      { code: '23503', message: 'a foreign key of table "posts" points at no row', details: null, hint: null },
    ])
  })

  test('a foreign key points only at rows that may be read', async () => {
    expect(await refusal('POST', '/posts', { id: 10, title: 'child', owner: 1, parent: 3 })).toEqual([403, '42501'])
    expect(await refusal('PATCH', '/posts?id=eq.2', { parent: 4 })).toEqual([403, '42501'])
    expect((await blog.ask(ann, 'POST', '/posts', { id: 10, title: 'child', owner: 1, parent: 2 })).status).toBe(201)
    const family = [
      { id: 10, title: 'child', owner: 1, parent: 11 },
      { id: 11, title: 'parent', owner: 1, parent: null },
    ]
    expect((await blog.ask(ann, 'POST', '/posts', family)).status).toBe(201)
  })

  test('what was written is shown only where it may be read', async () => {
    const blind = ownRows(1, { rows: (table, verb) => (table === 'posts' && verb === 'read' ? 'none' : undefined) })
    const answer = await blog.ask(blind, 'POST', '/posts?select=id,users(name)', { id: 10, title: 'mine', owner: 1 }, represent)
    expect([answer.status, answer.body]).toEqual([201, '[]'])
  })

  test('a verb that is refused altogether is a 403', async () => {
    const reader = ownRows(1, { rows: (_, verb) => (verb === 'read' ? 'all' : 'none') })
    expect(await refusal('POST', '/posts', { id: 10 }, reader)).toEqual([403, '42501'])
    expect(await refusal('PATCH', '/posts?id=eq.1', { likes: 1 }, reader)).toEqual([403, '42501'])
    expect(await refusal('DELETE', '/posts?id=eq.1', undefined, reader)).toEqual([403, '42501'])
  })

  test("values that the server fills in are not the client's to give", async () => {
    const access = ownRows(1, { set: new Map([['owner', { texts: ['', '::int'], values: [1] }]]) })
    expect(await refusal('POST', '/tags', { id: 10, label: 'x', owner: 1 }, access)).toEqual([400, 'PGRST204'])
    const answer = await blog.ask(access, 'POST', '/tags', { id: 10, label: 'x' }, represent)
    expect(JSON.parse(answer.body)).toEqual([{ id: 10, label: 'x', owner: 1 }])
  })

  test('writes without a filter, aggregates and long pages are refused where the access says so', async () => {
    const careful = ownRows(1, { unfilteredWrites: false, aggregates: false, maxRows: 1 })
    expect(await refusal('DELETE', '/posts', undefined, careful)).toEqual([400, '21000'])
    expect(await refusal('PATCH', '/posts', { likes: 0 }, careful)).toEqual([400, '21000'])
    expect(await refusal('GET', '/posts?select=count()', undefined, careful)).toEqual([400, 'PGRST123'])
    expect(await rows('/posts?select=id,tags(id)&order=id&limit=50', careful)).toEqual([{ id: 1, tags: [{ id: 1 }] }])
  })

  test('details of a failing row do not show what may not be read', async () => {
    const answer = await blog.ask(ann, 'PATCH', '/users?id=eq.1', { name: null })
    expect(JSON.parse(answer.body)).toMatchObject({ code: '23502', details: null })
  })
})
