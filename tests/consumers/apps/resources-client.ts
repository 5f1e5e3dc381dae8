// Not where the libraries' declarations are checked without the DOM's: those of postgrest-js name `HeadersInit`, which only the DOM has.
import { createClient } from '@plinth/client'
import type application from './app.ts'

type Equal<A, B> = (<X>() => X extends A ? 1 : 2) extends <X>() => X extends B ? 1 : 2 ? true : false
function same<A, B>(it: Equal<A, B>): void {
  void it
}

// What `resources(…)` of a package that is not published yet leaves in the type of an application.
interface Api {
  readonly '~routes': (typeof application)['~routes'] & {
    readonly '~resources': {
      readonly '/rest/posts': {
        readonly Row: { id: number; title: string; authorId: number }
        readonly Insert: { title: string }
        readonly Update: { title?: string }
        readonly Columns: { id: unknown[]; title: unknown[]; authorId: unknown[] }
        readonly Relations: 'author:users'
        readonly Open: false
      }
      readonly '/rest/users': {
        readonly Row: { id: number; name: string }
        readonly Insert: { name: string }
        readonly Update: { name?: string }
        readonly Columns: { id: unknown[]; name: unknown[] }
        readonly Relations: never
        readonly Open: true
      }
    }
  }
}

const client = createClient<Api>('http://localhost:3000', { headers: { authorization: 'Bearer abc' } })

export async function use(): Promise<void> {
  const hello = await client.get('/hello/:name', { params: { name: 'Ada' } })
  same<typeof hello, { message: string }>(true)
  const { data, error } = await client.from('posts').select('title, author(name)').eq('id', 1).single()
  if (error === null) same<typeof data, { title: string; author: { name: string } }>(true)
  // @ts-expect-error -- there is no such resource
  void client.from('nowhere')
  // @ts-expect-error -- the server sets authorId
  void client.from('posts').insert({ title: 'x', authorId: 1 })
}
