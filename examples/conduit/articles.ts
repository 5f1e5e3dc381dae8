import { randomUUID } from 'node:crypto'
import { Database, uniqueViolation } from '@plinth/data'
import { and, arrayContains, count, desc, eq, inArray, sql, type SQL } from 'drizzle-orm'
import { module, refuse, t, type Context } from 'plinth'
import { signedIn } from './accounts.ts'
import { Errors, Text } from './errors.ts'
import { idOf, Profile, profileColumns } from './profiles.ts'
import { articles, favorites, follows, users } from './schema.ts'

const fields = {
  slug: t.String(),
  title: t.String(),
  description: t.String(),
  tagList: t.Array(t.String()),
  createdAt: t.Date(),
  updatedAt: t.Date(),
  favorited: t.Boolean(),
  favoritesCount: t.Integer(),
  author: Profile,
}
const Article = t.Object({ ...fields, body: t.String() }, { $id: 'Article' })
const ArticleAnswer = t.Object({ article: Article }, { $id: 'ArticleAnswer' })
const Preview = t.Object(fields, { $id: 'Preview' })
const Previews = t.Object({ articles: t.Array(Preview), articlesCount: t.Integer() }, { $id: 'Previews' })

const TagList = t.Array(Text(50), { maxItems: 50 })
const NewArticle = t.Object({ title: Text(250), description: Text(1_000), body: Text(100_000), tagList: t.Optional(TagList) })
const Page = {
  limit: t.Integer({ minimum: 1, maximum: 100, default: 20 }),
  offset: t.Integer({ minimum: 0, maximum: 2 ** 31 - 1, default: 0 }),
}

/** The columns of an article as whoever asks sees it, but for its body, for a query over articles and users. */
function previewColumns(ctx: Context) {
  const isMine = and(eq(favorites.articleId, articles.id), eq(favorites.userId, idOf(ctx)))
  return {
    slug: articles.slug,
    title: articles.title,
    description: articles.description,
    tagList: articles.tags,
    createdAt: articles.createdAt,
    updatedAt: articles.updatedAt,
    favorited: sql<boolean>`exists (select from ${favorites} where ${isMine})`.as('favorited'),
    favoritesCount: ctx.use(Database).$count(favorites, eq(favorites.articleId, articles.id)).as('favorites_count'),
    author: profileColumns(ctx),
  }
}

/** One statement whatever the page: the count stands beside its rows, and alone where there are none. */
async function list(ctx: Context, where: SQL | undefined, { limit, offset }: { readonly limit: number; readonly offset: number }) {
  const db = ctx.use(Database)
  const newest = [desc(articles.createdAt), desc(articles.id)]
  // By their ids, so that nothing is worked out for the articles before the page.
  const ids = db
    .select({ id: articles.id })
    .from(articles)
    .where(where)
    .orderBy(...newest)
    .limit(limit)
    .offset(offset)
  const page = db
    .select({ id: articles.id, ...previewColumns(ctx) })
    .from(articles)
    .innerJoin(users, eq(users.id, articles.authorId))
    .where(inArray(articles.id, ids))
    .as('page')
  const whole = db
    .select({ total: count().as('total') })
    .from(articles)
    .where(where)
    .as('whole')
  const rows = await db
    .select()
    .from(whole)
    .leftJoin(page, sql`true`)
    .orderBy(desc(page.createdAt), desc(page.id))
  return { articles: rows.flatMap((row) => row.page ?? []), articlesCount: rows[0]?.whole.total ?? 0 }
}

async function article(ctx: Context, slug: string) {
  const [found] = await ctx
    .use(Database)
    .select({ ...previewColumns(ctx), body: articles.body })
    .from(articles)
    .innerJoin(users, eq(users.id, articles.authorId))
    .where(eq(articles.slug, slug))
  return { article: found ?? refuse('unknown', { article: 'not found' }) }
}

/** The article that its author wants to change. */
async function ownArticle(ctx: Context, slug: string) {
  const [found] = await ctx.use(Database).select().from(articles).where(eq(articles.slug, slug))
  if (found === undefined) return refuse('unknown', { article: 'not found' })
  return found.authorId === idOf(ctx) ? found : refuse('not-yours', { article: 'forbidden' })
}

/** Writes under the slug that the title gives, which gets a suffix where another article has it. */
async function underSlug<T>(title: string, write: (slug: string) => Promise<T>): Promise<T> {
  const words = title
    .normalize('NFKD')
    .toLowerCase()
    .match(/[\p{L}\p{N}]+/gu) ?? ['article']
  const slug = words.join('-')
  const suffixed = `${slug}-${randomUUID().slice(0, 8)}`
  // `/articles/feed` is something else.
  if (slug === 'feed') return write(suffixed)
  try {
    return await write(slug)
  } catch (error) {
    if (uniqueViolation(error) === undefined) throw error
    return write(suffixed)
  }
}

const unique = (tags: readonly string[]) => [...new Set(tags)]

export const articleRoutes = module('articles', '/articles', { tags: ['Articles'] })
  .get(
    '/',
    {
      summary: 'Articles, the newest first',
      open: true,
      query: t.Object({ ...Page, tag: t.Optional(t.String()), author: t.Optional(t.String()), favorited: t.Optional(t.String()) }),
      reply: { 200: Previews },
    },
    (ctx) => {
      const { tag, author, favorited, ...page } = ctx.query
      const db = ctx.use(Database)
      const named = (name: string) => db.select({ id: users.id }).from(users).where(eq(users.username, name))
      const favoritesOf = (name: string) =>
        db
          .select({ id: favorites.articleId })
          .from(favorites)
          .where(eq(favorites.userId, named(name)))
      const where = and(
        tag === undefined ? undefined : arrayContains(articles.tags, [tag]),
        author === undefined ? undefined : eq(articles.authorId, named(author)),
        favorited === undefined ? undefined : inArray(articles.id, favoritesOf(favorited)),
      )
      return list(ctx, where, page)
    },
  )
  .get('/:slug', { summary: 'An article', open: true, reply: { 200: ArticleAnswer, 404: Errors } }, (ctx) => article(ctx, ctx.params.slug))
  .guard(signedIn)
  .get('/feed', { summary: 'Articles by whom one follows', query: t.Object(Page), reply: { 200: Previews } }, (ctx) => {
    const followed = ctx.use(Database).select({ id: follows.followedId }).from(follows).where(eq(follows.followerId, ctx.user.id))
    return list(ctx, inArray(articles.authorId, followed), ctx.query)
  })
  .post('/', { summary: 'Write an article', body: t.Object({ article: NewArticle }), reply: { 201: ArticleAnswer } }, async (ctx) => {
    const { tagList = [], ...texts } = ctx.body.article
    const slug = await underSlug(texts.title, async (slug) => {
      const row = { ...texts, slug, tags: unique(tagList), authorId: ctx.user.id }
      await ctx.use(Database).insert(articles).values(row)
      return slug
    })
    return article(ctx, slug)
  })
  .put(
    '/:slug',
    {
      summary: 'Change an article',
      body: t.Object({ article: t.Partial(NewArticle) }),
      reply: { 200: ArticleAnswer, 403: Errors, 404: Errors },
    },
    async (ctx) => {
      const before = await ownArticle(ctx, ctx.params.slug)
      const { tagList, ...texts } = ctx.body.article
      const write = async (slug: string) => {
        const changes = { ...texts, ...(tagList && { tags: unique(tagList) }), slug, updatedAt: sql`now()` }
        await ctx.use(Database).update(articles).set(changes).where(eq(articles.id, before.id))
        return slug
      }
      const { title = before.title } = texts
      return article(ctx, title === before.title ? await write(before.slug) : await underSlug(title, write))
    },
  )
  .delete('/:slug', { summary: 'Delete an article', reply: { 204: null, 403: Errors, 404: Errors } }, async (ctx) => {
    const { id } = await ownArticle(ctx, ctx.params.slug)
    await ctx.use(Database).delete(articles).where(eq(articles.id, id))
    return null
  })

const reply = { 200: ArticleAnswer, 404: Errors }
export const favoriteRoutes = module('favorites', '/articles/:slug/favorite', { tags: ['Favorites'] })
  .guard(signedIn)
  .post('/', { summary: 'Favorite an article', reply }, async (ctx) => {
    const db = ctx.use(Database)
    const pair = db
      .select({ userId: sql`${ctx.user.id}`.as('user_id'), articleId: articles.id })
      .from(articles)
      .where(eq(articles.slug, ctx.params.slug))
    await db.insert(favorites).select(pair).onConflictDoNothing()
    return article(ctx, ctx.params.slug)
  })
  .delete('/', { summary: 'Unfavorite an article', reply }, async (ctx) => {
    const db = ctx.use(Database)
    const id = db.select({ id: articles.id }).from(articles).where(eq(articles.slug, ctx.params.slug))
    await db.delete(favorites).where(and(eq(favorites.userId, ctx.user.id), eq(favorites.articleId, id)))
    return article(ctx, ctx.params.slug)
  })

export const tagRoutes = module('tags', '/tags', { tags: ['Tags'] }).get(
  '/',
  { summary: 'All tags, the most used first', open: true, reply: { 200: t.Object({ tags: t.Array(t.String()) }) } },
  async ({ use }) => {
    const tag = sql<string>`unnest(${articles.tags})`.as('tag')
    const rows = await use(Database).select({ tag }).from(articles).groupBy(tag).orderBy(desc(count()), tag)
    return { tags: rows.map((row) => row.tag) }
  },
)
