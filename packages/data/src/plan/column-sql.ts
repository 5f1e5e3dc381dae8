import type { Column, Table } from '../model/contract.ts'
import { quote } from './quote.ts'

/** What a column that requests call `name` is called in SQL. */
export function sqlNameOf(table: Table, name: string): string {
  return quote(table.columns.get(name)!.sqlName)
}

/** Columns that the database has, for keys and conflicts. */
export function isStored(column: Column): boolean {
  return column.computed === undefined
}
