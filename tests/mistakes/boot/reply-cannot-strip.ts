// Mistake: a reply schema that can give no JSON Schema, by which undeclared fields would leave.
import { app } from 'plinth'
import { z } from 'zod'

export default app().get('/me', { reply: { 200: z.object({ name: z.string() }).transform((it) => it.name) } }, () => ({ name: 'Ada' })) // <- here
