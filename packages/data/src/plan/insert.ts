import type { TableAccess } from '../access/contract.ts'
import { PostgrestError } from '../grammar/postgrest-error.ts'
import type { DataRequest } from '../grammar/request.ts'
import type { Column, Table } from '../model/contract.ts'
import type { Payload } from '../payload/payload.ts'
import { isStored, sqlNameOf } from './column-sql.ts'
import { readableColumn } from './field.ts'
import { noColumn } from './no-column.ts'
import { quote } from './quote.ts'
import { ruleSql, tableSql, whereSql } from './source.ts'
import type { Values } from './statement.ts'
import { payloadSql, writtenColumns } from './write-columns.ts'

/** Whether a row was new, as a member of what INSERT returns. No client can name a column so that it is taken for this. */
export const insertedFlag = '"?inserted"'

/** Which rows of the body count: those with this value in the column. */
export interface KeyValue {
  readonly column: string
  readonly value: string
}

/** INSERT of a body's rows with `RETURNING`, and on a conflict what the client prefers. `keys` are those of PUT. */
export function insertSql(
  request: DataRequest,
  payload: Payload,
  table: Table,
  access: TableAccess,
  values: Values,
  keys: readonly KeyValue[] | undefined,
): { readonly text: string; readonly columns: readonly Column[] } {
  const columns = writtenColumns(payload, table, access)
  const target = tableSql(table)
  if (payload.rows === 0) return { text: `SELECT t.*, TRUE AS ${insertedFlag} FROM ${target} AS t WHERE FALSE`, columns }
  const sent = columns.filter((it) => payload.defaulted?.has(it.name) !== true)
  const conflict = conflictSql(request, sent, table, access, values, keys !== undefined)
  const inserted = conflict.updates ? freshSql(table, conflict.on) : 'TRUE'
  const end = `${conflict.text} RETURNING t.*, ${inserted} AS ${insertedFlag}`
  if (columns.length === 0 && access.set.size === 0) return { text: `${insertDefaults(payload, table, values)}${end}`, columns }
  const { from, expressions } = payloadSql(payload, columns, request.prefer.missing === 'default', values)
  const names = columns.map((it) => quote(it.sqlName))
  const all = [...expressions]
  for (const [name, fragment] of access.set) {
    // What a hook wrote is not overwritten.
    if (columns.some((it) => it.name === name)) continue
    names.push(sqlNameOf(table, name))
    all.push(`(${values.fragment(fragment)})`)
  }
  const chosen = (keys ?? []).map(({ column, value }) => `p.${quote(column)} = ${values.add(value)}`)
  const text = `INSERT INTO ${target} AS t (${names.join(', ')}) SELECT ${all.join(', ')} FROM ${from}${whereSql(chosen)}${end}`
  return { text, columns }
}

/**
 * Whether a returned row is new. A plain table's rows tell by a system column; elsewhere we look whether the key was there before
 * this statement, which may miss what others did meanwhile.
 */
function freshSql(table: Table, on: readonly string[]): string {
  if (tellsFresh(table)) return 't.xmax = 0'
  return `NOT EXISTS (SELECT FROM ${tableSql(table)} AS o WHERE ${on.map((it) => `o.${sqlNameOf(table, it)} = t.${sqlNameOf(table, it)}`).join(' AND ')})`
}

/** Whether rows of an upsert tell for certain if they are new. */
export function tellsFresh(table: Table): boolean {
  return table.kind === 'table' && !table.partitioned
}

/** Rows of nothing but defaults, as many as there are objects: SQL has no such INSERT, so one column is told its own default. */
function insertDefaults(payload: Payload, table: Table, values: Values): string {
  const target = tableSql(table)
  for (const column of table.columns.values()) {
    if (column.generated || !isStored(column)) continue
    const { from } = payloadSql(payload, [], false, values)
    return `INSERT INTO ${target} AS t (${quote(column.sqlName)}) SELECT ${column.defaultExpression ?? 'NULL'} FROM ${from}`
  }
  if (payload.rows === 1) return `INSERT INTO ${target} AS t DEFAULT VALUES`
  throw new PostgrestError(
    'PGRST127',
    'Feature not implemented',
    'Rows of which the database fills every column can be inserted one at a time.',
  )
}

/** What the server sets in a row that is changed; what a hook wrote is not overwritten. */
export function setSql(written: readonly Column[], table: Table, access: TableAccess, values: Values): string[] {
  const all: string[] = []
  for (const [name, fragment] of access.setOnUpdate) {
    if (!written.some((it) => it.name === name)) all.push(`${sqlNameOf(table, name)} = (${values.fragment(fragment)})`)
  }
  return all
}

function storedColumn(table: Table, access: TableAccess, name: string): Column {
  const column = readableColumn(table, access, name)
  if (!isStored(column)) throw noColumn(table, access, name)
  return column
}

function conflictSql(
  request: DataRequest,
  columns: readonly Column[],
  table: Table,
  access: TableAccess,
  values: Values,
  put: boolean,
): { readonly text: string; readonly updates: boolean; readonly on: readonly string[] } {
  const resolution = put ? 'merge-duplicates' : request.prefer.resolution
  const on = request.onConflict === undefined || put ? table.primaryKey : request.onConflict.map((it) => it.name)
  if (resolution === undefined || on.length === 0) return { text: '', updates: false, on }
  const target = ` ON CONFLICT (${on.map((name) => quote(storedColumn(table, access, name).sqlName)).join(', ')})`
  if (resolution === 'ignore-duplicates' || columns.length === 0) return { text: `${target} DO NOTHING`, updates: false, on }
  const set = [
    ...columns.map((it) => `${quote(it.sqlName)} = EXCLUDED.${quote(it.sqlName)}`),
    ...setSql(columns, table, access, values),
  ].join(', ')
  const rule = [...ruleSql(access.rows('read', 't'), values), ...ruleSql(access.rows('update', 't'), values)]
  return { text: `${target} DO UPDATE SET ${set}${whereSql(rule)}`, updates: true, on }
}
