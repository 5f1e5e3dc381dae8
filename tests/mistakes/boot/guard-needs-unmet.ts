// Mistake: a guard stands before the one that it needs.
import { app, guard } from 'plinth'

const tenant = guard(() => ({ tenant: 'acme' }), { name: 'tenant' })
const plan = guard((ctx) => ({ plan: ctx.tenant }), { name: 'plan', needs: [tenant] })

export default app()
  .guard(plan as never) // <- here
  .guard(tenant)
  .get('/', () => 'Hello')
