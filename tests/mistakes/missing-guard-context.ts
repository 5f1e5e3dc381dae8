// Mistake: using what a guard adds, where that guard does not stand.
import { app } from 'plinth'

export default app().get('/plan', ({ tenant }) => ({ tenant })) // <- here
