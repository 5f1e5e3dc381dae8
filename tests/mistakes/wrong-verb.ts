// Mistake: calling a path with a method that it does not offer.
import { createClient } from 'plinth/client'
import type { api } from './register.ts'

const client = createClient<typeof api>('http://localhost:3000')
void client.get('/users') // <- here
