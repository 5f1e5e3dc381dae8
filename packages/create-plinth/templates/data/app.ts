import { join } from 'node:path'
import { database, resources } from '@plinth/data'
import { app, t } from 'plinth'
import { Notes, Users } from './resources.ts'
import * as schema from './schema.ts'
import { byToken, signedIn } from './session.ts'

const Me = t.Object({ id: t.Integer(), name: t.String() })

export default app({ name: '{{name}}' })
  // On the server that DATABASE_URL names, else inside the process. Pending migrations are applied before anything else uses it.
  .use(database({ schema, migrate: join(import.meta.dirname, 'drizzle') }))
  .identify(byToken)
  .get('/', { summary: 'Say that it works', open: true }, () => 'It works')
  .get('/me', { summary: 'Who is asking', guards: [signedIn], reply: { 200: Me } }, ({ user }) => user)
  .use('/rest', resources(Users, Notes))
