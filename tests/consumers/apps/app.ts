import { app, guard, module, problem, problems, refuse, service, t } from 'plinth'
import { z } from 'zod'

const catalogue = problems({ 'email-taken': { status: 409, title: 'This address is taken', params: t.Object({ email: t.String() }) } })

declare module 'plinth' {
  interface Register {
    user: { id: number; role: 'user' | 'admin' }
    problems: typeof catalogue
  }
}

export const Signup = t.Object({ email: t.String(), age: t.Optional(t.Integer({ minimum: 0 })) })
export const User = t.Object({ id: t.Integer(), email: t.String(), role: t.Union([t.Literal('admin'), t.Literal('user')]) })

export const Users = service('users', async () => {
  const taken = new Set(['taken@example.com'])
  return {
    taken: async (email: string) => taken.has(email),
    create: async (input: { email: string }) => ({ id: 1, email: input.email, role: 'user' as const }),
  }
})

export const signedIn = guard((ctx) => ctx.user ?? refuse('not-signed-in'))
export const tenant = guard(() => ({ tenant: 'acme' }))

export const billing = module('billing')
  .guard(tenant)
  .get('/', ({ tenant }) => ({ tenant }))
  .post('/invoices', { body: z.object({ total: z.coerce.number() }) }, ({ body, tenant }) => ({ total: body.total, tenant }))

export default app()
  .use(Users)
  .get('/', () => 'Hello, world')
  .get('/hello/:name', ({ params }) => ({ message: `Hello ${params.name}` }))
  .post('/users', { body: Signup, reply: { 201: User, 409: problem('email-taken') }, tags: ['users'] }, async ({ body, use, reply }) => {
    const users = use(Users)
    if (await users.taken(body.email)) throw problem('email-taken', { email: body.email })
    return reply(201, await users.create(body))
  })
  .get('/me', { guards: [signedIn] }, ({ user }) => ({ id: user.id }))
  .use('/billing', billing)
