import { Database } from '@plinth/data'
import type { Use } from 'plinth'
import { notes, users } from './schema.ts'
import { hashOf } from './session.ts'

/** What `npm run db:seed` puts into the database of a developer, and the tests into theirs. */
export default async ({ use }: { readonly use: Use }): Promise<void> => {
  if (process.env['NODE_ENV'] === 'production') throw new Error('The tokens of the seed stand in the code: not in production')
  const db = use(Database)
  const [ada, bob] = await db
    .insert(users)
    .values([
      { name: 'Ada', tokenHash: hashOf('ada-token') },
      { name: 'Bob', tokenHash: hashOf('bob-token') },
    ])
    .returning()
  if (ada === undefined || bob === undefined) throw new Error('The users were not made')
  await db.insert(notes).values([
    { title: 'For everybody', shared: true, ownerId: ada.id },
    { title: 'For Ada alone', ownerId: ada.id },
    { title: 'For Bob alone', ownerId: bob.id },
  ])
}
