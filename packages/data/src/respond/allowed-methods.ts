import type { Table } from '../model/contract.ts'

/** What can be done with a relation, for `Allow`. */
export function allowedMethods(table: Table): string[] {
  const methods = ['OPTIONS', 'GET', 'HEAD']
  if (table.insertable) methods.push('POST')
  if (table.insertable && table.updatable && table.primaryKey.length > 0) methods.push('PUT')
  if (table.updatable) methods.push('PATCH')
  if (table.deletable) methods.push('DELETE')
  return methods
}
