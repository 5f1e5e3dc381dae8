import type { InferInsertModel, InferSelectModel, SQL, SQLWrapper } from 'drizzle-orm'
import type { PgTable, QueryBuilder } from 'drizzle-orm/pg-core'
import type { AnyGuard, Principal, Use } from 'plinth'
import type { GrammarLimits } from '../grammar/limits.ts'
import type { Everyone, OpenRule, OpenSet } from './everyone.ts'

/** What a rule knows of whoever asks. */
export interface Asking<U = Principal | null> {
  readonly user: U
  /** Drizzle's builder, for subqueries: `inArray(row.roomId, query.select({ id: members.roomId }).from(members).where(…))`. */
  readonly query: QueryBuilder
}

/**
 * Which rows: a condition on `row`, which is the table under the alias that it has in this place of the statement, so write
 * `row.authorId`, not `posts.authorId`. `true` is all rows; `false` and `undefined` are none. It must not wait: what takes time is a
 * guard's.
 */
export type RowRule<in T extends PgTable, in U = Principal | null> = {
  rule(row: T, asking: Asking<U>): SQLWrapper | boolean | undefined
}['rule']

type OneOf<T extends PgTable, U> = Everyone | AnyGuard | OpenRule<T> | RowRule<T, U>
/** Who may, and which rows. Of a list all must hold. */
export type AccessRule<T extends PgTable, U> = OneOf<T, U> | readonly OneOf<T, U>[]

/**
 * What may be done, by whom, with which rows; what is left out is refused. A rule for writing is asked only of those who are
 * signed in, unless `everyone.where` says otherwise.
 */
export interface ResourceAccess<T extends PgTable> {
  readonly read?: AccessRule<T, Principal | null>
  /** A rule is asked of the new row. */
  readonly create?: AccessRule<T, Principal>
  /** A rule is asked of the row as it was and as it becomes, or each has its own. */
  readonly update?: AccessRule<T, Principal> | { readonly old: AccessRule<T, Principal>; readonly new: AccessRule<T, Principal> }
  readonly delete?: AccessRule<T, Principal>
}

/** Who may see or write a column. A guard that refuses makes it a column that is not there. */
export type ColumnRule = boolean | Everyone | AnyGuard | ColumnPredicate
export type ColumnPredicate = (asking: Asking) => boolean

/** What the server fills in. */
export type SetValue<V, U> = { set(asking: Asking<U>): V | SQL | null }['set']
type SetBy<V> = SetValue<V, Principal> | OpenSet<V>

/** Decisions about a column of the table. */
export interface ColumnOptions<V> {
  /** Default: everybody who may read the row. */
  readonly read?: ColumnRule
  /** Default: as `read`. */
  readonly write?: ColumnRule
  /** Never written by requests; the database or handwritten code does. */
  readonly readonly?: true
  /** Filled by the server when a row is created, and refused from the client; `update` fills it at each change as well. */
  readonly set?: SetBy<V> | { readonly create?: SetBy<V>; readonly update?: SetBy<V> }
}

/** A column that no table has: SQL over the row. It is read by name, filtered and ordered by, and never written. */
export interface ComputedColumn<T extends PgTable> {
  readonly compute: (row: T) => SQL
  /** What the expression gives, as PostgreSQL spells it. Default `text`. */
  readonly type?: string
  readonly read?: ColumnRule
}

export type TableColumns<T extends PgTable> = T['_']['columns']
export type ColumnKey<T extends PgTable> = keyof TableColumns<T> & string
type ValueOf<T extends PgTable, K> = K extends keyof InferSelectModel<T> ? InferSelectModel<T>[K] : never

/** Decisions about columns: those of the table, and computed ones under names of their own. */
export type ResourceColumns<T extends PgTable, C extends string> = {
  readonly [K in C]: K extends ColumnKey<T> ? ColumnOptions<ValueOf<T, K>> : ComputedColumn<T>
}

type Awaitable<V> = V | Promise<V>

/** A value as JSON has it. */
export type Wire<V> = V extends Date
  ? string
  : V extends bigint
    ? number | string
    : V extends Uint8Array
      ? string
      : V extends (infer E)[]
        ? Wire<E>[]
        : V

/** A row as JSON has it: dates are texts. */
export type WireRow<T extends PgTable> = { [K in keyof InferSelectModel<T>]: Wire<InferSelectModel<T>[K]> }
/** What a body may hold of a new row. */
export type WireInsert<T extends PgTable> = { [K in keyof InferInsertModel<T>]: Wire<InferInsertModel<T>[K]> }

/** A write that is about to happen. */
export interface Writing<T extends PgTable> {
  readonly verb: 'create' | 'update' | 'delete'
  /** What is written: rows of a create, the one change of an update, nothing of a delete. Change them, add to them. */
  readonly rows: Partial<WireInsert<T>>[]
  readonly user: Principal | null
  readonly use: Use
}

/** A write that has happened. */
export interface Written<T extends PgTable> {
  readonly verb: 'create' | 'update' | 'delete'
  /** The rows as they are now, whole; of a delete as they were. */
  readonly rows: readonly WireRow<T>[]
  readonly user: Principal | null
  readonly use: Use
}

/** The application's own part in writes. */
export interface ResourceHooks<T extends PgTable> {
  /**
   * Runs within the transaction, before the statement. It may change `rows`, also columns that the client may not write, and
   * refuse by throwing a problem; then nothing is written.
   */
  readonly beforeWrite?: (writing: Writing<T>) => Awaitable<void>
  /** Runs once the write has been committed. What it throws is logged. */
  readonly afterCommit?: (written: Written<T>) => Awaitable<void>
}

/** How much one request may ask of a resource. */
export interface ResourceLimits extends Partial<GrammarLimits> {
  /** Rows of one page, also where the resource is embedded. A larger `limit` is answered with 400. Default 100. */
  readonly rows?: number
}

/** How administrators see a resource. */
export interface ResourceAdmin<K extends string = string> {
  readonly list?: readonly K[]
  readonly search?: readonly K[]
}

/** What becomes of a table. */
export interface ResourceOptions<T extends PgTable, C extends string = string, N extends string = string> {
  /** What requests call it. Default: the table's name in the database. */
  readonly name?: N
  readonly access: ResourceAccess<T>
  readonly columns?: ResourceColumns<T, C>
  /**
   * What may be embedded, each under its own resource's rules; nothing unless listed. Written as `select` would, without the
   * brackets: a table, a foreign key's column with or without its `Id`, `writer:users!authorId`.
   */
  readonly relations?: readonly string[]
  readonly hooks?: ResourceHooks<T>
  readonly limits?: ResourceLimits
  /** Allows `count()`, `sum()` and the like. Default false. */
  readonly aggregates?: boolean
  /** Allows PATCH and DELETE without a filter. Default false. */
  readonly unfilteredWrites?: boolean
  /** Keeps what rows were before each change. Default false. */
  readonly history?: boolean
  /** Tells subscribers of changes. Default false. */
  readonly live?: boolean
  readonly admin?: ResourceAdmin<ColumnKey<T> | C>
}
