import { join } from 'node:path'
import { database, resources } from '@plinth/data'
import { app } from 'plinth'
import { cors } from 'plinth/middleware'
import { byToken, ownAccount, registration, Settings, type Account } from './accounts.ts'
import { articleRoutes, favoriteRoutes, tagRoutes } from './articles.ts'
import { commentRoutes } from './comments.ts'
import { realWorldErrors, taken, type catalogue } from './errors.ts'
import { profiles } from './profiles.ts'
import * as schema from './schema.ts'
import { Articles, Comments, Favorites, Follows, Users } from './tables.ts'

declare module 'plinth' {
  interface Register {
    user: Account
    problems: typeof catalogue
    schema: typeof schema
  }
}

const securitySchemes = { token: { type: 'apiKey', in: 'header', name: 'Authorization', description: '`Token …` or `Bearer …`' } } as const

export default app({ name: 'Conduit', errors: realWorldErrors, openapi: { securitySchemes } })
  .use(cors({ origins: '*' }))
  .use(Settings)
  .use(database({ schema, casing: 'snake_case', migrate: join(import.meta.dirname, 'drizzle') }))
  .catch(Error, taken)
  .use('/api', registration)
  .use('/api', tagRoutes)
  .identify(byToken)
  .use('/api', ownAccount)
  .use('/api', profiles)
  .use('/api', articleRoutes)
  .use('/api', favoriteRoutes)
  .use('/api', commentRoutes)
  .use('/rest', resources(Users, Articles, Comments, Favorites, Follows))
