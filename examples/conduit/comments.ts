import { Database } from '@plinth/data'
import { and, desc, eq, type SQL } from 'drizzle-orm'
import { module, refuse, t, type Context } from 'plinth'
import { signedIn } from './accounts.ts'
import { Errors, Text } from './errors.ts'
import { Profile, profileColumns } from './profiles.ts'
import { articles, comments, users } from './schema.ts'

const Comment = t.Object(
  { id: t.Integer(), createdAt: t.Date(), updatedAt: t.Date(), body: t.String(), author: Profile },
  { $id: 'Comment' },
)

async function list(ctx: Context, where: SQL) {
  const { id, createdAt, updatedAt, body } = comments
  return ctx
    .use(Database)
    .select({ id, createdAt, updatedAt, body, author: profileColumns(ctx) })
    .from(comments)
    .innerJoin(users, eq(users.id, comments.authorId))
    .where(where)
    .orderBy(desc(createdAt), desc(id))
}

async function articleId({ use }: Context, slug: string) {
  const [found] = await use(Database).select({ id: articles.id }).from(articles).where(eq(articles.slug, slug))
  return found?.id ?? refuse('unknown', { article: 'not found' })
}

export const commentRoutes = module('comments', '/articles/:slug/comments', { tags: ['Comments'] })
  .get(
    '/',
    { summary: 'What was said of an article', open: true, reply: { 200: t.Object({ comments: t.Array(Comment) }), 404: Errors } },
    async (ctx) => ({ comments: await list(ctx, eq(comments.articleId, await articleId(ctx, ctx.params.slug))) }),
  )
  .guard(signedIn)
  .post(
    '/',
    {
      summary: 'Say something',
      body: t.Object({ comment: t.Object({ body: Text(10_000) }) }),
      reply: { 201: t.Object({ comment: Comment }), 404: Errors },
    },
    async (ctx) => {
      const row = { ...ctx.body.comment, articleId: await articleId(ctx, ctx.params.slug), authorId: ctx.user.id }
      const [made] = await ctx.use(Database).insert(comments).values(row).returning({ id: comments.id })
      const [comment] = await list(ctx, eq(comments.id, made!.id))
      return { comment: comment! }
    },
  )
  .delete(
    '/:id',
    {
      summary: 'Take it back',
      params: t.Object({ slug: t.String(), id: t.Integer({ minimum: 1, maximum: 2 ** 31 - 1 }) }),
      reply: { 204: null, 403: Errors, 404: Errors },
    },
    async (ctx) => {
      const db = ctx.use(Database)
      const it = and(eq(comments.id, ctx.params.id), eq(comments.articleId, await articleId(ctx, ctx.params.slug)))
      const [found] = await db.select({ authorId: comments.authorId }).from(comments).where(it)
      if (found === undefined) return refuse('unknown', { comment: 'not found' })
      if (found.authorId !== ctx.user.id) return refuse('not-yours', { comment: 'forbidden' })
      await db.delete(comments).where(it)
      return null
    },
  )
