// Mistake: calling a route that the application does not have.
import { createClient } from 'plinth/client'
import type { api } from './register.ts'

const client = createClient<typeof api>('http://localhost:3000')
void client.get('/user/:id', { params: { id: 1 } }) // <- here
