import type { PgColumn, PgTable } from 'drizzle-orm/pg-core'
import { definitionSite, type Identity, type Principal, type Site } from 'plinth'
import type { AccessRule, ColumnOptions, ComputedColumn, ResourceHooks, ResourceLimits } from '../resource/types.ts'

/** A row of a table that is known only once the database was read: its columns by their names. A name that is none throws. */
export type PolicyRow = PgTable & { readonly [column: string]: PgColumn }

type Rule<U> = AccessRule<PolicyRow, U>

/** What may be done with a table, as `resource(…)` has it; what is left out is refused. */
export interface TablePolicy<U = Principal> {
  readonly read?: Rule<U | null>
  /** A rule is asked of the new row. */
  readonly create?: Rule<U>
  /** A rule is asked of the row as it was and as it becomes, or each has its own. */
  readonly update?: Rule<U> | { readonly old: Rule<U>; readonly new: Rule<U> }
  readonly delete?: Rule<U>
  readonly columns?: { readonly [column: string]: ColumnOptions<unknown> | ComputedColumn<PolicyRow> }
  /** What may be embedded. Default: every table that has policies, each under its own. */
  readonly relations?: readonly string[]
  readonly hooks?: ResourceHooks<PolicyRow>
  readonly limits?: ResourceLimits
  /** Allows `count()`, `sum()` and the like. Default false. */
  readonly aggregates?: boolean
  /** Allows PATCH and DELETE without a filter. Default false. */
  readonly unfilteredWrites?: boolean
}

/** Policies of tables by their names: `posts` in the first served schema, `api.posts` in another. */
export interface TablePolicies<U = Principal> {
  readonly [table: string]: TablePolicy<U>
}

/** Settings of {@link policies}. */
export interface PolicyOptions {
  /** Finds out who asks. Default: the application's own, or the bearer of a token where there is a JWT secret: its claims. */
  readonly identify?: Identity
}

/** What `policies(…)` made. */
export interface Policies {
  readonly '~policies': { readonly tables: TablePolicies<never>; readonly options: PolicyOptions; readonly site: Site }
}

/**
 * Says who may do what with the tables of a database that exists; a table that it does not name is not served.
 *
 * ```ts
 * export default policies<JwtClaims>({
 *   posts: {
 *     read: (row, { user }) => sql`${row.published} or ${row.author} = ${user?.sub ?? null}`,
 *     update: (row, { user }) => sql`${row.author} = ${user.sub}`,
 *   },
 *   'audit.log': { read: auditor },
 * })
 * ```
 * @throws {TypeError} without tables; what else is wrong is told at boot.
 */
export function policies<U = Principal>(tables: TablePolicies<U>, options: PolicyOptions = {}): Policies {
  if (typeof tables !== 'object' || tables === null || Object.keys(tables).length === 0) {
    throw new TypeError('policies(…) takes the policies of at least one table: { posts: { read: everyone } }')
  }
  const site = definitionSite(policies)
  return Object.freeze({ '~policies': { tables: tables as unknown as TablePolicies<never>, options, site } })
}

/** Whether `policies(…)` made a value. */
export function isPolicies(value: unknown): value is Policies {
  return typeof value === 'object' && value !== null && '~policies' in value
}
