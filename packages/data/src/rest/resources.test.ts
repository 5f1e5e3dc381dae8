import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { engines } from '../fixtures/engines.ts'
import { type Answer, type Forum, openForum } from '../resource/fixtures/forum.ts'

const represent = { prefer: 'return=representation' }
const code = (answer: Answer): unknown => [answer.status, (answer.json as { code?: unknown } | undefined)?.code]
const ids = (answer: Answer): unknown => (answer.json as { id: unknown }[]).map((it) => it.id)

describe.each(engines)('resources ($kind)', (kind) => {
  let forum: Forum
  beforeAll(async () => {
    forum = await openForum(kind)
  }, 60_000)
  beforeEach(() => forum.reset())
  afterEach(() => {
    const errors = forum.logged.filter((it) => it.level === 'error')
    if (errors.length > 0) throw new Error(`logged: ${JSON.stringify(errors)}`)
  })
  afterAll(() => forum.close())

  const ask = (...args: Parameters<Forum['ask']>): Promise<Answer> => forum.ask(...args)

  test('row rules decide for each asker what there is', async () => {
    expect(ids(await ask(undefined, 'GET', '/posts?select=id&order=id'))).toEqual([1, 3])
    expect(ids(await ask('1', 'GET', '/posts?select=id&order=id'))).toEqual([1, 2, 3])
    const counted = await ask('1', 'HEAD', '/posts?limit=1', undefined, { prefer: 'count=exact' })
    expect([counted.status, counted.headers.get('content-range'), counted.text]).toEqual([206, '0-0/3', ''])
  })

  test('requests know columns by their keys, the database by its names', async () => {
    const answer = await ask(undefined, 'GET', '/posts?select=authorId,publishedAt&authorId=eq.2&order=publishedAt')
    expect(answer.json).toEqual([{ authorId: 2, publishedAt: '2026-02-02T00:00:00+00:00' }])
    expect(code(await ask(undefined, 'GET', '/posts?select=author_id'))).toEqual([400, '42703'])
    expect(answer.headers.get('content-location')).toBe('/rest/posts?authorId=eq.2&order=publishedAt&select=authorId%2CpublishedAt')
  })

  test('a guard before a verb refuses with its problem, in the shape of PostgREST', async () => {
    const answer = await ask(undefined, 'POST', '/posts', { title: 'x' })
    expect([answer.status, answer.json]).toEqual([
      401,
      { code: 'not-signed-in', message: 'Sign in first', details: null, hint: 'Send credentials with the request.' },
    ])
    expect(code(await ask('1', 'DELETE', '/posts?id=eq.1'))).toEqual([403, 'forbidden'])
    expect(code(await ask(undefined, 'DELETE', '/posts?id=eq.1'))).toEqual([401, 'not-signed-in'])
  })

  test('a rule for writing is not asked of strangers', async () => {
    expect(code(await ask(undefined, 'PATCH', '/posts?id=eq.1', { title: 'x' }))).toEqual([401, '42501'])
  })

  test('a verb that access does not speak of is not offered', async () => {
    const answer = await ask('1 editor', 'POST', '/tags', { id: 9, label: 'x' })
    expect([answer.status, answer.json]).toEqual([
      405,
      { code: 'PGRST117', message: 'Unsupported HTTP method: POST', details: null, hint: null },
    ])
    expect(answer.headers.get('allow')).toBe('GET, HEAD, OPTIONS')
    const options = await ask(undefined, 'OPTIONS', '/posts')
    expect([options.status, options.headers.get('allow')]).toEqual([200, 'OPTIONS,GET,HEAD,POST,PATCH,DELETE,PUT'])
  })

  test('what is no resource is told of as PostgREST does', async () => {
    expect(code(await ask(undefined, 'GET', '/nothing'))).toEqual([404, 'PGRST205'])
    expect(code(await ask(undefined, 'GET', '/blog_posts'))).toEqual([404, 'PGRST205'])
    expect(code(await ask(undefined, 'GET', '/'))).toEqual([404, 'PGRST125'])
  })

  test('what the server sets is set, and refused from the client', async () => {
    const made = await ask('2', 'POST', '/posts', { title: 'mine' }, represent)
    expect([made.status, made.json]).toMatchObject([201, [{ id: 100, authorId: 2, title: 'mine', updatedBy: null }]])
    expect(code(await ask('2', 'POST', '/posts', { title: 'mine', authorId: 1 }))).toEqual([400, 'PGRST204'])
    expect(code(await ask('2', 'PATCH', '/posts?id=eq.3', { authorId: 1 }))).toEqual([400, 'PGRST204'])
    expect(code(await ask('2', 'POST', '/posts?columns=title,authorId', [{ title: 'x', authorId: 1 }]))).toEqual([400, 'PGRST204'])
    // A key that `columns` leaves out is not written, whatever it says.
    const sneaked = await ask('2', 'POST', '/posts?columns=title', [{ title: 'x', authorId: 1, views: 7 }], represent)
    expect(sneaked.json).toMatchObject([{ authorId: 2, views: 0 }])
    const stranger = await ask(undefined, 'POST', '/comments', { postId: 1, text: 'hello' }, represent)
    expect(stranger.json).toMatchObject([{ userId: null }])
  })

  test('what the server sets at each change is set then', async () => {
    const changed = await ask('2', 'PATCH', '/posts?id=eq.3', { title: 'new' }, represent)
    expect(changed.json).toMatchObject([{ title: 'new', updatedBy: 2, touchedAt: '1970-01-01T00:00:00', authorId: 2 }])
    const merged = await ask(
      '2',
      'POST',
      '/posts',
      { id: 3, title: 'newer' },
      { prefer: 'resolution=merge-duplicates,return=representation' },
    )
    expect([merged.status, merged.json]).toMatchObject([200, [{ title: 'newer', updatedBy: 2, authorId: 2 }]])
  })

  test('what Drizzle makes for new rows is made for each, and an upsert leaves it', async () => {
    const made = await ask('2', 'POST', '/posts', [{ title: 'a' }, { title: 'b' }], represent)
    const slugs = (made.json as { slug: string }[]).map((it) => it.slug)
    expect(slugs.every((it) => it.startsWith('slug-')) && slugs[0] !== slugs[1]).toBe(true)
    const own = await ask('2', 'POST', '/posts', { title: 'c', slug: 'own' }, represent)
    expect(own.json).toMatchObject([{ slug: 'own' }])
    const id = (own.json as { id: number }[])[0]!.id
    // A key that `columns` leaves out does not pass for what Drizzle makes.
    const sneaked = await ask('2', 'POST', '/posts?columns=title', [{ slug: 'sneaked', title: 'x' }], represent)
    expect((sneaked.json as { slug: string }[])[0]!.slug).toMatch(/^slug-/)
    const merged = await ask('2', 'POST', '/posts', { id, title: 'd' }, { prefer: 'resolution=merge-duplicates,return=representation' })
    expect(merged.json).toMatchObject([{ title: 'd', slug: 'own' }])
  })

  test('a column that one may not see or write is one that does not exist, wherever it is named', async () => {
    const places: [string, string, unknown?, { [name: string]: string }?][] = [
      ['GET', '/posts?select=id,?'],
      ['GET', '/posts?select=id,x:?'],
      ['GET', '/posts?select=?::text'],
      ['GET', '/posts?select=?->>a'],
      ['GET', '/posts?select=id&?=eq.x'],
      ['GET', '/posts?select=id&?=not.is.null'],
      ['GET', '/posts?select=id&or=(?.eq.x,id.eq.1)'],
      ['GET', '/posts?select=id&order=?'],
      ['GET', '/users?select=id,posts!authorId(?)'],
      ['GET', '/users?select=id,posts!authorId(id)&posts.?=eq.x'],
      ['GET', '/users?select=id,posts!authorId(id)&posts.order=?'],
      ['GET', '/comments?select=id,post(id)&order=post(?)'],
      ['POST', '/posts', { title: 'x', '?': 'x' }],
      ['POST', '/posts?columns=title,?', [{ title: 'x' }]],
      ['POST', '/posts?on_conflict=?', { title: 'x' }, { prefer: 'resolution=ignore-duplicates' }],
      ['POST', '/posts?select=id,?', { title: 'x' }, represent],
      ['PATCH', '/posts?id=eq.1', { '?': 'x' }],
      ['PATCH', '/posts?id=eq.1&?=eq.x', { title: 'x' }],
    ]
    const at =
      (name: string) =>
      async ([method, target, body, headers]: (typeof places)[number]) => {
        const sent = body === undefined ? undefined : JSON.stringify(body).replaceAll('?', name)
        const question = target.indexOf('?')
        const query = target.slice(question + 1).replaceAll('?', name)
        const answer = await ask(
          '1',
          method,
          `${target.slice(0, question === -1 ? undefined : question)}${question === -1 ? '' : `?${query}`}`,
          sent,
          headers,
        )
        return `${answer.status} ${answer.text.replaceAll(name, 'NAME')}`
      }
    for (const place of places) {
      const secret = await at('internalNotes')(place)
      expect(secret.startsWith('400 '), `${place.join(' ')} → ${secret}`).toBe(true)
      expect(secret, place.join(' ')).toBe(await at('internalNothings')(place))
    }
    for (const name of ['passwordHash', 'passwordHush']) {
      expect(code(await ask('1 editor', 'GET', `/users?${name}=eq.x`))).toEqual([400, '42703'])
    }
    expect(await ask('1', 'GET', '/posts?id=eq.1')).not.toMatchObject({ json: [{ internalNotes: expect.anything() }] })
    expect((await ask('1 editor', 'GET', '/posts?id=eq.1')).json).toMatchObject([{ internalNotes: 'secret note' }])
    expect((await ask('1 editor', 'PATCH', '/posts?id=eq.1', { internalNotes: 'n' }, represent)).json).toMatchObject([
      { internalNotes: 'n' },
    ])
    expect((await ask(undefined, 'GET', '/users?select=*&id=eq.1')).json).toEqual([{ id: 1, name: 'Ann' }])
    expect((await ask('2', 'GET', '/users?select=*&id=eq.1')).json).toEqual([{ id: 1, name: 'Ann', email: 'ann@a.example' }])
  })

  test('readonly columns are read and never written', async () => {
    expect(code(await ask('1', 'PATCH', '/posts?id=eq.1', { views: 1 }))).toEqual([400, 'PGRST204'])
    expect((await ask('1', 'GET', '/posts?select=views&id=eq.1')).text).toBe('[{"views":9007199254740993}]')
  })

  test('computed columns are read by name, filtered and ordered by, and never written', async () => {
    const answer = await ask('1', 'GET', '/posts?select=id,headline&headline=like.ANN*&order=headline.desc')
    expect(answer.json).toEqual([
      { id: 1, headline: 'ANN PUBLIC!' },
      { id: 2, headline: 'ANN DRAFT!' },
    ])
    expect((await ask('1', 'GET', '/posts?id=eq.1')).text).not.toContain('headline')
    expect((await ask('1', 'GET', '/users?select=id,posts!authorId(headline)&id=eq.1&posts.headline=eq.ANN DRAFT!')).json).toEqual([
      { id: 1, posts: [{ headline: 'ANN DRAFT!' }] },
    ])
    expect(
      (await ask('1', 'PATCH', '/posts?id=eq.1&headline=eq.ANN PUBLIC!', { title: 'New' }, { prefer: 'return=representation' })).json,
    ).toMatchObject([{ title: 'New' }])
    for (const method of ['POST', 'PATCH']) {
      expect(code(await ask('1', method, '/posts?id=eq.1', { headline: 'x' }))).toEqual([400, 'PGRST204'])
    }
    expect(code(await ask('1', 'POST', '/posts?on_conflict=headline', { title: 'x' }, { prefer: 'resolution=ignore-duplicates' }))).toEqual(
      [400, '42703'],
    )
  })

  test('relations are embedded by table, by key without Id, and by the names they were given, under their own rules', async () => {
    const answer = await ask(
      undefined,
      'GET',
      '/posts?select=id,author(name),reader(name),comments(text),tags(label)&id=eq.1&tags.order=id',
    )
    expect(answer.json).toEqual([
      {
        id: 1,
        author: { name: 'Ann' },
        reader: { name: 'Bob' },
        comments: [{ text: 'good' }],
        tags: [{ label: 'red' }, { label: 'blue' }],
      },
    ])
    expect((await ask('2', 'GET', '/tags?select=id,posts(id)&order=id&posts.order=id')).json).toEqual([
      { id: 1, posts: [{ id: 1 }] },
      { id: 2, posts: [{ id: 1 }, { id: 4 }] },
    ])
    // The same way by PostgREST's own spelling.
    expect((await ask(undefined, 'GET', '/posts?select=users!authorId(name)&id=eq.1')).json).toEqual([{ users: { name: 'Ann' } }])
  })

  test('a relation that is not listed is none', async () => {
    for (const [from, to] of [
      ['comments', 'users'],
      ['comments', 'userId'],
      ['posts', 'posts_tags'],
      ['posts_tags', 'tags'],
      ['tags', 'posts_tags'],
      ['users', 'comments'],
    ]) {
      const answer = await ask('1 editor', 'GET', `/${from}?select=*,${to}(*)`)
      const absent = await ask('1 editor', 'GET', `/${from}?select=*,nothing(*)`)
      expect(code(answer), `${from} ${to}`).toEqual([400, 'PGRST200'])
      expect(Object.keys(answer.json as object)).toEqual(Object.keys(absent.json as object))
    }
    expect(code(await ask('1', 'GET', '/users?select=posts!reviewerId(id)'))).toEqual([400, 'PGRST200'])
  })

  test('update rules hold for the old row and for the new one, each its own where they differ', async () => {
    expect((await ask('2', 'PATCH', '/posts?id=eq.1', { title: 'x' }, represent)).json).toEqual([])
    const mine = '00000000-0000-4000-8000-000000000001'
    expect((await ask('2', 'PATCH', `/comments?id=eq.${mine}`, { text: 'better' }, represent)).json).toMatchObject([{ text: 'better' }])
    expect((await ask('1', 'PATCH', `/comments?id=eq.${mine}`, { text: 'worse' }, represent)).json).toEqual([])
  })

  test('a foreign key points only at rows that the asker may read', async () => {
    expect(code(await ask('1', 'POST', '/comments', { postId: 4, text: 'x' }))).toEqual([403, '42501'])
    expect(code(await ask(undefined, 'POST', '/comments', { postId: 2, text: 'x' }))).toEqual([401, '42501'])
    expect((await ask('1', 'POST', '/comments', { postId: 2, text: 'x' })).status).toBe(201)
  })

  test('a list of guards and rules asks for all', async () => {
    const mine = '00000000-0000-4000-8000-000000000001'
    expect(code(await ask(undefined, 'DELETE', `/comments?id=eq.${mine}`))).toEqual([401, 'not-signed-in'])
    expect((await ask('1', 'DELETE', `/comments?id=eq.${mine}`, undefined, { prefer: 'count=exact' })).headers.get('content-range')).toBe(
      '*/0',
    )
    expect((await ask('2', 'DELETE', `/comments?id=eq.${mine}`, undefined, { prefer: 'count=exact' })).headers.get('content-range')).toBe(
      '*/1',
    )
  })

  test('one over a limit is refused, the limit itself is not', async () => {
    expect((await ask('1', 'GET', '/posts?limit=3')).status).toBe(200)
    expect(code(await ask('1', 'GET', '/posts?limit=4'))).toEqual([400, 'PGRST100'])
    expect(code(await ask('1', 'GET', '/posts', undefined, { range: '0-3' }))).toEqual([400, 'PGRST100'])
    expect(code(await ask('1', 'GET', '/users?select=posts!authorId(id)&posts.limit=4'))).toEqual([400, 'PGRST100'])
    expect(code(await ask('1', 'GET', '/users?limit=101'))).toEqual([400, 'PGRST100'])
    expect((await ask('1', 'GET', '/users?limit=100')).status).toBe(200)
    const filters = (count: number): string => Array.from({ length: count }, () => 'id=gt.0').join('&')
    expect((await ask('1', 'GET', `/posts?${filters(4)}`)).status).toBe(200)
    expect(code(await ask('1', 'GET', `/posts?${filters(5)}`))).toEqual([400, 'PGRST100'])
    expect((await ask('1', 'GET', `/users?${filters(50)}`)).status).toBe(200)
    expect(code(await ask('1', 'GET', `/users?${filters(51)}`))).toEqual([400, 'PGRST100'])
    const deep = (depth: number): string => (depth === 0 ? 'id' : `${depth % 2 === 1 ? 'posts!authorId' : 'author'}(${deep(depth - 1)})`)
    expect((await ask('1', 'GET', `/users?select=${deep(3)}`)).status).toBe(200)
    expect(code(await ask('1', 'GET', `/posts?select=${deep(4)}`))).toEqual([400, 'PGRST100'])
  })

  test('pages without a limit have as many rows as a page may have', async () => {
    await forum.engine.script(`INSERT INTO tags SELECT n, 'x' FROM generate_series(10, 200) n`)
    const answer = await ask(undefined, 'GET', '/tags', undefined, { prefer: 'count=exact' })
    expect([answer.status, (answer.json as unknown[]).length, answer.headers.get('content-range')]).toEqual([206, 100, '0-99/193'])
  })

  test('aggregates and writes without a filter wait for a switch', async () => {
    expect(code(await ask('1', 'GET', '/posts?select=count()'))).toEqual([400, 'PGRST123'])
    expect((await ask('1', 'GET', '/posts_tags?select=count()')).json).toEqual([{ count: 3 }])
    expect(code(await ask('1', 'PATCH', '/posts', { title: 'x' }))).toEqual([400, '21000'])
  })

  test('a body in another form is read, one that is not UTF-8 is refused, and one that is too large as well', async () => {
    const made = await ask('1', 'POST', '/posts', 'title,body\na,b\nc,NULL', { ...represent, 'content-type': 'text/csv' })
    expect(made.json).toMatchObject([
      { title: 'a', body: 'b' },
      { title: 'c', body: null },
    ])
    const broken = await forum.fetch(
      new Request('http://forum.example/rest/posts', {
        method: 'POST',
        headers: { 'x-user': '1', 'content-type': 'application/json' },
        body: new Uint8Array([0x7b, 0xff]),
      }),
    )
    expect([broken.status, await broken.json()]).toMatchObject([400, { code: 'PGRST102' }])
    expect(code(await ask('1', 'POST', '/posts', JSON.stringify({ title: 'x'.repeat(1_048_576) })))).toEqual([413, 'body-too-large'])
  })

  test('answers have the headers of PostgREST', async () => {
    const answer = await ask('1', 'GET', '/posts?limit=1', undefined, { prefer: 'count=exact', accept: 'text/csv' })
    expect(Object.fromEntries(answer.headers)).toMatchObject({
      'content-type': 'text/csv; charset=utf-8',
      'content-range': '0-0/3',
      'preference-applied': 'count=exact',
      vary: expect.stringContaining('Accept, Prefer, Range'),
    })
    const made = await ask('1', 'POST', '/posts', { title: 'x' }, { prefer: 'return=headers-only' })
    expect([made.status, made.headers.get('location'), made.text]).toEqual([201, '/rest/posts?id=eq.100', ''])
    const gone = await ask('1 editor', 'DELETE', '/posts?id=eq.100')
    expect([gone.status, gone.text]).toEqual([204, ''])
  })

  describe('in the plain form', () => {
    test('one row is one object', async () => {
      const answer = await ask('1', 'GET', '/posts/2?select=id,title,author(name)')
      expect([answer.status, answer.json]).toEqual([200, { id: 2, title: 'Ann draft', author: { name: 'Ann' } }])
      expect(answer.headers.get('content-type')).toBe('application/json; charset=utf-8')
      expect(answer.headers.get('content-range')).toBe(null)
      expect((await ask('1', 'HEAD', '/posts/2')).status).toBe(200)
    })

    test.each([
      '/posts/4',
      '/posts/999',
      '/posts/abc',
      '/posts/99999999999999999999',
      '/posts/2147483648',
      '/comments/1',
      '/comments/00000000-0000-4000-8000-000000000009',
    ])('%s is not there', async (target) => {
      const [name] = target.slice(1).split('/')
      const answer = await ask('1', 'GET', target)
      expect([answer.status, answer.json]).toEqual([
        404,
        { code: 'not-found', message: 'There is nothing here', details: `No row of '${name}' that you may see has this key`, hint: null },
      ])
    })

    test('a change answers with the object, a deletion with nothing', async () => {
      const changed = await ask('1', 'PATCH', '/posts/1', { title: 'New' })
      expect([changed.status, changed.json]).toMatchObject([200, { id: 1, title: 'New', updatedBy: 1 }])
      const quiet = await ask('1', 'PATCH', '/posts/1', { title: 'Newer' }, { prefer: 'return=minimal' })
      expect([quiet.status, quiet.text]).toEqual([204, ''])
      const others = await ask('1', 'PATCH', '/posts/3', { title: 'New' })
      expect([others.status, others.json]).toMatchObject([404, { details: "No row of 'posts' that you may see and change has this key" }])
      const nothing = await ask('1', 'PATCH', '/posts/1', {})
      expect([nothing.status, nothing.json]).toMatchObject([200, { id: 1, title: 'Newer' }])
      expect((await ask('1', 'PATCH', '/posts/999', {})).status).toBe(404)
      for (const body of [[], 7, null, '"x"', [{ title: 'New' }]]) {
        const answer = await ask('1', 'PATCH', '/posts/1', body)
        expect([answer.status, answer.json]).toMatchObject([
          400,
          { code: 'PGRST102', message: 'The body must be an object: the members to change' },
        ])
      }
      expect((await ask(undefined, 'PATCH', '/posts/1', { title: 'New' })).status).toBe(401)
      expect(code(await ask('1', 'PATCH', '/posts/1', { authorId: 2 }))).toEqual([400, 'PGRST204'])
      expect(code(await ask('1', 'PATCH', '/posts/1', { reviewerId: 'abc' }))).toEqual([400, '22P02'])
      const mine = '/comments/00000000-0000-4000-8000-000000000001'
      expect((await ask('1', 'DELETE', mine)).status).toBe(404)
      const gone = await ask('2', 'DELETE', mine)
      expect([gone.status, gone.text]).toEqual([204, ''])
      expect((await ask('2', 'DELETE', mine)).status).toBe(404)
    })

    test('is not there for keys of several columns, nor for adding', async () => {
      expect((await ask('1', 'GET', '/posts_tags/1')).status).toBe(404)
      expect(code(await ask('1', 'PUT', '/posts/1', { title: 'x' }))).toEqual([405, 'PGRST117'])
    })
  })
})
