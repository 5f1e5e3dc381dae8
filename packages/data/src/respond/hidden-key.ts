import type { TableAccess } from '../access/contract.ts'
import { uniqueViolation } from '../database/unique-violation.ts'
import type { Column, Table } from '../model/contract.ts'
import { DatabaseError } from '../plan/database-error.ts'

/**
 * What is to be told of a key that is taken, or that points at nothing, where it has a column that the asker may not read: that
 * something is wrong and with which table. The database's own words name the constraint, its columns and their values, of which
 * the server may have filled in some.
 */
export function withoutHiddenKey(error: unknown, table: Table, access: TableAccess): unknown {
  const { code, constraint } = error as { readonly code?: unknown; readonly constraint?: unknown }
  if (code === '23505') {
    const taken = uniqueViolation(error)
    // Without columns the words are not understood, so what they name is not known to be readable.
    const hidden =
      taken === undefined || taken.columns.length === 0 || taken.columns.some((it) => !isReadable(bySqlName(table, it), access))
    return hidden && hasHidden(table, access) ? new DatabaseError(code, `a key of table "${table.name}" is taken`) : error
  }
  if (code === '23503') {
    const key = table.foreignKeys.find((it) => it.name === constraint)
    const hidden = key?.columns.some((it) => !isReadable(table.columns.get(it), access)) ?? false
    return hidden ? new DatabaseError(code, `a foreign key of table "${table.name}" points at no row`) : error
  }
  return error
}

function bySqlName(table: Table, name: string): Column | undefined {
  for (const column of table.columns.values()) if (column.sqlName === name) return column
  return undefined
}

/** An expression is no column: whoever may not read all of the table may not read what it is made of. */
function isReadable(column: Column | undefined, access: TableAccess): boolean {
  return column !== undefined && access.readable(column)
}

function hasHidden(table: Table, access: TableAccess): boolean {
  for (const column of table.columns.values()) if (!access.readable(column)) return true
  return false
}
