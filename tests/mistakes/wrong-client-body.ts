// Mistake: calling a route with a body of the wrong shape.
import { createClient } from 'plinth/client'
import type { api } from './register.ts'

const client = createClient<typeof api>('http://localhost:3000')
void client.post('/users', { body: { email: 'a@example.com', age: 'ten' } }) // <- here
