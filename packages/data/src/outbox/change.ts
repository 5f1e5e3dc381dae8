import type { Row } from '../database/contract.ts'

/** One change of one row; of a whole table for `truncate`. */
export interface Change {
  /** Grows with each change; changes of one row stand in the order in which they were made. */
  readonly id: bigint
  /** The transaction that made it, as PostgreSQL counts them. */
  readonly transaction: bigint
  readonly at: Date
  readonly schema: string
  readonly table: string
  readonly operation: 'insert' | 'update' | 'delete' | 'truncate'
  /** The primary key before the change, as JSON text; undefined for `truncate` and for tables without one. */
  readonly key: string | undefined
  /** The row before, as JSON text: numbers of PostgreSQL can be larger than those of JavaScript. */
  readonly old: string | undefined
  /** The row after, as JSON text. */
  readonly new: string | undefined
  /** Who made it, as {@link setActor} was told; undefined where nobody said. */
  readonly actor: string | undefined
  /** The database role that made it. */
  readonly role: string
}

/** As `changeOf` reads them. */
export const CHANGE_COLUMNS =
  'id::text AS id, xid::text AS xid, at, schema_name, table_name, operation, key::text AS key, old::text AS old, new::text AS new, actor, role'

export function changeOf(row: Row): Change {
  const text = (name: string): string | undefined => (row[name] as string | null) ?? undefined
  return {
    id: BigInt(row['id'] as string),
    transaction: BigInt(row['xid'] as string),
    at: row['at'] as Date,
    schema: row['schema_name'] as string,
    table: row['table_name'] as string,
    operation: row['operation'] as Change['operation'],
    key: text('key'),
    old: text('old'),
    new: text('new'),
    actor: text('actor'),
    role: row['role'] as string,
  }
}
