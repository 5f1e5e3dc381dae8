// Mistake: two services with one name.
import { app, service } from 'plinth'

const One = service('users', () => ({ one: true }))
const Two = service('users', () => ({ two: true })) // <- here

export default app().use(One).use(Two)
