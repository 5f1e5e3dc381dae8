// Mistake: a service that can't be made.
import { app, service } from 'plinth'

const Database = service('database', () => {
  throw new Error('connection refused')
})
const Users = service('users', ({ use }) => ({ database: use(Database) })) // <- here

export default app().use(Users)
