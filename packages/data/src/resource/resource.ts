import type { PgTable } from 'drizzle-orm/pg-core'
import { definitionSite, service, type Service } from 'plinth'
import { isTable, tableName } from '../drizzle/metadata.ts'
import type { ResourceDefinition } from './definition.ts'
import { Repository } from './repository.ts'
import type { ResourceFor } from './repository-types.ts'
import { ResourceSet } from './resource-set.ts'
import type { ResourceOptions } from './types.ts'
import type { WireTable } from './wire-table.ts'

/** A table with its rules. As a service it gives handwritten code the same rules: `use(Posts).for(ctx)`. */
export interface Resource<T extends PgTable, N extends string = string, D = {}, R extends string = string, A = unknown> extends Service<
  ResourceFor<T, D>
> {
  readonly '~resource': ResourceDefinition<T, N>
  /** What the types of clients are made of. Nothing reads it at run time. */
  readonly '~wire'?: WireTable<T, D, R, A>
}

/**
 * Says what becomes of an ordinary Drizzle table: who may do what with which rows and columns. Nothing is served before
 * `resources(…)` lists it, and nothing is allowed that it does not say.
 *
 * ```ts
 * export const Posts = resource(posts, {
 *   access: {
 *     read: (row, { user }) => user ? or(row.published, eq(row.authorId, user.id)) : row.published,
 *     create: signedIn,
 *     update: (row, { user }) => eq(row.authorId, user.id),
 *   },
 *   columns: { authorId: { set: ({ user }) => user.id } },
 *   relations: ['author', 'comments'],
 * })
 * ```
 * @throws {TypeError} when it is not given a table of `drizzle-orm/pg-core` and options; what else is wrong is told at boot.
 */
export function resource<
  T extends PgTable,
  const C extends string = never,
  const N extends string = T['_']['name'],
  const D = {},
  const R extends string = never,
  const A = unknown,
>(
  table: T,
  // A rule that several tables share names the columns that it needs: it must not decide what the table is.
  // Beside what they have to be, these are taken as they were written: from that come the client's types.
  options: ResourceOptions<NoInfer<T>, C, N> & { readonly access: A; readonly columns?: D; readonly relations?: readonly R[] },
): Resource<T, N, D, R, A> {
  if (!isTable(table)) {
    throw new TypeError('resource(…) takes a table that pgTable(…) made; where it is undefined, two files import each other')
  }
  if (typeof options !== 'object' || options === null) {
    throw new TypeError(`resource(${tableName(table)}, …) takes options: { access: { read: everyone } } serves its rows to everybody`)
  }
  const resourceName = (options.name ?? tableName(table)) as N
  const site = definitionSite(resource)
  const definition = { table, resourceName, options: options as unknown as ResourceOptions<T>, site }
  const made = service(`resource ${resourceName}`, ({ use }) => {
    const set = use(ResourceSet)
    return new Repository<T>(set.of(definition), set) as ResourceFor<T, D>
  })
  return Object.assign(made, { '~resource': definition, site })
}
