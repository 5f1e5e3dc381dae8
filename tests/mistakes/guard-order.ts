// Mistake: a guard stands where nothing before it adds the context that it reads.
import { app } from 'plinth'
import { inTenant, tenant } from './register.ts'

export default app()
  .get('/right', { guards: [tenant, inTenant] }, ({ plan }) => ({ plan }))
  .get('/wrong', { guards: [inTenant] }, ({ plan }) => ({ plan })) // <- here
