import type { TableAccess, Verb } from '../access/contract.ts'
import type { Condition, DataRequest } from '../grammar/request.ts'
import { PostgrestError } from '../grammar/postgrest-error.ts'
import type { Column, Table } from '../model/contract.ts'
import type { Payload } from '../payload/payload.ts'
import { conditionSql } from './condition.ts'
import { DatabaseError } from './database-error.ts'
import { canFail } from './fallible.ts'
import { setSql } from './insert.ts'
import type { Level } from './level.ts'
import { quote } from './quote.ts'
import { ruleSql, tableSql, whereSql } from './source.ts'
import type { Values } from './statement.ts'
import { payloadSql, writtenColumns } from './write-columns.ts'

/** UPDATE of the rows that the request chooses, with the first row of the body, and `RETURNING`. */
export function updateSql(
  request: DataRequest,
  payload: Payload,
  table: Table,
  access: TableAccess,
  level: Level,
  values: Values,
): { readonly text: string; readonly columns: readonly Column[] } {
  const columns = writtenColumns(payload, table, access)
  if (payload.rows === 0 || columns.length === 0) return { text: `SELECT t.* FROM ${tableSql(table)} AS t WHERE FALSE`, columns }
  const { from, expressions } = payloadSql(payload, columns, request.prefer.missing === 'default', values)
  const named = expressions.map((it, at) => `${it} AS c${at}`).join(', ')
  const set = [...columns.map((it, at) => `${quote(it.sqlName)} = v.c${at}`), ...setSql(columns, table, access, values)].join(', ')
  const where = chosenRows(table, access, level, 'update', values)
  const text = `UPDATE ${tableSql(table)} AS ${level.alias} SET ${set} FROM (SELECT ${named} FROM ${from} LIMIT 1) v${where} RETURNING ${level.alias}.*`
  return { text, columns }
}

/** DELETE of the rows that the request chooses, with `RETURNING`. */
export function deleteSql(table: Table, access: TableAccess, level: Level, values: Values): string {
  const where = chosenRows(table, access, level, 'delete', values)
  return `DELETE FROM ${tableSql(table)} AS ${level.alias}${where} RETURNING ${level.alias}.*`
}

/**
 * Rows that the asker may both read and change, and that meet the conditions: whoever could change rows by a condition on
 * what they may not read would learn it from the number of rows.
 */
function chosenRows(table: Table, access: TableAccess, level: Level, verb: Verb, values: Values): string {
  const { alias, where } = level
  if (where.length === 0 && !access.unfilteredWrites) {
    throw new DatabaseError('21000', `${verb.toUpperCase()} requires a WHERE clause`, undefined, 'Say which rows, by a filter.')
  }
  const write = (it: Condition): string => conditionSql(it, level, values, embedsRefused)
  const rules = (): string[] => [...ruleSql(access.rows('read', alias), values), ...ruleSql(access.rows(verb, alias), values)]
  const restricted = access.rows('read', alias) !== 'all' || access.rows(verb, alias) !== 'all'
  const failing = restricted ? where.filter((it) => canFail(it, level)) : []
  const safe = where.filter((it) => !failing.includes(it))
  if (failing.length === 0) return whereSql([...rules(), ...safe.map(write)])
  const fence = `(SELECT ${alias}.tableoid, ${alias}.ctid, ${alias}.* FROM ${tableSql(table)} AS ${alias}${whereSql([...rules(), ...safe.map(write)])} OFFSET 0)`
  const chosen = `SELECT ${alias}.tableoid, ${alias}.ctid FROM ${fence} AS ${alias}${whereSql(failing.map(write))}`
  return whereSql([`(${alias}.tableoid, ${alias}.ctid) IN (${chosen})`, ...rules(), ...safe.map(write)])
}

function embedsRefused(name: string): never {
  throw new PostgrestError('PGRST127', 'Feature not implemented', `A write can't be filtered by whether '${name}' embeds anything.`)
}
