import type { InferInsertModel, InferSelectModel, SQLWrapper } from 'drizzle-orm'
import type { PgTable } from 'drizzle-orm/pg-core'
import type { Context } from 'plinth'
import type { ColumnKey } from './types.ts'
import type { Unwritten } from './wire-table.ts'

/** A row as Drizzle gives it. Columns that the asker may not read are missing from it. */
export type RowOf<T extends PgTable> = InferSelectModel<T>
/** The primary key: its value, or for keys of several columns an object of them. */
export type KeyOf<T extends PgTable> = string | number | bigint | Partial<RowOf<T>>
/** A new row as handwritten code gives it, without what the server sets and what nobody writes. `D` is what `columns` decides. */
export type NewRow<T extends PgTable, D = {}> = Omit<InferInsertModel<T>, Unwritten<D> & string>
/** A condition of Drizzle on the table, or one made for the alias that it has. */
export type WhereOf<T extends PgTable> = SQLWrapper | ((row: T) => SQLWrapper | undefined)

/** Which rows, in which order. */
export interface FindOptions<T extends PgTable, K extends ColumnKey<T> = ColumnKey<T>> {
  readonly where?: WhereOf<T>
  /** First by the column named first. */
  readonly order?: { readonly [C in ColumnKey<T>]?: 'asc' | 'desc' }
  /** Default: all rows. What requests may ask at most does not hold for code. */
  readonly limit?: number
  readonly offset?: number
  /** Default: all that the asker may read. */
  readonly columns?: readonly K[]
}

/** Rows that a change is about. */
export interface Chosen<T extends PgTable> {
  readonly where: WhereOf<T>
}

/**
 * The rows of a resource for one asker, under the same rules as requests: what he may not see is not there. Rejects with the problem
 * that a guard refuses with, `not-signed-in` or `forbidden` where rules do, `conflict` where a key is taken or points nowhere.
 */
export interface ResourceRows<T extends PgTable, D = {}> {
  find<K extends ColumnKey<T> = ColumnKey<T>>(options?: FindOptions<T, K>): Promise<Pick<RowOf<T>, K & keyof RowOf<T>>[]>
  get(key: KeyOf<T>): Promise<RowOf<T> | undefined>
  /** All or none. Refused where the rules would hide from the asker what he creates. */
  create(row: NewRow<T, D>): Promise<RowOf<T>>
  create(rows: readonly NewRow<T, D>[]): Promise<RowOf<T>[]>
  /** Gives the row as it is then; `undefined` where there is none that the asker may change. */
  update(key: KeyOf<T>, changes: Partial<NewRow<T, D>>): Promise<RowOf<T> | undefined>
  update(chosen: Chosen<T>, changes: Partial<NewRow<T, D>>): Promise<RowOf<T>[]>
  /** Whether there was such a row; of several, how many. */
  delete(key: KeyOf<T>): Promise<boolean>
  delete(chosen: Chosen<T>): Promise<number>
}

/** What `use(Posts)` gives. */
export interface ResourceFor<T extends PgTable, D = {}> {
  /** The rows for whoever asks in `ctx`. */
  for(ctx: Context): ResourceRows<T, D>
}
