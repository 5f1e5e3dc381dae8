import type { Fragment } from '../fragment.ts'
import type { Column, Relationship, Table } from '../model/contract.ts'

export type Verb = 'read' | 'create' | 'update' | 'delete'

/** Which rows a verb may touch: all, none, or those for which the condition holds. */
export type Rows = 'all' | 'none' | Fragment

/**
 * What one asker may do with one table, decided before anything is planned. The planner makes these part of every place in
 * which the table appears: embeds, counts, aggregates, upserts, RETURNING. It knows no principal and no guard.
 *
 * A rule is asked anew for each place, since a table may stand in a statement several times under several aliases.
 */
export interface TableAccess {
  /** `alias` is quoted already. `create` and the new row of `update` are judged on the written row under that alias. */
  rows(verb: Verb, alias: string): Rows
  /** The condition that a row must meet after an update; by default that of `update` itself. */
  after(alias: string): Rows
  /** A column that may not be read or written is answered for as one that does not exist. */
  readable(column: Column): boolean
  writable(column: Column): boolean
  /** Values that the server fills in when a row is created, by column; `writable` must say no to these. */
  readonly set: ReadonlyMap<string, Fragment>
  /** The same when a row is changed. */
  readonly setOnUpdate: ReadonlyMap<string, Fragment>
  /** What a new row gets in a column that nobody wrote, made for each row, as JSON has it. */
  readonly defaults: ReadonlyMap<string, () => unknown>
  /** Whether a way that starts at this table may be embedded; one that may not is answered for as if it were not there. */
  embeddable(relationship: Relationship): boolean
  /** Whether a write without any filter is allowed. */
  readonly unfilteredWrites: boolean
  readonly aggregates: boolean
  /** Rows at most, at the level of this table; `undefined` without a cap. */
  readonly maxRows: number | undefined
  /** What becomes of a `limit` over the cap: `cut` gives what there may be, as PostgREST does; `refuse` says so. */
  readonly largerPages: 'cut' | 'refuse'
}

/** The access of one asker to every table; `undefined` for a table that is not served, which is then unknown to everybody. */
export interface Access {
  of(table: Table): TableAccess | undefined
}
