import { PostgrestClient, type PostgrestQueryBuilder } from '@supabase/postgrest-js'
import { type Client, type ClientOptions, createClient as createRoutesClient, senderOf } from 'plinth/client'
import type { MainPrefix, Postgrest, PrefixesOf, SchemaOf } from './database.ts'

/** Starts a query on a resource, as `from` of `@supabase/postgrest-js` does. */
export interface From<S extends Postgrest> {
  from<N extends string & keyof S['Tables']>(name: N): PostgrestQueryBuilder<{ PostgrestVersion: '14' }, S, S['Tables'][N], N>
}

/** The client of an application: `get`, `post` and so on for its routes, `from` for its resources. */
export interface ApplicationClient<A> extends Client<A>, From<SchemaOf<A, MainPrefix<A>>> {
  /** Where an application has resources in several places: those under `prefix`. */
  at<P extends PrefixesOf<A>>(prefix: P): From<SchemaOf<A, P>>
}

/** Where resources are, beside what all calls share. */
export type ResourceClientOptions<A> = ClientOptions &
  ([MainPrefix<A>] extends ['/rest']
    ? {
        /** Under which path `from` finds resources. Default `/rest`. */
        readonly resources?: '/rest'
      }
    : { readonly resources: MainPrefix<A> })

type Given<O> = {} extends O ? [options?: O] : [options: O]

/**
 * A client of a whole application, which it imports as a type only: calls of routes as `plinth/client` has them, and `from`, which is
 * `@supabase/postgrest-js` typed by the application's resources.
 *
 * ```ts
 * import type application from './app.ts'
 * const client = createClient<typeof application>('http://localhost:3000')
 * const { data, error } = await client.from('posts').select('id, title, author(name)').eq('authorId', 7)
 * ```
 * Routes reject for what is no success; a query answers with `error` instead, unless `.throwOnError()` is called.
 * @throws {TypeError} when the URL is no text, or relative where there is no page to be relative to.
 */
export function createClient<Api>(url: string, ...[options]: Given<ResourceClientOptions<Api>>): ApplicationClient<Api> {
  const given: ClientOptions & { readonly resources?: string } = options ?? {}
  const routes = createRoutesClient<Api>(url, given)
  const base = url.replace(/\/+$/, '')
  const send = senderOf(given)
  const at = (prefix: string): From<Postgrest> => {
    const rest = new PostgrestClient(`${base}${prefix}`, {
      // `fetch` as postgrest-js has it takes addresses too; it never calls it with anything but one and its parts.
      fetch: (input, init) => send((common) => requestOf(input, init, common)),
    })
    return { from: (name) => rest.from(encodeURIComponent(name)) as never }
  }
  const main = at(given.resources ?? '/rest')
  return { ...routes, from: main.from, at } as unknown as ApplicationClient<Api>
}

/** What a query says itself goes before what all calls share. */
function requestOf(
  input: Parameters<typeof fetch>[0],
  init: RequestInit | undefined,
  common: { readonly [name: string]: string },
): Request {
  const headers = new Headers(common)
  new Headers(init?.headers).forEach((value, name) => headers.set(name, value))
  return new Request(input, { ...init, headers })
}
