// Mistake: the schema of the parameters names one that the path has under another name.
import { app, t } from 'plinth'

export default app().get('/users/:id', { params: t.Object({ userId: t.Integer() }) }, ({ params }) => params.userId) // <- here
