import { DatabaseEngine } from '@plinth/data'
import { testApp, type TestClient } from 'plinth/testing'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import application from './app.ts'

let api: TestClient<typeof application>
beforeAll(async () => {
  api = await testApp(application)
})
beforeEach(() => api.app.use(DatabaseEngine).script('TRUNCATE users, articles, comments, follows, favorites RESTART IDENTITY'))
afterAll(() => api.close())

interface Author {
  readonly username: string
  readonly following: boolean
}
interface Article {
  readonly slug: string
  readonly title: string
  readonly tagList: readonly string[]
  readonly createdAt: string
  readonly updatedAt: string
  readonly favorited: boolean
  readonly favoritesCount: number
}
/** What an answer may hold; which of it is there, the tests say. */
interface Data {
  readonly user: { readonly token: string }
  readonly article: Article
  readonly articles: readonly Article[]
  readonly articlesCount: number
  readonly comments: readonly { readonly id: number; readonly author: Author }[]
}
interface Asked {
  readonly status: number
  readonly data: Data
}

/** As a program in another language would ask: JSON over the wire, whatever the types say. */
async function ask(method: string, path: string, token?: string, body?: unknown): Promise<Asked> {
  const headers = { 'content-type': 'application/json', ...(token !== undefined && { authorization: `Token ${token}` }) }
  const answer = await api.fetch(`/api${path}`, { method, headers, ...(body !== undefined && { body: JSON.stringify(body) }) })
  const text = await answer.text()
  return { status: answer.status, data: (text === '' ? undefined : JSON.parse(text)) as Data }
}

async function register(username: string): Promise<string> {
  const { status, data } = await ask('POST', '/users', undefined, {
    user: { username, email: `${username}@x.example`, password: 'a secret' },
  })
  expect(status).toBe(201)
  return data.user.token
}
const dragon = {
  title: 'How to train your dragon',
  description: 'Ever wonder how?',
  body: 'You have to believe',
  tagList: ['dragons', 'training'],
}
const write = async (token: string, article: object = dragon): Promise<Article> =>
  (await ask('POST', '/articles', token, { article })).data.article
const blank = ["can't be blank"]

describe('accounts', () => {
  test('register, log in, and are shown with a token', async () => {
    const made = await ask('POST', '/users', undefined, { user: { username: 'jacob', email: 'jake@x.example', password: 'jakejake' } })
    const user = { email: 'jake@x.example', token: expect.any(String), username: 'jacob', bio: null, image: null }
    expect(made).toEqual({ status: 201, data: { user } })
    const login = await ask('POST', '/users/login', undefined, { user: { email: 'jake@x.example', password: 'jakejake' } })
    expect(login).toEqual({ status: 200, data: { user } })
    expect(await ask('GET', '/user', login.data.user.token)).toEqual({ status: 200, data: { user } })
    const bearer = await api.fetch('/api/user', { headers: { authorization: `Bearer ${login.data.user.token}` } })
    expect(bearer.status).toBe(200)
  })

  test('with wrong credentials learn nothing of what was wrong', async () => {
    await register('jacob')
    const attempt = (email: string, password: string) => ask('POST', '/users/login', undefined, { user: { email, password } })
    const refused = { status: 401, data: { errors: { credentials: ['invalid'] } } }
    expect(await attempt('jacob@x.example', 'wrong')).toEqual(refused)
    expect(await attempt('nobody@x.example', 'a secret')).toEqual(refused)
    expect((await attempt('jacob@x.example', '')).data).toEqual({ errors: { password: blank } })
    expect((await attempt('', 'x')).data).toEqual({ errors: { email: blank } })
  })

  test.each<[string, object, number, object]>([
    ['nothing', {}, 422, { user: blank }],
    ['no field', { user: {} }, 422, { username: blank, email: blank, password: blank }],
    ['blank fields', { user: { username: '  ', email: '', password: '' } }, 422, { username: blank, email: blank, password: blank }],
    ['no address', { user: { username: 'a', email: 'a', password: 'a secret' } }, 422, { email: ['must be an email address'] }],
    [
      'another type',
      { user: { username: 1, email: null, password: [] } },
      422,
      expect.objectContaining({ username: ['must be a string'] }),
    ],
    [
      'a taken name',
      { user: { username: 'taken', email: 'b@x.example', password: 'a secret' } },
      409,
      { username: ['has already been taken'] },
    ],
    [
      'a taken address',
      { user: { username: 'b', email: 'taken@x.example', password: 'a secret' } },
      409,
      { email: ['has already been taken'] },
    ],
  ])('can not be made of %s', async (_, body, status, errors) => {
    await register('taken')
    expect(await ask('POST', '/users', undefined, body)).toEqual({ status, data: { errors } })
  })

  test('are changed field by field', async () => {
    const token = await register('jacob')
    await register('other')
    const change = (user: object) => ask('PUT', '/user', token, { user })
    expect((await change({ bio: 'I like fish', image: 'https://x.example/a.png' })).data.user).toMatchObject({
      bio: 'I like fish',
      username: 'jacob',
    })
    expect((await change({ bio: '' })).data.user).toMatchObject({ bio: null, image: 'https://x.example/a.png' })
    expect((await change({ image: null })).data.user).toMatchObject({ image: null })
    expect((await change({ email: 'new@x.example', password: 'x'.repeat(64) })).data.user).toMatchObject({
      email: 'new@x.example',
      username: 'jacob',
    })
    expect((await ask('POST', '/users/login', undefined, { user: { email: 'new@x.example', password: 'x'.repeat(64) } })).status).toBe(200)
    expect((await change({})).status).toBe(200)

    for (const field of ['username', 'email', 'password']) {
      expect(await change({ [field]: '' })).toEqual({ status: 422, data: { errors: { [field]: blank } } })
      expect(await change({ [field]: null })).toEqual({ status: 422, data: { errors: { [field]: ['must be a string'] } } })
    }
    expect(await change({ username: 'other' })).toEqual({ status: 409, data: { errors: { username: ['has already been taken'] } } })
    await register('third')
    expect(await change({ email: 'third@x.example' })).toEqual({ status: 409, data: { errors: { email: ['has already been taken'] } } })
    expect((await change({ id: 9, token: 'forged', passwordHash: 'x' })).data.user).toMatchObject({
      username: 'jacob',
      email: 'new@x.example',
    })
  })

  const guarded: readonly (readonly [string, string])[] = [
    ['GET', '/user'],
    ['PUT', '/user'],
    ['POST', '/profiles/a/follow'],
    ['DELETE', '/profiles/a/follow'],
    ['GET', '/articles/feed'],
    ['POST', '/articles'],
    ['PUT', '/articles/a'],
    ['DELETE', '/articles/a'],
    ['POST', '/articles/a/favorite'],
    ['DELETE', '/articles/a/favorite'],
    ['POST', '/articles/a/comments'],
    ['DELETE', '/articles/a/comments/1'],
  ]
  test.each(guarded)('need a token for %s %s', async (method, path) => {
    expect(await ask(method, path)).toEqual({ status: 401, data: { errors: { token: ['is missing'] } } })
    expect(await ask(method, path, 'x.y.z')).toEqual({ status: 401, data: { errors: { token: ['is invalid'] } } })
  })

  test('that are gone, and tokens that others made, are nobody’s', async () => {
    const token = await register('jacob')
    const [head, , signature] = token.split('.')
    const claims = Buffer.from(JSON.stringify({ sub: '1', exp: 4_102_444_800 })).toString('base64url')
    const none = Buffer.from('{"alg":"none"}').toString('base64url')
    for (const forged of [`${head}.${claims}.${signature}`, `${none}.${claims}.`])
      expect((await ask('GET', '/user', forged)).status).toBe(401)
    await api.app.use(DatabaseEngine).script('DELETE FROM users')
    const refused = { status: 401, data: { errors: { token: ['is invalid'] } } }
    expect(await ask('GET', '/user', token)).toEqual(refused)
    expect(await ask('GET', '/articles', token)).toEqual(refused)
    expect((await ask('GET', '/tags', token)).status).toBe(200)
  })
})

describe('profiles', () => {
  test('are followed and unfollowed', async () => {
    const ada = await register('ada')
    await register('bob')
    const profile = (following: boolean) => ({ status: 200, data: { profile: { username: 'bob', bio: null, image: null, following } } })
    expect(await ask('GET', '/profiles/bob')).toEqual(profile(false))
    expect(await ask('POST', '/profiles/bob/follow', ada)).toEqual(profile(true))
    expect(await ask('POST', '/profiles/bob/follow', ada)).toEqual(profile(true))
    expect(await ask('GET', '/profiles/bob', ada)).toEqual(profile(true))
    expect(await ask('GET', '/profiles/bob')).toEqual(profile(false))
    expect(await ask('DELETE', '/profiles/bob/follow', ada)).toEqual(profile(false))
    expect(await ask('DELETE', '/profiles/bob/follow', ada)).toEqual(profile(false))
  })

  test('that are not there are not found', async () => {
    const ada = await register('ada')
    const missing = { status: 404, data: { errors: { profile: ['not found'] } } }
    expect(await ask('GET', '/profiles/nobody')).toEqual(missing)
    expect(await ask('POST', '/profiles/nobody/follow', ada)).toEqual(missing)
    expect(await ask('DELETE', '/profiles/nobody/follow', ada)).toEqual(missing)
  })
})

describe('articles', () => {
  test('are written and read', async () => {
    const ada = await register('ada')
    const made = await ask('POST', '/articles', ada, { article: dragon })
    const article = {
      ...dragon,
      slug: 'how-to-train-your-dragon',
      createdAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
      updatedAt: made.data.article.createdAt,
      favorited: false,
      favoritesCount: 0,
      author: { username: 'ada', bio: null, image: null, following: false },
    }
    expect(made).toEqual({ status: 201, data: { article } })
    expect(await ask('GET', `/articles/${article.slug}`)).toEqual({ status: 200, data: { article } })
    const { body: _, ...preview } = article
    expect(await ask('GET', '/articles')).toEqual({ status: 200, data: { articles: [preview], articlesCount: 1 } })
    expect((await write(ada, { title: 'No tags', description: 'd', body: 'b' })).tagList).toEqual([])
  })

  test('of one title have slugs of their own, and none stands in the way of the feed', async () => {
    const ada = await register('ada')
    const slugs = [await write(ada), await write(ada), await write(ada)].map((it) => it.slug)
    expect(new Set(slugs).size).toBe(3)
    for (const slug of slugs) expect(slug).toMatch(/^how-to-train-your-dragon(-[0-9a-f]{8})?$/)
    expect((await write(ada, { ...dragon, title: 'Feed' })).slug).toMatch(/^feed-/)
    expect((await write(ada, { ...dragon, title: '!?' })).slug).toBe('article')
    const { slug } = await write(ada, { ...dragon, title: 'Über Größe & 東京' })
    expect((await ask('GET', `/articles/${encodeURIComponent(slug)}`)).data.article.title).toBe('Über Größe & 東京')
  })

  test.each<[string, object, object]>([
    ['nothing', {}, { article: blank }],
    ['no field', { article: {} }, { title: blank, description: blank, body: blank }],
    ['blank fields', { article: { title: '', description: ' ', body: '\n' } }, { title: blank, description: blank, body: blank }],
    ['tags of another type', { article: { ...dragon, tagList: ['a', 1] } }, { tagList: ['must be a string'] }],
    ['no list of tags', { article: { ...dragon, tagList: null } }, { tagList: ['must be an array'] }],
  ])('can not be made of %s', async (_, body, errors) => {
    expect(await ask('POST', '/articles', await register('ada'), body)).toEqual({ status: 422, data: { errors } })
  })

  test('are changed by their author', async () => {
    const ada = await register('ada')
    const before = await write(ada)
    const change = async (article: object, slug = before.slug) => (await ask('PUT', `/articles/${slug}`, ada, { article })).data.article
    const after = await change({ body: 'With two hands' })
    expect(after).toEqual({ ...before, body: 'With two hands', updatedAt: after.updatedAt })
    expect(after.updatedAt > before.updatedAt).toBe(true)
    expect((await change({ title: dragon.title })).slug).toBe(before.slug)
    expect((await change({ tagList: ['one', 'two', 'one'] })).tagList).toEqual(['one', 'two'])
    expect((await change({ tagList: [] })).tagList).toEqual([])
    const put = (article: object) => ask('PUT', `/articles/${before.slug}`, ada, { article })
    expect(await put({ tagList: null })).toEqual({ status: 422, data: { errors: { tagList: ['must be an array'] } } })
    expect(await put({ title: '' })).toEqual({ status: 422, data: { errors: { title: blank } } })

    const renamed = await change({ title: 'Did you train your dragon?' })
    expect(renamed).toMatchObject({ slug: 'did-you-train-your-dragon', createdAt: before.createdAt })
    expect((await ask('GET', `/articles/${before.slug}`)).status).toBe(404)
    await write(ada)
    expect((await change({ title: dragon.title }, renamed.slug)).slug).toMatch(/^how-to-train-your-dragon-[0-9a-f]{8}$/)
  })

  test('are deleted by their author, and nobody else touches them', async () => {
    const [ada, bob] = [await register('ada'), await register('bob')]
    const { slug } = await write(ada)
    const forbidden = { status: 403, data: { errors: { article: ['forbidden'] } } }
    expect(await ask('PUT', `/articles/${slug}`, bob, { article: { body: 'mine' } })).toEqual(forbidden)
    expect(await ask('DELETE', `/articles/${slug}`, bob)).toEqual(forbidden)
    await ask('POST', `/articles/${slug}/comments`, bob, { comment: { body: 'Nice' } })
    await ask('POST', `/articles/${slug}/favorite`, bob)
    expect(await ask('DELETE', `/articles/${slug}`, ada)).toEqual({ status: 204, data: undefined })
    const missing = { status: 404, data: { errors: { article: ['not found'] } } }
    for (const [method, path, body] of [
      ['GET', ''],
      ['PUT', '', { article: { body: 'x' } }],
      ['DELETE', ''],
      ['POST', '/favorite'],
      ['DELETE', '/favorite'],
      ['GET', '/comments'],
      ['POST', '/comments', { comment: { body: 'x' } }],
      ['DELETE', '/comments/1'],
    ] as const) {
      expect([method, path, await ask(method, `/articles/${slug}${path}`, ada, body)]).toEqual([method, path, missing])
    }
  })

  test('are favorited and unfavorited', async () => {
    const [ada, bob] = [await register('ada'), await register('bob')]
    const { slug } = await write(ada)
    const favorite = async (method: string, token: string) => {
      const { status, data } = await ask(method, `/articles/${slug}/favorite`, token)
      return [status, data.article.favorited, data.article.favoritesCount]
    }
    expect(await favorite('POST', ada)).toEqual([200, true, 1])
    expect(await favorite('POST', bob)).toEqual([200, true, 2])
    expect(await favorite('POST', bob)).toEqual([200, true, 2])
    expect((await ask('GET', '/articles')).data.articles[0]).toMatchObject({ favorited: false, favoritesCount: 2 })
    expect(await favorite('DELETE', bob)).toEqual([200, false, 1])
    expect(await favorite('DELETE', bob)).toEqual([200, false, 1])
    expect((await ask('GET', '/articles?favorited=ada')).data.articlesCount).toBe(1)
    expect((await ask('GET', '/articles?favorited=bob')).data).toEqual({ articles: [], articlesCount: 0 })
  })

  test('have tags, the most used first', async () => {
    const ada = await register('ada')
    await write(ada, { ...dragon, tagList: ['b', 'a'] })
    await write(ada, { ...dragon, tagList: ['c', 'b'] })
    expect(await ask('GET', '/tags')).toEqual({ status: 200, data: { tags: ['b', 'a', 'c'] } })
  })
})

describe('comments', () => {
  test('are made, listed and taken back', async () => {
    const [ada, bob] = [await register('ada'), await register('bob')]
    const { slug } = await write(ada)
    await ask('POST', '/profiles/bob/follow', ada)
    const at = expect.stringMatching(/Z$/)
    const comment = {
      id: 1,
      createdAt: at,
      updatedAt: at,
      body: 'Thank you!',
      author: { username: 'bob', bio: null, image: null, following: false },
    }
    expect(await ask('POST', `/articles/${slug}/comments`, bob, { comment: { body: 'Thank you!' } })).toEqual({
      status: 201,
      data: { comment },
    })
    await ask('POST', `/articles/${slug}/comments`, ada, { comment: { body: 'You are welcome' } })
    const listed = await ask('GET', `/articles/${slug}/comments`, ada)
    expect(listed.data.comments.map((it) => [it.id, it.author.username, it.author.following])).toEqual([
      [2, 'ada', false],
      [1, 'bob', true],
    ])
    expect((await ask('GET', `/articles/${slug}/comments`)).data.comments[1]).toEqual(comment)

    const of = (id: number | string, token: string, article = slug) => ask('DELETE', `/articles/${article}/comments/${id}`, token)
    const other = (await write(ada, { ...dragon, title: 'Another' })).slug
    expect(await of(1, ada)).toEqual({ status: 403, data: { errors: { comment: ['forbidden'] } } })
    expect(await of(1, bob, other)).toEqual({ status: 404, data: { errors: { comment: ['not found'] } } })
    expect(await of(99, bob)).toEqual({ status: 404, data: { errors: { comment: ['not found'] } } })
    expect(await of(99, bob, 'nothing')).toEqual({ status: 404, data: { errors: { article: ['not found'] } } })
    expect(await of('x', bob)).toEqual({ status: 422, data: { errors: { id: ['must be an integer'] } } })
    expect(await of(1, bob)).toEqual({ status: 204, data: undefined })
    expect((await ask('GET', `/articles/${slug}/comments`)).data.comments).toHaveLength(1)
  })

  test('say something', async () => {
    const ada = await register('ada')
    const { slug } = await write(ada)
    for (const comment of [{}, { body: '' }, { body: ' ' }]) {
      expect(await ask('POST', `/articles/${slug}/comments`, ada, { comment })).toEqual({ status: 422, data: { errors: { body: blank } } })
    }
  })
})

test('whatever else goes wrong has the same shape', async () => {
  const headers = { 'content-type': 'application/json' }
  const broken = await api.fetch('/api/users', { method: 'POST', headers, body: '{"user":' })
  expect([broken.status, await broken.json()]).toEqual([400, { errors: { request: ['The body is not valid JSON'] } }])
  expect(await ask('GET', '/nothing')).toEqual({ status: 404, data: { errors: { request: ['There is nothing here'] } } })
  expect((await ask('PATCH', '/user')).status).toBe(405)
  expect(await ask('GET', '/articles?limit=0&offset=-1')).toEqual({
    status: 422,
    data: { errors: { limit: ['must be at least 1'], offset: ['must be at least 0'] } },
  })
  expect((await ask('GET', '/articles?limit=101')).status).toBe(422)
})

test('a text that PostgreSQL can’t keep is its sender’s mistake', async () => {
  const ada = await register('ada')
  expect((await ask('POST', '/articles', ada, { article: { ...dragon, body: 'a\0b' } })).status).toBe(400)
  expect((await ask('GET', '/articles?tag=%00')).status).toBe(400)
})
