// What the mistakes share: an application's registered facts, and parts that are right.
import { app, guard, problem, problems, refuse, service, t } from 'plinth'

export const catalogue = problems({
  'email-taken': { status: 409, title: 'This address is taken', params: t.Object({ email: t.String() }) },
})

declare module 'plinth' {
  interface Register {
    user: { id: number; role: 'user' | 'admin' }
    problems: typeof catalogue
  }
}

export const Signup = t.Object({ email: t.String(), age: t.Optional(t.Integer()) })
export const User = t.Object({ id: t.Integer(), email: t.String() })

export const Users = service('users', () => ({ find: async (id: number) => ({ id, email: `${id}@example.com` }) }))
export const signedIn = guard((ctx) => ctx.user ?? refuse('not-signed-in'))
export const tenant = guard(() => ({ tenant: 'acme' }))
export const inTenant = guard((ctx: { readonly tenant: string }) => ({ plan: ctx.tenant === 'acme' ? 'gold' : 'free' }))

export const api = app()
  .get('/', () => 'Hello')
  .get('/users/:id', { params: t.Object({ id: t.Integer() }), reply: { 200: User, 404: 'problem' } }, ({ params, use }) =>
    use(Users).find(params.id),
  )
  .post('/users', { body: Signup, reply: { 201: User, 409: problem('email-taken') } }, ({ body, reply }) =>
    reply(201, { id: 1, email: body.email }),
  )
