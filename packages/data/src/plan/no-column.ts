import type { TableAccess } from '../access/contract.ts'
import type { Table } from '../model/contract.ts'
import { distance } from '../model/similar.ts'
import { DatabaseError } from './database-error.ts'

/** 42703, the same for a column that is not there and for one that the asker may not see; it proposes readable ones only. */
export function noColumn(table: Table, access: TableAccess, column: string): DatabaseError {
  return new DatabaseError('42703', `column ${table.name}.${column} does not exist`, undefined, hint(table, access, column))
}

/** What PostgreSQL would propose: one or two columns at most three characters away, and not more than half the name. */
function hint(table: Table, access: TableAccess, wanted: string): string | undefined {
  if (wanted.length > 63) return undefined
  let nearest = Math.min(3, Math.floor(wanted.length / 2))
  let names: string[] = []
  for (const it of table.columns.values()) {
    if (!access.readable(it)) continue
    const changes = distance(wanted, it.name)
    if (changes > nearest) continue
    if (changes < nearest) names = []
    nearest = changes
    names.push(`"${table.name}.${it.name}"`)
  }
  if (names.length === 0 || names.length > 2) return undefined
  return `Perhaps you meant to reference the column ${names.join(' or the column ')}.`
}
