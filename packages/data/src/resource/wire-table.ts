// What the client's types are made of: rows as JSON has them, seen from outside. Nothing here is there at run time.
import type { InferInsertModel } from 'drizzle-orm'
import type { PgTable } from 'drizzle-orm/pg-core'
import type { Json } from 'plinth'
import type { Everyone } from './everyone.ts'
import type { TableColumns, Wire } from './types.ts'

// ---- values --------------------------------------------------------------------------------------------------------

/** What Drizzle's types know of a column. */
interface Typed {
  readonly _: { readonly columnType: string; readonly data: unknown; readonly notNull: boolean; readonly baseColumn?: unknown }
}

/** PostgreSQL's JSON has these as numbers, whatever Drizzle makes of them. */
type Numbers = 'PgNumeric' | 'PgNumericNumber' | 'PgNumericBigInt' | 'PgBigInt53' | 'PgBigInt64' | 'PgBigSerial53' | 'PgBigSerial64'
/** Those are texts, whatever Drizzle makes of them. */
type Texts = 'PgPointTuple' | 'PgPointObject' | 'PgLine' | 'PgLineABC' | 'PgVector' | 'PgHalfVector'

/** A value of a column as JSON has it, never null. What an application's own type makes of it, only that knows. */
export type WireValue<C> = C extends { readonly _: { readonly columnType: infer K; readonly data: infer V; readonly baseColumn?: infer B } }
  ? K extends Numbers
    ? number
    : K extends Texts
      ? string
      : K extends 'PgArray'
        ? (B extends Typed ? WireValue<B> : unknown)[]
        : K extends 'PgGeometry' | 'PgGeometryObject'
          ? unknown
          : K extends 'PgCustomColumn'
            ? V extends string | number | boolean
              ? V
              : unknown
            : K extends 'PgJson' | 'PgJsonb'
              ? unknown extends V
                ? unknown
                : Json<V>
              : Wire<V>
  : never

/** The same where it is written: what may not fit into a number may be sent as a text. */
type WrittenValue<C> = C extends { readonly _: { readonly columnType: infer K } }
  ? K extends Numbers
    ? number | string
    : WireValue<C>
  : never

type OrNull<C, V> = C extends { readonly _: { readonly notNull: true } } ? V : V | null

// ---- columns -------------------------------------------------------------------------------------------------------

/** Columns that nobody reads. */
type Hidden<D> = { [K in keyof D]: D[K] extends { readonly read: false } ? K : never }[keyof D]
/** Columns that only some may read: they may be missing. */
type Restricted<D> = {
  [K in keyof D]: D[K] extends { readonly read: infer R } ? (boolean extends R ? K : R extends boolean | Everyone ? never : K) : never
}[keyof D]
/** Columns that requests never write. */
export type Unwritten<D> = {
  [K in keyof D]: D[K] extends { readonly set: unknown } | { readonly readonly: true } | { readonly write: false }
    ? K
    : D[K] extends { readonly read: false }
      ? D[K] extends { readonly write: unknown }
        ? never
        : K
      : never
}[keyof D]
type Computed<D> = { [K in keyof D]: D[K] extends { readonly compute: unknown } ? K : never }[keyof D]

type ComputedValue<O> = O extends { readonly type: infer P }
  ? P extends 'smallint' | 'integer' | 'bigint' | 'numeric' | 'real' | 'double precision' | 'int' | 'float8'
    ? number | null
    : P extends 'boolean' | 'bool'
      ? boolean | null
      : P extends 'text' | 'uuid' | 'date' | `varchar${string}` | `timestamp${string}` | `time${string}`
        ? string | null
        : unknown
  : string | null

type Flat<O> = { [K in keyof O]: O[K] }

type ReadRow<C, D> = Flat<
  { [K in Exclude<keyof C, Hidden<D> | Restricted<D>>]: OrNull<C[K], WireValue<C[K]>> } & {
    [K in keyof C & Restricted<D>]?: OrNull<C[K], WireValue<C[K]>>
  } & { [K in Exclude<Computed<D>, Restricted<D> | Hidden<D>>]: ComputedValue<D[K]> } & {
    [K in Extract<Computed<D>, Restricted<D>>]?: ComputedValue<D[K]>
  }
>

type WriteRow<I, C, D> = {
  [K in keyof I as K extends Unwritten<D> ? never : K]: K extends keyof C ? OrNull<C[K], WrittenValue<C[K]>> : never
}

/** A resource as its clients' types see it: `R` is what `relations` lists, `A` its access. */
export interface WireTable<T extends PgTable, D, R extends string, A = unknown> {
  /** What a read gives; columns that only some may read may be missing. */
  readonly Row: ReadRow<TableColumns<T>, D>
  /** What a new row takes: nothing that the server sets. */
  readonly Insert: WriteRow<InferInsertModel<T>, TableColumns<T>, D>
  /** What a change takes. */
  readonly Update: Partial<WriteRow<InferInsertModel<T>, TableColumns<T>, D>>
  /** Every column of the table, and whether it may be null. */
  readonly Columns: { readonly [K in keyof TableColumns<T>]: OrNull<TableColumns<T>[K], unknown[]> }
  readonly Relations: R
  /** Whether everybody may read every row: of others, one that a key points at may be hidden. */
  readonly Open: A extends { readonly read: Everyone } ? true : false
}
