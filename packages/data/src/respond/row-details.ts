import type { TableAccess } from '../access/contract.ts'
import type { Table } from '../model/contract.ts'

/** Errors whose details tell what is in the row that is refused. */
const tellsOwnRow: ReadonlySet<string> = new Set(['23502', '23514'])
/** Those whose details tell of the row behind a view, or of another row. */
const tellsOtherRow: ReadonlySet<string> = new Set(['44000', '23P01'])

/**
 * Whether what the database says of a row beside its message tells nothing that the asker may not read. It tells all columns of the
 * table that it was about to write: one behind a view may have more than the view, one of the application more than its schema.
 */
export function mayTellRow(error: unknown, table: Table, access: TableAccess): boolean {
  const told = (error ?? {}) as { readonly [field in 'code' | 'table' | 'schema' | 'detail']?: unknown }
  if (!tellsRow(told.code)) return true
  if (tellsOtherRow.has(told.code) || told.table !== table.sqlName || told.schema !== table.sqlSchema) return false
  let columns = 0
  for (const column of table.columns.values()) {
    if (column.computed !== undefined) continue
    if (!access.readable(column)) return false
    columns++
  }
  // A value may hold the comma that is between values, so that there never are more values than this finds.
  return typeof told.detail !== 'string' || told.detail.split(', ').length <= columns
}

export function tellsRow(code: unknown): code is string {
  return typeof code === 'string' && (tellsOwnRow.has(code) || tellsOtherRow.has(code))
}
