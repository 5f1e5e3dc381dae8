// What must not compile, whatever the tsconfig: a check that passes in silence under some setting is no check.
import { app, guard, t } from 'plinth'

const User = t.Object({ id: t.Integer(), email: t.String() })
const tenant = guard(() => ({ tenant: 'acme' }))

// @ts-expect-error -- the answer has no email
app().get('/a', { reply: { 200: User } }, () => ({ id: 1 }))
// @ts-expect-error -- `id` is a number in the answer
app().get('/b', { reply: { 200: User } }, async () => ({ id: '1', email: '' }))
// @ts-expect-error -- 200 is not declared
app().get('/c', { reply: { 201: User } }, ({ reply }) => reply(200, { id: 1, email: '' }))
// @ts-expect-error -- a body is an object with an email
app().post('/d', { body: User }, ({ body }) => body.mail)
// @ts-expect-error -- the parameter is called `id`
app().get('/e/:id', ({ params }) => params.name)
// @ts-expect-error -- no guard adds `tenant`
app().get('/f', ({ tenant }) => tenant)
app()
  .guard(tenant)
  // @ts-expect-error -- `tenant` is a string
  .get('/g', ({ tenant }) => tenant.toFixed())
