// Mistake: a path template that can't be read.
import { app } from 'plinth'

export default app().get('/files/*rest/meta', () => ({ ok: true })) // <- here
