import { Database } from '@plinth/data'
import { sql } from 'drizzle-orm'
import { testApp, type TestClient } from 'plinth/testing'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import application from './app.ts'
import seed, { password } from './seed.ts'

let api: TestClient<typeof application>
let token: string
beforeAll(async () => {
  api = await testApp(application)
  await seed(api.app)
  const login = await api.post('/api/users/login', { body: { user: { email: 'amara.osei@conduit.example', password } } })
  if (!login.ok) throw new Error('the seed has no such account')
  token = login.data.user.token
})
afterAll(() => api.close())

interface List {
  readonly articles: readonly {
    readonly slug: string
    readonly createdAt: string
    readonly author: { readonly username: string; readonly following: boolean }
  }[]
  readonly articlesCount: number
}
async function list(path: string, as?: string): Promise<List> {
  const answer = await api.fetch(`/api/articles${path}`, { headers: as === undefined ? {} : { authorization: `Token ${as}` } })
  expect(answer.status).toBe(200)
  return (await answer.json()) as List
}

describe('the seed', () => {
  test('has what it says, the same each time', async () => {
    const db = api.app.use(Database)
    const contents = async () => {
      const { rows } = await db.execute(sql`
        SELECT (SELECT count(*)::int FROM users) AS users, (SELECT count(*)::int FROM articles) AS articles,
          (SELECT count(*)::int FROM comments) AS comments, (SELECT count(*) > 60 FROM follows) AS follows,
          (SELECT count(*) > 1000 FROM favorites) AS favorites,
          (SELECT md5(string_agg(articles::text, ' ' ORDER BY id)) FROM articles) AS texts,
          (SELECT md5(string_agg(comments::text, ' ' ORDER BY id)) FROM comments) AS remarks`)
      return rows[0]
    }
    const first = await contents()
    expect(first).toMatchObject({ users: 30, articles: 300, comments: 2000, follows: true, favorites: true })
    await db.execute(sql`TRUNCATE users, articles, comments, follows, favorites RESTART IDENTITY`)
    await seed(api.app)
    expect(await contents()).toEqual(first)
  })

  test('has tags, the most used first', async () => {
    const { tags } = (await (await api.fetch('/api/tags')).json()) as { tags: string[] }
    expect(tags.length).toBeGreaterThan(20)
    expect(tags[0]).toBe('essays')
  })
})

describe('a list', () => {
  test('goes through all articles page by page, the newest first, none twice', async () => {
    const seen: List['articles'][number][] = []
    for (let offset = 0; offset < 300; offset += 70) {
      const { articles, articlesCount } = await list(`?limit=70&offset=${offset}`)
      expect(articlesCount).toBe(300)
      seen.push(...articles)
    }
    expect(new Set(seen.map((it) => it.slug)).size).toBe(300)
    const dates = seen.map((it) => it.createdAt)
    expect(dates).toEqual([...dates].sort().reverse())
    expect((await list('')).articles).toEqual(seen.slice(0, 20))
    expect(await list('?offset=300')).toEqual({ articles: [], articlesCount: 300 })
  })

  test('is of a tag, an author, or whom likes it, and of all at once', async () => {
    const kitchen = await list('?tag=kitchen&limit=100')
    expect([kitchen.articlesCount, kitchen.articles.length]).toEqual([45, 45])
    const { articles, articlesCount } = await list('?author=amara.osei&limit=100')
    expect(articles.length).toBe(articlesCount)
    expect(new Set(articles.map((it) => it.author.username))).toEqual(new Set(['amara.osei']))
    const liked = await list('?favorited=hana.sato&limit=100')
    expect(liked.articlesCount).toBeGreaterThan(20)
    const both = await list('?favorited=hana.sato&tag=kitchen&limit=100')
    const slugs = new Set(kitchen.articles.map((it) => it.slug))
    const all = [...liked.articles, ...(await list('?favorited=hana.sato&limit=100&offset=100')).articles]
    expect(both.articles.map((it) => it.slug)).toEqual(all.map((it) => it.slug).filter((slug) => slugs.has(slug)))
    for (const path of ['?tag=none', '?author=nobody', '?favorited=nobody'])
      expect(await list(path)).toEqual({ articles: [], articlesCount: 0 })
  })

  test('shows whoever asks what is theirs', async () => {
    const mine = await list('?favorited=amara.osei&limit=5', token)
    expect(mine.articles).toEqual(Array(5).fill(expect.objectContaining({ favorited: true })))
    const stranger = await list('?favorited=amara.osei&limit=5')
    expect(stranger.articles).toEqual(Array(5).fill(expect.objectContaining({ favorited: false })))
  })

  test('of the feed is by those whom one follows', async () => {
    const { articles, articlesCount } = await list('/feed?limit=100', token)
    expect(articlesCount).toBeGreaterThan(10)
    for (const { author } of articles) expect(author.following).toBe(true)
    const followed = [...new Set(articles.map((it) => it.author.username))]
    const each = await Promise.all(followed.map((name) => list(`?author=${name}`)))
    if (articlesCount <= 100) expect(each.reduce((sum, it) => sum + it.articlesCount, 0)).toBe(articlesCount)
    expect((await list('/feed?limit=3&offset=2', token)).articles).toEqual(articles.slice(2, 5))
  })
})

test.each([
  ['', 1],
  ['?limit=100&tag=kitchen', 1],
  ['?offset=1000', 1],
  ['', 2, true],
  ['?limit=1', 2, true],
  ['?limit=100&author=hana.sato&favorited=amara.osei', 2, true],
  ['/feed', 2, true],
  ['/feed?limit=100', 2, true],
  ['/feed?offset=1000', 2, true],
])('GET /api/articles%s takes %i statements, the look at the account among them', async (path, most, signedIn = false) => {
  const asked = vi.spyOn((api.app.use(Database) as unknown as { $client: { query(): void } }).$client, 'query')
  await list(path, signedIn ? token : undefined)
  expect(asked).toHaveBeenCalledTimes(most)
  asked.mockRestore()
})
