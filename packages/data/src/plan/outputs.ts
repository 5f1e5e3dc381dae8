import { PostgrestError } from '../grammar/postgrest-error.ts'
import type { Aggregate, SelectColumn, SelectCount } from '../grammar/request.ts'
import { cast } from './casts.ts'
import { isStored } from './column-sql.ts'
import { fieldName, fieldSql, readableColumn } from './field.ts'
import type { Level } from './level.ts'
import { quote } from './quote.ts'
import type { Values } from './statement.ts'

/** One member of a level's rows. */
export interface Output {
  readonly name: string
  readonly sql: string
  /** `rows` counts them all. */
  readonly aggregate?: Aggregate | 'rows' | undefined
  readonly aggregateCast?: string | undefined
  /** Of type json, which can't be grouped by. */
  readonly json?: boolean
}

/** Every column that the asker may read; those that are computed only come by name, as in PostgREST. */
export function allOutputs({ table, access, alias }: Level): Output[] {
  const outputs: Output[] = []
  for (const column of table.columns.values()) {
    if (isStored(column) && access.readable(column)) outputs.push({ name: column.name, sql: `${alias}.${quote(column.sqlName)}` })
  }
  return outputs
}

export function columnOutput(item: SelectColumn, level: Level, values: Values): Output {
  if (item.aggregate !== undefined) demandAggregates(level)
  const column = readableColumn(level.table, level.access, item.field.name)
  const sql = cast(fieldSql(item.field, column, level.alias, values), item.cast)
  const name = item.alias ?? item.aggregate ?? fieldName(item.field)
  return { name, sql, aggregate: item.aggregate, aggregateCast: item.aggregateCast }
}

export function countOutput(item: SelectCount, level: Level): Output {
  demandAggregates(level)
  return { name: item.alias ?? 'count', sql: '1', aggregate: 'rows', aggregateCast: item.cast }
}

function demandAggregates({ access }: Level): void {
  if (!access.aggregates) throw new PostgrestError('PGRST123', 'Use of aggregate functions is not allowed')
}

/** The function over the rows of a group. */
export function aggregated({ sql, aggregate, aggregateCast }: Output): string {
  if (aggregate === undefined) return sql
  return cast(aggregate === 'rows' ? 'count(*)' : `${aggregate}(${sql})`, aggregateCast)
}

/** Whether a level gives anything to show; an embed that does not is joined and filters, but has no member in its parent. */
export function isShown(level: Level): boolean {
  return level.select.some((it) => it.kind !== 'embed') || level.embeds.some((it) => isShown(it.level))
}

export function hasOwnAggregates({ select }: Level): boolean {
  return select.some((it) => it.kind === 'count' || (it.kind === 'column' && it.aggregate !== undefined))
}

/** In the level itself, or in what is spread into its rows. */
export function hasAggregates(level: Level): boolean {
  return hasOwnAggregates(level) || level.embeds.some((it) => it.item.spread && it.toOne && hasAggregates(it.level))
}
