import { guard, identify, module, problem, refuse, signCookie, t, unsignCookie } from 'plinth'
import type { User } from './facts.ts'
import { Settings } from './settings.ts'

/** Customers have a signed cookie, staff a bearer token. */
export const whoever = identify(async (ctx): Promise<User | null> => {
  const { cookieSecret, staffToken } = ctx.use(Settings)
  if (ctx.header('authorization') === `Bearer ${staffToken}`) return { name: 'staff', role: 'staff' }
  const name = await unsignCookie('customer', ctx.cookies['customer'], cookieSecret)
  return name === undefined ? null : { name, role: 'customer' }
})

export const signedIn = guard((ctx) => ctx.user ?? refuse('not-signed-in'), {
  name: 'signedIn',
  security: 'bearer',
  refuses: [problem('not-signed-in')],
})

export const staff = guard(
  (ctx) => {
    if (ctx.user.role !== 'staff') refuse('forbidden')
  },
  { name: 'staff', needs: [signedIn], refuses: [problem('forbidden')] },
)

/** A name is all it takes here; a real shop asks for a password too. */
export const session = module('session', { tags: ['session'] }).post(
  '/session',
  { summary: 'Sign in', open: true, body: t.Object({ name: t.String({ minLength: 1, maxLength: 50 }) }), reply: { 204: null } },
  async ({ body, use, setCookie }) => {
    setCookie('customer', await signCookie('customer', body.name, use(Settings).cookieSecret), { maxAge: 86_400 })
    return null
  },
)
