// Mistake: a slot of the contract is misspelt.
import { app } from 'plinth'
import { Signup } from './register.ts'

export default app().post('/users', { boddy: Signup }, () => ({ ok: true })) // <- here
