import { createHash } from 'node:crypto'
import { Database } from '@plinth/data'
import { eq } from 'drizzle-orm'
import { guard, identify, refuse } from 'plinth'
import * as schema from './schema.ts'

declare module 'plinth' {
  interface Register {
    user: { readonly id: number; readonly name: string }
    schema: typeof schema
  }
}

/** Tokens are long and random, so a fast hash is enough. For passwords it would not be. */
export function hashOf(token: string): string {
  return createHash('sha256').update(token).digest('hex')
}

/** Who is asking: the one whose token stands behind `Authorization: Bearer`. */
export const byToken = identify(async (ctx) => {
  const token = /^Bearer (\S+)$/i.exec(ctx.header('authorization') ?? '')?.[1]
  if (token === undefined) return null
  const { users } = schema
  const [user] = await ctx
    .use(Database)
    .select({ id: users.id, name: users.name })
    .from(users)
    .where(eq(users.tokenHash, hashOf(token)))
  return user ?? null
})

export const signedIn = guard((ctx) => ctx.user ?? refuse('not-signed-in'), { name: 'signedIn' })
