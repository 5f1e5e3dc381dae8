import type { TableAccess } from '../access/contract.ts'
import type { Field, JsonStep } from '../grammar/request.ts'
import type { Column, Table } from '../model/contract.ts'
import { DatabaseError } from './database-error.ts'
import { noColumn } from './no-column.ts'
import { quote } from './quote.ts'
import type { Values } from './statement.ts'

/** A column that the asker may read; 42703 for any other. */
export function readableColumn(table: Table, access: TableAccess, name: string): Column {
  const column = table.columns.get(name)
  if (column === undefined || !access.readable(column)) throw noColumn(table, access, name)
  return column
}

/** A column of `alias`. */
export function columnSql(column: Column, alias: string, values: Values): string {
  return column.computed === undefined ? `${alias}.${quote(column.sqlName)}` : `(${values.fragment(column.computed(alias))})`
}

/** A column of `alias`, or what a path leads to inside it. */
export function fieldSql(field: Field, column: Column, alias: string, values: Values): string {
  const own = columnSql(column, alias, values)
  if (field.path.length === 0) return own
  const json = column.base === 'json' || column.base === 'jsonb' ? own : `to_jsonb(${own})`
  return `(${json}${field.path.map((step, at) => arrow(step, field.path[at - 1], values)).join('')})`
}

/** Keys are bound, indexes are whole numbers that the grammar has checked. */
function arrow({ text, key }: JsonStep, before: JsonStep | undefined, values: Values): string {
  if (before?.text === true) {
    const operand = typeof key === 'number' ? 'integer' : 'unknown'
    const hint = 'No operator matches the given name and argument types. You might need to add explicit type casts.'
    throw new DatabaseError('42883', `operator does not exist: text ${text ? '->>' : '->'} ${operand}`, undefined, hint)
  }
  return `${text ? '->>' : '->'}${typeof key === 'number' ? `(${key})` : `${values.add(key)}::text`}`
}

/** The result's name where the client gave none: the last key of the path, or the column. */
export function fieldName(field: Field): string {
  for (let at = field.path.length - 1; at >= 0; at--) {
    const key = field.path[at]!.key
    if (typeof key === 'string') return key
  }
  return field.name
}
