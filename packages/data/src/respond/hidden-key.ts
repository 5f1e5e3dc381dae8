import type { Access, TableAccess } from '../access/contract.ts'
import { keyColumns, uniqueViolation } from '../database/unique-violation.ts'
import type { Column, Model, Table } from '../model/contract.ts'
import { DatabaseError } from '../plan/database-error.ts'

/**
 * What is to be told of a key that is taken, or that points at nothing, where it has a column that the asker may not read: that
 * something is wrong and with which table. The database's own words name the constraint, its columns and their values, of which
 * the server may have filled in some; or another table, whose rows point at this one.
 */
export function withoutHiddenKey(
  error: unknown,
  table: Table,
  access: TableAccess,
  setting: { readonly model: Model; readonly access: Access },
): unknown {
  const { code } = error as { readonly code?: unknown }
  if (code === '23505') {
    const taken = uniqueViolation(error)
    // Without columns the words are not understood, so what they name is not known to be readable.
    const unreadable = taken?.columns.filter((it) => !isReadable(bySqlName(table, it), access))
    const hidden =
      unreadable === undefined || taken!.columns.length === 0
        ? hasHidden(table, access)
        : // A column that is not known is that of a table behind a view, or one that the application does not speak of.
          unreadable.some((it) => !isExpression(it) || hasHidden(table, access))
    return hidden ? new DatabaseError(code, `a key of table "${table.name}" is taken`) : error
  }
  if (code === '23503') return withoutHiddenReference(error as Reference, table, access, setting)
  return error
}

/** What the database tells of a key that points at nothing. */
interface Reference {
  readonly schema?: unknown
  readonly table?: unknown
  readonly constraint?: unknown
  readonly detail?: unknown
}

function withoutHiddenReference(
  error: Reference,
  table: Table,
  access: TableAccess,
  { model, access: all }: { readonly model: Model; readonly access: Access },
): unknown {
  if (error.table === table.sqlName && error.schema === table.sqlSchema) {
    // Not by the name of the constraint, which the application may know by another.
    const columns = typeof error.detail === 'string' ? keyColumns(error.detail) : []
    const hidden = columns.length === 0 ? hasHidden(table, access) : columns.some((it) => !isReadable(bySqlName(table, it), access))
    return hidden ? new DatabaseError('23503', `a foreign key of table "${table.name}" points at no row`) : error
  }
  const other = model.schemas.flatMap((it) => model.tables(it)).find((it) => it.sqlName === error.table && it.sqlSchema === error.schema)
  const theirs = other === undefined ? undefined : all.of(other)
  const key = other?.foreignKeys.find((it) => it.name === error.constraint)
  const tells = theirs !== undefined && key?.columns.every((it) => isReadable(other!.columns.get(it), theirs)) === true
  return tells ? error : new DatabaseError('23503', `a foreign key between table "${table.name}" and another table forbids it`)
}

function bySqlName(table: Table, name: string): Column | undefined {
  for (const column of table.columns.values()) if (column.sqlName === name) return column
  return undefined
}

/** PostgreSQL writes a call, or parentheses around whatever else it is. */
function isExpression(name: string): boolean {
  return name.includes('(')
}

/** An expression is no column: whoever may not read all of the table may not read what it is made of. */
function isReadable(column: Column | undefined, access: TableAccess): boolean {
  return column !== undefined && access.readable(column)
}

function hasHidden(table: Table, access: TableAccess): boolean {
  for (const column of table.columns.values()) if (!access.readable(column)) return true
  return false
}
