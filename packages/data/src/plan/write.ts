import type { TableAccess, Verb } from '../access/contract.ts'
import { PostgrestError } from '../grammar/postgrest-error.ts'
import type { Condition, DataRequest } from '../grammar/request.ts'
import type { Column, Table } from '../model/contract.ts'
import type { Payload } from '../payload/payload.ts'
import { bodySql, csvHeader, type Format } from './body.ts'
import { deleteSql, updateSql } from './change.ts'
import { isStored, sqlNameOf } from './column-sql.ts'
import { coreOf } from './core.ts'
import { DatabaseError } from './database-error.ts'
import { exactlySql } from './exactly.ts'
import { insertedFlag, insertSql, type KeyValue } from './insert.ts'
import { refusedSql, tellsOfRows, writtenRows } from './new-rows.ts'
import { quote } from './quote.ts'
import type { Planned } from './read.ts'
import { Values } from './statement.ts'
import { buildTree, type Setting } from './tree.ts'

export interface WriteOptions {
  /** `none` without a representation. */
  readonly format: Format
  /** The written row's key as well, as a JSON list of texts. */
  readonly location: boolean
  /** The written rows as well, whole, as a JSON list. */
  readonly written: boolean
  /** How many rows there must be to answer with; else the statement fails by itself, unless it judges. */
  readonly exactly: number | undefined
}

/** A statement that writes. */
export interface PlannedWrite extends Planned {
  /** Whether what the database failed with is to be told as rows that the rules refuse. */
  isRefusal(error: unknown): boolean
  /** Whether it counts rows that should not have been written, so that it may have to be taken back. */
  readonly judges: boolean
}

/**
 * A write as one statement that answers with one row: `body` and `rows` of what the asker may read of it, how many rows were
 * `affected`, how many of them are `fresh`, how many must be `refused` (then nothing may remain) and `location`.
 */
export function planWrite(
  request: DataRequest,
  payload: Payload | undefined,
  table: Table,
  access: TableAccess,
  setting: Setting,
  options: WriteOptions,
): PlannedWrite {
  const { method } = request
  const verb: Verb = method === 'DELETE' ? 'delete' : method === 'PATCH' ? 'update' : 'create'
  const possible = verb === 'create' ? table.insertable : verb === 'update' ? table.updatable : table.deletable
  if (!possible || access.rows(verb, 't') === 'none') throw new DatabaseError('42501', `permission denied for table ${table.name}`)
  const level = buildTree(request, table, access, setting, writtenRows)
  const values = new Values()
  let write: { readonly text: string; readonly columns: readonly Column[] }
  let refused: string | undefined
  let merges = false
  if (verb === 'create') {
    write = insertSql(request, payload!, table, access, values, method === 'PUT' ? primaryKeyValues(request, table) : undefined)
    merges = method === 'PUT' || request.prefer.resolution === 'merge-duplicates'
    refused = refusedSql(merges ? 'upsert' : 'insert', write.columns, table, access, setting, values)
  } else if (verb === 'update') {
    write = updateSql(request, payload!, table, access, level, values)
    refused = refusedSql('update', write.columns, table, access, setting, values)
  } else write = { text: deleteSql(table, access, level, values), columns: [] }
  // They chose the rows that were written, and might not hold for them any more.
  level.where.length = 0

  const isRefusal = (error: unknown): boolean => tellsOfRows(error, write.columns, table, setting)
  const judges = refused !== undefined
  const more = [`(SELECT count(*) FROM ${writtenRows}) AS affected`]
  if (merges) more.push(`(SELECT count(*) FROM ${writtenRows} WHERE ${insertedFlag}) AS fresh`)
  if (refused !== undefined) more.push(`${refused} AS refused`)
  if (options.location) {
    more.push(
      `(SELECT json_build_array(${table.primaryKey.map((it) => `${writtenRows}.${sqlNameOf(table, it)}::text`).join(', ')})::text FROM ${writtenRows} LIMIT 1) AS location`,
    )
  }
  if (options.written)
    more.push(`(SELECT coalesce(json_agg(x.*), '[]')::text FROM (SELECT ${wholeRow(table)} FROM ${writtenRows}) x) AS written`)
  const mustBe = refused === undefined ? options.exactly : undefined
  if (options.format.kind === 'none') {
    if (mustBe !== undefined) more.push(exactlySql(`(SELECT count(*) FROM ${writtenRows})`, mustBe, values))
    return { text: `WITH ${writtenRows} AS (${write.text}) SELECT ${more.join(', ')}`, values: values.list, header: '', isRefusal, judges }
  }
  const core = coreOf(level, values)
  if (mustBe !== undefined) more.push(exactlySql('count(*)', mustBe, values))
  const text = `WITH ${writtenRows} AS (${write.text}) SELECT ${bodySql(options.format)} AS body, count(*) AS rows, ${more.join(', ')} FROM (${core.named()}) r`
  return { text, values: values.list, header: csvHeader(core), isRefusal, judges }
}

/** Every column by its name in requests. */
function wholeRow(table: Table): string {
  const columns = [...table.columns.values()].filter(isStored)
  return columns.map((it) => `${writtenRows}.${quote(it.sqlName)} AS ${quote(it.name)}`).join(', ')
}

/** The key that a PUT names: `eq` for every column of the primary key and nothing else, or PGRST105. */
export function primaryKeyValues(request: DataRequest, table: Table): KeyValue[] {
  const keys = request.where.filter(({ path }) => path.length === 0).map(({ value }) => keyValue(value))
  const names = new Set(keys.map((it) => it?.column))
  const complete = keys.length === table.primaryKey.length && keys.length > 0 && table.primaryKey.every((it) => names.has(it))
  if (!complete) throw new PostgrestError('PGRST105', `Filters must include all and only primary key columns with 'eq' operators`)
  return keys as KeyValue[]
}

function keyValue(condition: Condition): KeyValue | undefined {
  if (condition.kind !== 'filter' || condition.not || condition.field.path.length > 0) return undefined
  const { operation } = condition
  if (operation.kind !== 'compare' || operation.operator !== 'eq' || operation.quantifier !== undefined) return undefined
  return { column: condition.field.name, value: operation.value }
}
