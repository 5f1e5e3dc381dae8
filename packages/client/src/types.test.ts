import { everyone, resource, resources } from '@plinth/data'
import { sql } from 'drizzle-orm'
import * as pg from 'drizzle-orm/pg-core'
import { app, core, guard, type RoutesOf } from 'plinth'
import { describe, expectTypeOf, test } from 'vitest'
import { createClient, type DatabaseOf, type PrefixesOf } from './index.ts'

// Nothing has its type written out here: what the client knows must come from inference, as in an application.

const mood = pg.pgEnum('mood', ['calm', 'loud'])
const users = pg.pgTable('users', {
  id: pg.serial().primaryKey(),
  name: pg.text().notNull(),
  email: pg.text().notNull(),
  passwordHash: pg.text('password_hash').notNull(),
})
const posts = pg.pgTable('blog_posts', {
  id: pg.bigint({ mode: 'bigint' }).primaryKey().generatedAlwaysAsIdentity(),
  title: pg.text().notNull(),
  mood: mood(),
  authorId: pg
    .integer('author_id')
    .notNull()
    .references(() => users.id),
  reviewerId: pg.integer('reviewer_id').references(() => users.id),
  publishedAt: pg.timestamp('published_at'),
  price: pg.numeric().notNull(),
  meta: pg.jsonb(),
  settings: pg.jsonb().$type<{ dark: boolean; since: Date }>(),
  tags: pg.text().array(),
  internalNotes: pg.text('internal_notes'),
  views: pg.integer().notNull(),
})
const comments = pg.pgTable('comments', {
  id: pg.uuid().primaryKey().defaultRandom(),
  postId: pg
    .bigint('post_id', { mode: 'number' })
    .notNull()
    .references(() => posts.id),
  text: pg.text().notNull(),
  userId: pg.integer('user_id').references(() => users.id),
})
const editor = guard(() => {}, { name: 'editor' })

const Users = resource(users, {
  access: { read: everyone },
  columns: { passwordHash: { read: false }, email: { read: editor } },
  relations: ['posts!authorId', 'comments'],
})
const Posts = resource(posts, {
  name: 'posts',
  access: { read: everyone, create: everyone, update: everyone },
  columns: {
    authorId: { set: ({ user }) => (user === null ? 1 : 2) },
    internalNotes: { read: editor, write: editor },
    views: { readonly: true },
    headline: { compute: (row) => sql`upper(${row.title})` },
    length: { compute: (row) => sql`length(${row.title})`, type: 'integer' },
  },
  relations: ['author:users', 'reader:users!reviewerId', 'comments', 'tagged'],
})
const Comments = resource(comments, { access: { read: everyone }, relations: ['post', 'user'] })
const drafts = pg.pgTable('drafts', {
  id: pg.serial().primaryKey(),
  ownerId: pg
    .integer()
    .notNull()
    .references(() => users.id),
})
const notes = pg.pgTable('notes', {
  id: pg.serial().primaryKey(),
  draftId: pg
    .integer()
    .notNull()
    .references(() => drafts.id),
})
const Drafts = resource(drafts, { access: { read: (row, { user }) => user !== null && sql`${row.id} > 0` } })
const Notes = resource(notes, { access: { read: everyone }, relations: ['draft'] })

const application = app()
  .get('/hello', () => ({ hello: 'world' }))
  .use('/rest', resources(Users, Posts, Comments, Drafts, Notes))
type Api = typeof application

const client = createClient<Api>('http://localhost')
type Data<Q> = Q extends PromiseLike<infer R> ? (R extends { error: null; data: infer D } ? D : never) : never
type Rows<Q> = Data<Q> extends (infer R)[] ? R : never

describe('client.from', () => {
  test('knows rows in the form that JSON has', () => {
    const row = () => client.from('posts').select('id, title, mood, publishedAt, price, meta, settings, tags, headline, length')
    expectTypeOf<Rows<ReturnType<typeof row>>>().toEqualTypeOf<{
      id: number
      title: string
      mood: 'calm' | 'loud' | null
      publishedAt: string | null
      price: number
      meta: unknown
      settings: { dark: boolean; since: string } | null
      tags: string[] | null
      headline: string | null
      length: number | null
    }>()
  })

  test('knows that columns of some may be missing, and none that nobody reads', () => {
    type Row = DatabaseOf<Api>['public']['Tables']['users']['Row']
    expectTypeOf<Row>().toEqualTypeOf<{ id: number; name: string; email?: string }>()
    const hidden = () => client.from('users').select('passwordHash')
    expectTypeOf<Rows<ReturnType<typeof hidden>>>().toExtend<{ error: true }>()
  })

  test('leaves what the server sets out of what is written', () => {
    type Insert = DatabaseOf<Api>['public']['Tables']['posts']['Insert']
    expectTypeOf<keyof Insert>().toEqualTypeOf<
      'title' | 'mood' | 'reviewerId' | 'publishedAt' | 'price' | 'meta' | 'settings' | 'tags' | 'internalNotes'
    >()
    const query = client.from('posts')
    expectTypeOf(query.insert).toBeCallableWith({ title: 'x', price: '12.50' })
    expectTypeOf(query.update).toBeCallableWith({ mood: 'calm' })
    // @ts-expect-error authorId is set by the server
    void (() => query.insert({ title: 'x', price: 1, authorId: 2 }))
    // @ts-expect-error views are read only
    void (() => query.update({ views: 2 }))
    // @ts-expect-error a title is needed
    void (() => query.insert({ price: 1 }))
    // @ts-expect-error no such mood
    void (() => query.update({ mood: 'angry' }))
    // @ts-expect-error headline is computed
    void (() => query.update({ headline: 'X' }))
  })

  test('follows relations by the names that resources give them', () => {
    const row = () => client.from('posts').select('id, author(id, name), reader(name), comments(text, user(name))')
    expectTypeOf<Rows<ReturnType<typeof row>>>().toEqualTypeOf<{
      id: number
      author: { id: number; name: string }
      reader: { name: string } | null
      comments: { text: string; user: { name: string } | null }[]
    }>()
    const hinted = () => client.from('posts').select('writer:users!authorId(name), users!reviewerId(id)')
    expectTypeOf<Rows<ReturnType<typeof hinted>>>().toEqualTypeOf<{ writer: { name: string }; users: { id: number } | null }>()
    const back = () => client.from('comments').select('post(title, author(name))')
    expectTypeOf<Rows<ReturnType<typeof back>>>().toEqualTypeOf<{ post: { title: string; author: { name: string } } }>()
    const many = () => client.from('users').select('posts!authorId(title), comments(text)')
    expectTypeOf<Rows<ReturnType<typeof many>>>().toEqualTypeOf<{ posts: { title: string }[]; comments: { text: string }[] }>()
  })

  test('knows that rules may hide the row at the end of a key', () => {
    const row = () => client.from('notes').select('draft(id)')
    expectTypeOf<Rows<ReturnType<typeof row>>>().toEqualTypeOf<{ draft: { id: number } | null }>()
  })

  test('refuses what there is not', () => {
    // @ts-expect-error no such resource
    void (() => client.from('nothing'))
    // @ts-expect-error the table's name is not the resource's
    void (() => client.from('blog_posts'))
    const column = () => client.from('posts').select('nothing')
    expectTypeOf<Rows<ReturnType<typeof column>>>().toExtend<{ error: true }>()
    const elsewhere = () => client.from('posts').select('tagged(name)')
    expectTypeOf<Rows<ReturnType<typeof elsewhere>>['tagged']>().toExtend<{ error: true }>()
    const relation = () => client.from('comments').select('author(name)')
    expectTypeOf<Rows<ReturnType<typeof relation>>['author']>().toExtend<{ error: true }>()
    // @ts-expect-error a number is wanted
    void (() => client.from('posts').select().eq('views', 'many'))
  })

  test('one row, none or some, and a count', async () => {
    const one = () => client.from('users').select('name').eq('id', 1).single()
    expectTypeOf<Data<ReturnType<typeof one>>>().toEqualTypeOf<{ name: string }>()
    const some = () => client.from('users').select('name').maybeSingle()
    expectTypeOf<Data<ReturnType<typeof some>>>().toEqualTypeOf<{ name: string } | null>()
  })

  test('routes are there as before', () => {
    const hello = () => client.get('/hello')
    expectTypeOf<Awaited<ReturnType<typeof hello>>>().toEqualTypeOf<{ hello: string }>()
    // @ts-expect-error no such path
    void (() => client.get('/nothing'))
    // @ts-expect-error resources are no routes
    void (() => client.get('/rest/posts'))
  })
})

describe('where resources are', () => {
  const two = core({ name: 'two' })
    .use('/rest', resources(Users))
    .use('/admin/data', resources({ name: 'more' }, Posts, Comments))
  const elsewhere = core({ name: 'elsewhere' }).use('/data', resources(Users))
  const none = core({ name: 'none' }).get('/', () => '')

  test('comes from the type of the application', () => {
    expectTypeOf<PrefixesOf<typeof two>>().toEqualTypeOf<'/rest' | '/admin/data'>()
    const both = createClient<typeof two>('http://localhost')
    expectTypeOf(both.from).parameter(0).toEqualTypeOf<'users'>()
    expectTypeOf(both.at('/admin/data').from).parameter(0).toEqualTypeOf<'posts' | 'comments'>()
    // @ts-expect-error no resources there
    void (() => both.at('/elsewhere'))
  })

  test('has to be said where it is not /rest', () => {
    // @ts-expect-error say where: they are under /data
    void (() => createClient<typeof elsewhere>('http://localhost'))
    const said = createClient<typeof elsewhere>('http://localhost', { resources: '/data' })
    expectTypeOf(said.from).parameter(0).toEqualTypeOf<'users'>()
  })

  test('is nowhere in an application without resources', () => {
    const plain = createClient<typeof none>('http://localhost')
    expectTypeOf(plain.from).parameter(0).toEqualTypeOf<never>()
  })

  test('is known by an interface of the routes as well', () => {
    interface Named extends RoutesOf<Api> {}
    const named = createClient<Named>('http://localhost')
    expectTypeOf(named.from).parameter(0).toEqualTypeOf<'users' | 'posts' | 'comments' | 'drafts' | 'notes'>()
  })
})
