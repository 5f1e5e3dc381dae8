// Mistake: a service that can't be made.
import { app, service } from 'plinth'

function connect(): { readonly rows: number } {
  throw new Error('connection refused')
}
const Database = service('database', connect) // <- here
const Users = service('users', ({ use }) => ({ database: use(Database) }))

export default app().use(Users)
