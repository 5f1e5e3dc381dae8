import type { Rows, TableAccess } from '../access/contract.ts'
import type { Condition } from '../grammar/request.ts'
import type { Table } from '../model/contract.ts'
import { canFail, embedCanFail } from './fallible.ts'
import type { Embed, Level } from './level.ts'
import { sqlNameOf } from './column-sql.ts'
import { quote } from './quote.ts'
import type { Values } from './statement.ts'

/** From where a level takes its rows, and what holds for them already. */
export interface Source {
  readonly from: string
  /** Conditions that are still to be put beside `from`. */
  readonly where: readonly string[]
  /** The level's own conditions that are still to be written, behind those above. */
  readonly rest: readonly Condition[]
}

/** A rule as conditions: none for all rows. */
export function ruleSql(rows: Rows, values: Values): string[] {
  if (rows === 'all') return []
  return rows === 'none' ? ['FALSE'] : [`(${values.fragment(rows)})`]
}

export function tableSql(table: Table): string {
  return `${quote(table.sqlSchema)}.${quote(table.sqlName)}`
}

/** Which rows of the level's table the asker may read at all. */
export function readRule(level: Level, values: Values): string[] {
  return ruleSql(level.access.rows('read', level.alias), values)
}

/**
 * The rows of a level that the asker may read, joined to the parent's row where it is an embed.
 *
 * Beside a rule, PostgreSQL is free to try the cheaper condition first. So where something at this level can fail on a row's
 * value, the rule goes into a subquery that PostgreSQL does not flatten (OFFSET 0), together with the conditions that can't fail,
 * which keeps indexes in use; the others meet readable rows only.
 */
export function sourceOf(
  level: Level,
  embed: { readonly embed: Embed; readonly parent: string } | undefined,
  values: Values,
  write: (condition: Condition) => string,
): Source {
  const { alias } = level
  let from = `${level.source ?? tableSql(level.table)} AS ${alias}`
  const where: string[] = []
  let restricted = level.access.rows('read', alias) !== 'all'
  if (embed !== undefined) {
    const { relationship, junction } = embed.embed
    const near = junction?.alias ?? alias
    const nearTable = relationship.junction?.table ?? relationship.target
    for (const [own, theirs] of relationship.on) {
      where.push(`${near}.${sqlNameOf(nearTable, theirs)} = ${embed.parent}.${sqlNameOf(relationship.source, own)}`)
    }
    if (junction !== undefined && relationship.junction !== undefined) {
      const { table, on } = relationship.junction
      const conditions = on.map(
        ([own, theirs]) => `${alias}.${sqlNameOf(level.table, theirs)} = ${junction.alias}.${sqlNameOf(table, own)}`,
      )
      from += ` JOIN ${tableSql(table)} AS ${junction.alias} ON ${conditions.join(' AND ')}`
      where.push(...ruleSql(junction.access.rows('read', junction.alias), values))
      restricted ||= isRestricted(junction.access, junction.alias)
    }
  }
  where.push(...readRule(level, values))
  // What an embed selects may be worked out as early as its rows are read, what the root selects comes last of all.
  const failing =
    embed === undefined ? level.where.some((it) => canFail(it, level)) || level.embeds.some(embedCanFail) : embedCanFail(embed.embed)
  const fenced = restricted && failing
  if (!fenced) return { from, where, rest: level.where }
  const isInside = (it: Condition): boolean => !canFail(it, level) && !asksEmbeds(it)
  for (const condition of level.where) if (isInside(condition)) where.push(write(condition))
  const fence = `(SELECT ${alias}.* FROM ${from}${whereSql(where)} OFFSET 0) AS ${alias}`
  return { from: fence, where: [], rest: level.where.filter((it) => !isInside(it)) }
}

function isRestricted(access: TableAccess, alias: string): boolean {
  return access.rows('read', alias) !== 'all'
}

/** Whether a condition is about what is embedded, which is joined only behind the fence. */
function asksEmbeds(condition: Condition): boolean {
  return condition.kind === 'embed-is-null' || (condition.kind === 'logic' && condition.terms.some(asksEmbeds))
}

export function whereSql(conditions: readonly string[]): string {
  return conditions.length === 0 ? '' : ` WHERE ${conditions.join(' AND ')}`
}
