// The unmodified client of Supabase against a running server: what it sends must be understood, what it reads must be there.
import { PostgrestClient } from '@supabase/postgrest-js'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { engines } from '../fixtures/engines.ts'
import { type Forum, openForum } from '../resource/fixtures/forum.ts'

describe.each(engines)('@supabase/postgrest-js ($kind)', (kind) => {
  let forum: Forum
  let url: string
  beforeAll(async () => {
    forum = await openForum(kind)
    url = await forum.listen()
  }, 60_000)
  beforeEach(() => forum.reset())
  afterAll(() => forum.close())

  const as = (user?: string) => new PostgrestClient(url, { headers: user === undefined ? {} : { 'x-user': user } })

  test('selects with filters of every kind, orders and ranges', async () => {
    const posts = as('1').from('posts')
    const { data, error, status } = await posts
      .select('id, title')
      .eq('authorId', 1)
      .order('publishedAt', { ascending: false, nullsFirst: false })
      .limit(2)
    expect([error, status, data]).toEqual([
      null,
      200,
      [
        { id: 1, title: 'Ann public' },
        { id: 2, title: 'Ann draft' },
      ],
    ])
    const ids = async (query: PromiseLike<{ data: unknown; error: unknown }>): Promise<unknown> => {
      const answer = await query
      expect(answer.error).toBe(null)
      return (answer.data as { id: number }[]).map((it) => it.id)
    }
    const select = () => as('1').from('posts').select('id').order('id')
    expect(await ids(select().in('id', [1, 3, 4]))).toEqual([1, 3])
    expect(await ids(select().or('id.eq.2,and(title.ilike.*public,authorId.eq.2)'))).toEqual([2, 3])
    expect(await ids(select().is('publishedAt', null))).toEqual([2])
    expect(await ids(select().not('publishedAt', 'is', null).gt('views', 2))).toEqual([1])
    expect(await ids(select().like('title', '%draft%'))).toEqual([2])
    expect(await ids(select().textSearch('title', 'bob', { type: 'plain' }))).toEqual([3])
    expect(await ids(select().match({ authorId: 1, title: 'Ann draft' }))).toEqual([2])
    expect(await ids(select().range(1, 2))).toEqual([2, 3])
  })

  test('embeds, filters and orders what is embedded', async () => {
    const { data, error } = await as('2')
      .from('posts')
      .select('id, author(name), writer:users!authorId(id), comments(text, post(title)), tags!inner(label)')
      .order('label', { referencedTable: 'tags', ascending: false })
      .eq('tags.label', 'blue')
      .order('id')
    expect(error).toBe(null)
    expect(data).toEqual([
      {
        id: 1,
        author: { name: 'Ann' },
        writer: { id: 1 },
        comments: [{ text: 'good', post: { title: 'Ann public' } }],
        tags: [{ label: 'blue' }],
      },
      { id: 4, author: { name: 'Bob' }, writer: { id: 2 }, comments: [], tags: [{ label: 'blue' }] },
    ])
  })

  test('counts, with rows and without', async () => {
    const counted = await as('1').from('posts').select('*', { count: 'exact', head: true })
    expect([counted.count, counted.data, counted.error, counted.status]).toEqual([3, null, null, 200])
    const page = await as('1').from('posts').select('id', { count: 'exact' }).order('id').range(0, 1)
    expect([page.count, page.data, page.status]).toEqual([3, [{ id: 1 }, { id: 2 }], 206])
    const planned = await as('1').from('tags').select('id', { count: 'planned' })
    expect(planned.count).toBeGreaterThan(0)
  })

  test('single rows, and those that may be missing', async () => {
    expect((await as().from('posts').select('id').eq('id', 1).single()).data).toEqual({ id: 1 })
    expect((await as().from('posts').select('id').eq('id', 2).maybeSingle()).data).toBe(null)
    const none = await as().from('posts').select('id').eq('id', 2).single()
    expect([none.status, none.error]).toMatchObject([406, { code: 'PGRST116', details: 'The result contains 0 rows' }])
  })

  test('inserts one and many, with and without giving them back', async () => {
    const one = await as('1').from('posts').insert({ title: 'new' }).select('id, authorId').single()
    expect([one.status, one.error, one.data]).toEqual([201, null, { id: 100, authorId: 1 }])
    const many = await as('1')
      .from('posts')
      .insert([{ title: 'a' }, { title: 'b', body: 'c' }], { defaultToNull: false })
      .select('title, body')
    expect(many.data).toEqual([
      { title: 'a', body: null },
      { title: 'b', body: 'c' },
    ])
    const quiet = await as('1').from('posts').insert({ title: 'new' }, { count: 'exact' })
    expect([quiet.status, quiet.data, quiet.count]).toEqual([201, null, 1])
  })

  test('upserts, merging and ignoring', async () => {
    const merged = await as('1')
      .from('posts')
      .upsert([
        { id: 1, title: 'merged' },
        { id: 50, title: 'made' },
      ])
      .select('id, title')
      .order('id')
    expect([merged.error, merged.data]).toEqual([
      null,
      [
        { id: 1, title: 'merged' },
        { id: 50, title: 'made' },
      ],
    ])
    const ignored = await as('1').from('posts').upsert({ id: 1, title: 'ignored' }, { onConflict: 'id', ignoreDuplicates: true }).select()
    expect(ignored.data).toEqual([])
    const others = await as('1').from('posts').upsert({ id: 3, title: 'mine now' })
    expect([others.status, others.error?.code]).toEqual([403, '42501'])
  })

  test('updates and deletes', async () => {
    const updated = await as('1').from('posts').update({ title: 'x' }).eq('id', 1).select('title')
    expect(updated.data).toEqual([{ title: 'x' }])
    const nobodys = await as('1').from('posts').update({ title: 'x' }, { count: 'exact' }).eq('id', 3)
    expect([nobodys.status, nobodys.count, nobodys.error]).toEqual([204, 0, null])
    const mine = '00000000-0000-4000-8000-000000000001'
    const deleted = await as('2').from('comments').delete().eq('id', mine).select('text')
    expect(deleted.data).toEqual([{ text: 'good' }])
    // Its types want to be told the server's version first.
    const builder = as('1').from('posts').update({ title: 'x' }).gt('id', 0) as unknown as {
      maxAffected(rows: number): PromiseLike<{ error: unknown }>
    }
    const careful = await builder.maxAffected(1)
    expect(careful.error).toMatchObject({ code: 'PGRST124' })
    expect((await as('1').from('posts').select('id').eq('title', 'x')).data).toEqual([{ id: 1 }])
  })

  test('CSV and rows without nulls', async () => {
    expect((await as().from('tags').select('id, label').order('id').csv()).data).toBe('id,label\n1,red\n2,blue')
    const stripped = await as('1').from('posts').select('id, publishedAt').eq('id', 2).stripNulls()
    expect(stripped.data).toEqual([{ id: 2 }])
  })

  test('errors have what the client tells of them', async () => {
    const unknown = await as().from('nothing').select()
    expect([unknown.status, unknown.error]).toMatchObject([
      404,
      { code: 'PGRST205', message: "Could not find the table 'public.nothing' in the schema cache" },
    ])
    const column = await as().from('posts').select('titel')
    expect([column.status, column.error]).toMatchObject([
      400,
      { code: '42703', hint: 'Perhaps you meant to reference the column "posts.title".' },
    ])
    const relation = await as().from('comments').select('users(name)')
    expect([relation.status, relation.error?.code]).toEqual([400, 'PGRST200'])
    const refused = await as().from('posts').insert({ title: 'x' })
    expect([refused.status, refused.error]).toMatchObject([401, { code: 'not-signed-in', message: 'Sign in first', details: null }])
    const missing = await as('1').from('posts').insert({ body: 'x' })
    expect([missing.status, missing.error]).toMatchObject([400, { code: '23502' }])
    const everything = await as('1 editor').from('posts').delete()
    expect([everything.status, everything.error?.code]).toEqual([400, '21000'])
    const verb = await as('1').from('tags').insert({ id: 9, label: 'x' })
    expect([verb.status, verb.error?.code]).toEqual([405, 'PGRST117'])
  })
})
