import { createClient } from 'plinth/client'
import type application from './app.ts'

type Equal<A, B> = (<X>() => X extends A ? 1 : 2) extends <X>() => X extends B ? 1 : 2 ? true : false
function same<A, B>(it: Equal<A, B>): void {
  void it
}

const client = createClient<typeof application>('http://localhost:3000')

export async function use(): Promise<void> {
  const user = await client.post('/users', { body: { email: 'a@example.com' } })
  same<typeof user, { id: number; email: string; role: 'admin' | 'user' }>(true)
  const hello = await client.get('/hello/:name', { params: { name: 'Ada' } })
  same<typeof hello, { message: string }>(true)
  const answer = await client.try.post('/users', { body: { email: 'a@example.com' } })
  if (!answer.ok && answer.status === 409) same<typeof answer.problem.code, 'email-taken'>(true)
  // @ts-expect-error -- there is no such route
  void client.get('/nowhere')
}
