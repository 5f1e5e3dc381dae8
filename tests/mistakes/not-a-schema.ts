// Mistake: something that is no schema stands where a schema must.
import { app } from 'plinth'

export default app().post('/users', { body: { email: 'string' } }, () => ({ ok: true })) // <- here
