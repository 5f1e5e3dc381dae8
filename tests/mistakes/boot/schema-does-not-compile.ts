// Mistake: a schema with a regular expression that is none.
import { app, t } from 'plinth'

export default app().post('/tags', { body: t.Object({ tag: t.String({ pattern: '[a-' }) }) }, () => ({ ok: true })) // <- here
