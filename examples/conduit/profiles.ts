import { Database } from '@plinth/data'
import { and, eq, sql } from 'drizzle-orm'
import { module, refuse, t, type Context } from 'plinth'
import { signedIn } from './accounts.ts'
import { Errors } from './errors.ts'
import { follows, users } from './schema.ts'

export const Profile = t.Object(
  { username: t.String(), bio: t.Union([t.String(), t.Null()]), image: t.Union([t.String(), t.Null()]), following: t.Boolean() },
  { $id: 'Profile' },
)
const ProfileAnswer = t.Object({ profile: Profile }, { $id: 'ProfileAnswer' })

/** Ids begin with 1: a stranger follows nobody and likes nothing. */
export const idOf = ({ user }: Context): number => user?.id ?? 0

/** The columns of a profile as whoever asks sees it, for a query over users. */
export function profileColumns(ctx: Context) {
  const isMine = and(eq(follows.followerId, idOf(ctx)), eq(follows.followedId, users.id))
  const following = sql<boolean>`exists (select from ${follows} where ${isMine})`.as('following')
  return { username: users.username, bio: users.bio, image: users.image, following }
}

async function profile(ctx: Context, username: string) {
  const [found] = await ctx.use(Database).select(profileColumns(ctx)).from(users).where(eq(users.username, username))
  return { profile: found ?? refuse('unknown', { profile: 'not found' }) }
}

const reply = { 200: ProfileAnswer, 404: Errors }
export const profiles = module('profiles', '/profiles/:username', { tags: ['Profile'] })
  .get('/', { summary: 'A profile', open: true, reply }, (ctx) => profile(ctx, ctx.params.username))
  .guard(signedIn)
  .post('/follow', { summary: 'Follow somebody', reply }, async (ctx) => {
    const db = ctx.use(Database)
    const pair = db
      .select({ followerId: sql`${ctx.user.id}`.as('follower_id'), followedId: users.id })
      .from(users)
      .where(eq(users.username, ctx.params.username))
    await db.insert(follows).select(pair).onConflictDoNothing()
    return profile(ctx, ctx.params.username)
  })
  .delete('/follow', { summary: 'Unfollow somebody', reply }, async (ctx) => {
    const db = ctx.use(Database)
    const followed = db.select({ id: users.id }).from(users).where(eq(users.username, ctx.params.username))
    await db.delete(follows).where(and(eq(follows.followerId, ctx.user.id), eq(follows.followedId, followed)))
    return profile(ctx, ctx.params.username)
  })
