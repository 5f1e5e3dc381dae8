import { Database } from '@plinth/data'
import { eq, sql } from 'drizzle-orm'
import { jwtVerify, SignJWT } from 'jose'
import { guard, hashPassword, identify, module, problem, refuse, service, t, verifyPassword, type Use } from 'plinth'
import { config } from 'plinth/config'
import { Errors, Text } from './errors.ts'
import { users } from './schema.ts'

/** JWT_SECRET. In production the one that stands here keeps the application from starting. */
export const Settings = config(
  t.Object({ jwtSecret: t.String({ minLength: 32, secret: true, default: 'good enough for development, and for nothing else' }) }),
)

const Tokens = service('tokens', ({ use }) => {
  const secret = new TextEncoder().encode(use(Settings).jwtSecret)
  return {
    issue: (id: number) =>
      new SignJWT().setProtectedHeader({ alg: 'HS256' }).setSubject(String(id)).setIssuedAt().setExpirationTime('30 days').sign(secret),
    /** Whose it is; nobody's where it was not issued here, or has expired. */
    holder: async (token: string) => {
      const verified = await jwtVerify(token, secret, { algorithms: ['HS256'] }).catch(() => undefined)
      const id = Number(verified?.payload.sub)
      return Number.isInteger(id) ? id : undefined
    },
  }
})

const account = { id: users.id, email: users.email, username: users.username, bio: users.bio, image: users.image }
export interface Account {
  readonly id: number
  readonly email: string
  readonly username: string
  readonly bio: string | null
  readonly image: string | null
}

/** Who is asking: the account of the token, which must still be there. */
export const byToken = identify(async ({ header, use }) => {
  const token = /^(?:Token|Bearer) +(\S+)$/i.exec(header('authorization') ?? '')?.[1]
  if (token === undefined) return null
  const id = await use(Tokens).holder(token)
  const [holder] = id === undefined ? [] : await use(Database).select(account).from(users).where(eq(users.id, id))
  return holder ?? refuse('unauthorized', { token: 'is invalid' })
})

export const signedIn = guard(({ user }) => user ?? refuse('unauthorized', { token: 'is missing' }), {
  name: 'signedIn',
  security: 'token',
  refuses: [problem('unauthorized')],
})

const User = t.Object(
  {
    email: t.String(),
    token: t.String(),
    username: t.String(),
    bio: t.Union([t.String(), t.Null()]),
    image: t.Union([t.String(), t.Null()]),
  },
  { $id: 'User' },
)
const UserAnswer = t.Object({ user: User }, { $id: 'UserAnswer' })
const answer = async (it: Account, use: Use) => ({ user: { ...it, token: await use(Tokens).issue(it.id) } })

const Email = t.String({ minLength: 1, maxLength: 254, format: 'email' })
const Password = t.Refine(
  Text(200),
  (it) => it.length >= 8,
  () => 'must have at least 8 characters',
)
const NewUser = t.Object({ username: Text(50), email: Email, password: Password })
const Nullable = (maxLength: number) => t.Optional(t.Union([t.String({ maxLength }), t.Null()]))
const UserChanges = t.Object({ ...t.Partial(NewUser).properties, bio: Nullable(5_000), image: Nullable(2_000) })

/** What one may ask without a token, or with an old one. */
export const registration = module('registration', { tags: ['User and Authentication'] })
  .use(Tokens)
  .post(
    '/users',
    { summary: 'Register', open: true, body: t.Object({ user: NewUser }), reply: { 201: UserAnswer, 409: Errors } },
    async ({ body: { user }, use }) => {
      const { password, ...names } = user
      const row = { ...names, passwordHash: await hashPassword(password) }
      const [made] = await use(Database).insert(users).values(row).returning(account)
      return answer(made!, use)
    },
  )
  .post(
    '/users/login',
    {
      summary: 'Log in',
      open: true,
      body: t.Object({ user: t.Object({ email: Text(254), password: Text(200) }) }),
      reply: { 200: UserAnswer, 401: Errors },
    },
    async ({ body: { user }, use }) => {
      const [known] = await use(Database).select().from(users).where(eq(users.email, user.email))
      const isRight = await verifyPassword(user.password, known?.passwordHash)
      return known && isRight ? answer(known, use) : refuse('unauthorized', { credentials: 'invalid' })
    },
  )

export const ownAccount = module('account', { tags: ['User and Authentication'] })
  .guard(signedIn)
  .get('/user', { summary: 'The current user', reply: { 200: UserAnswer } }, ({ user, use }) => answer(user, use))
  .put(
    '/user',
    { summary: 'Change the current user', body: t.Object({ user: UserChanges }), reply: { 200: UserAnswer, 409: Errors } },
    async ({ body, user, use }) => {
      const { password, bio, image, ...names } = body.user
      const changes = {
        ...names,
        ...(password !== undefined && { passwordHash: await hashPassword(password) }),
        ...(bio !== undefined && { bio: bio || null }),
        ...(image !== undefined && { image: image || null }),
        updatedAt: sql`now()`,
      }
      const [changed] = await use(Database).update(users).set(changes).where(eq(users.id, user.id)).returning(account)
      return changed ? answer(changed, use) : refuse('unauthorized', { token: 'is invalid' })
    },
  )
