// Mistake: calling a route without the body that it wants.
import { createClient } from 'plinth/client'
import type { api } from './register.ts'

const client = createClient<typeof api>('http://localhost:3000')
void client.post('/users') // <- here
