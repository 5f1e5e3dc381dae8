import { PostgrestError } from '../grammar/postgrest-error.ts'
import type { Condition, Field } from '../grammar/request.ts'
import { sqlNameOf } from './column-sql.ts'
import { conditionSql } from './condition.ts'
import type { Core, CoreOptions } from './core-contract.ts'
import { fieldSql, readableColumn } from './field.ts'
import { joinEmbed, type Joined } from './join.ts'
import type { Embed, Level } from './level.ts'
import { orderBy, orderSql } from './order.ts'
import { aggregated, allOutputs, columnOutput, countOutput, hasAggregates, hasOwnAggregates, isShown, type Output } from './outputs.ts'
import { quoteAlias } from './quote.ts'
import { sourceOf, whereSql } from './source.ts'
import type { Values } from './statement.ts'
import { embedOf } from './tree.ts'

/** Writes a level and everything inside it. */
export function coreOf(level: Level, values: Values, options: CoreOptions = {}): Core {
  const joins = new Map<Embed, Joined>()
  const asked = askedEmbeds(level, options.counting === true)
  const grouping = options.hoist !== true && level.embeds.some((it) => it.item.spread && it.toOne && hasAggregates(it.level))
  const grouped = grouping || (options.hoist !== true && hasOwnAggregates(level))
  const whole = options.counting !== true || grouped
  for (const embed of level.embeds) {
    const needed = embed.item.join === 'inner' || asked.has(embed) || (whole && isShown(embed.level))
    if (needed) joins.set(embed, joinEmbed(embed, level.alias, asked.get(embed) ?? [], values, coreOf))
  }
  const outputs = whole ? outputsOf(level, joins, values) : []
  const present = (name: string): string => joins.get(embedOf(level, name))!.present
  const write = (it: Condition): string => conditionSql(it, level, values, present)
  const source = sourceOf(level, options.inside, values, write)
  const where = [...source.where, ...source.rest.map(write)]
  const ordered = (options.orderedBy ?? []).map((field) => ownField(field, level, values))
  const joinText = [...joins.values()].map((it) => it.sql).join('')
  const order = options.counting === true ? '' : orderOf(level, joins, grouped, values)
  const page = options.counting === true ? '' : pageSql(level, options.inside?.embed.toOne === true, values)

  const render = (nameOf: (output: Output, at: number) => string): string => {
    const members = outputs.map((it, at) => `${memberSql(it, grouped, options.hoist === true)} AS ${nameOf(it, at)}`)
    const hidden = ordered.map((sql, at) => `${sql} AS h${at}`)
    const group = grouped ? groupBy(outputs, ordered.length) : ''
    return `SELECT ${[...members, ...hidden].join(', ')} FROM ${source.from}${joinText}${whereSql(where)}${group}${order}${page}`
  }
  return {
    outputs,
    named: () => render((it) => quoteAlias(it.name)),
    numbered: () => render((_, at) => `c${at}`),
  }
}

/** Embeds that conditions or orders speak of, with the fields of the orders. */
function askedEmbeds(level: Level, counting: boolean): Map<Embed, Field[]> {
  const asked = new Map<Embed, Field[]>()
  const visit = (condition: Condition): void => {
    if (condition.kind === 'logic') for (const term of condition.terms) visit(term)
    else if (condition.kind === 'embed-is-null') asked.set(embedOf(level, condition.embed), [])
  }
  for (const condition of level.where) visit(condition)
  for (const term of counting ? [] : level.order) {
    if (term.embed === undefined) continue
    const embed = embedOf(level, term.embed)
    if (!embed.toOne) {
      const details = `'${level.table.name}' and '${term.embed}' do not form a many-to-one or one-to-one relationship`
      throw new PostgrestError('PGRST118', `A related order on '${term.embed}' is not possible`, details)
    }
    const fields = asked.get(embed)
    if (fields === undefined) asked.set(embed, [term.field])
    else fields.push(term.field)
  }
  return asked
}

function outputsOf(level: Level, joins: ReadonlyMap<Embed, Joined>, values: Values): Output[] {
  const outputs: Output[] = []
  let embeds = 0
  for (const item of level.select) {
    if (item.kind === 'all') outputs.push(...allOutputs(level))
    else if (item.kind === 'column') outputs.push(columnOutput(item, level, values))
    else if (item.kind === 'count') outputs.push(countOutput(item, level))
    else outputs.push(...(joins.get(level.embeds[embeds++]!)?.outputs ?? []))
  }
  return outputs
}

function ownField(field: Field, level: Level, values: Values): string {
  return fieldSql(field, readableColumn(level.table, level.access, field.name), level.alias, values)
}

function memberSql(output: Output, grouped: boolean, hoist: boolean): string {
  if (output.aggregate !== undefined) return hoist ? output.sql : aggregated(output)
  // There is no equality of json, by which groups could be told.
  return grouped && output.json === true ? `(${output.sql})::jsonb` : output.sql
}

function groupBy(outputs: readonly Output[], ordered: number): string {
  const places: number[] = []
  for (let at = 0; at < outputs.length; at++) if (outputs[at]!.aggregate === undefined) places.push(at + 1)
  for (let at = 0; at < ordered; at++) places.push(outputs.length + at + 1)
  return places.length === 0 ? '' : ` GROUP BY ${places.join(', ')}`
}

function orderOf(level: Level, joins: ReadonlyMap<Embed, Joined>, grouped: boolean, values: Values): string {
  const taken = new Map<Embed, number>()
  const terms = level.order.map((term) => {
    if (term.embed === undefined) return orderSql(ownField(term.field, level, values), term)
    const embed = embedOf(level, term.embed)
    const at = taken.get(embed) ?? 0
    taken.set(embed, at + 1)
    return orderSql(joins.get(embed)!.ordered[at]!, term)
  })
  return orderBy(grouped ? terms : [...terms, ...tieBreakers(level)])
}

/** The key behind an order that leaves ties, since pages of it would overlap otherwise. Groups have no key. */
function tieBreakers({ table, access, alias, order }: Level): string[] {
  if (order.length === 0) return []
  const named = new Set(order.map((it) => (it.embed === undefined && it.field.path.length === 0 ? it.field.name : undefined)))
  const readable = table.primaryKey.every((it) => access.readable(table.columns.get(it)!))
  if (!readable || table.primaryKey.every((it) => named.has(it))) return []
  return table.primaryKey.filter((it) => !named.has(it)).map((it) => `${alias}.${sqlNameOf(table, it)}`)
}

/** The page, capped by what the asker may have at once; of to-one there is no more than one row anyhow. */
function pageSql({ page, table, access, source }: Level, toOne: boolean, values: Values): string {
  // Rows that were written are all told of.
  const cap = toOne || source !== undefined ? undefined : access.maxRows
  if (cap !== undefined && access.largerPages === 'refuse' && page.limit !== undefined && page.limit > cap) {
    const details = `a page of '${table.name}' can have ${cap} rows at most`
    throw new PostgrestError('PGRST100', `"the limit ${page.limit} is too large"`, details)
  }
  const limit = cap === undefined ? page.limit : Math.min(page.limit ?? cap, cap)
  const text = limit === undefined ? '' : ` LIMIT ${limitSql(limit, values)}`
  return page.offset === 0 ? text : `${text} OFFSET ${values.add(page.offset)}::bigint`
}

/** Limits up to this stand in the text: there are few of them, so that their statements are asked again and stay prepared. */
const MAX_LITERAL_LIMIT = 1_000

/**
 * Where the limit is bound, PostgreSQL guesses that a tenth of all rows is wanted, finds the general plan of the prepared statement
 * dear, and plans anew for each request: nearly half of what a page of twenty rows costs it.
 */
function limitSql(limit: number, values: Values): string {
  return limit <= MAX_LITERAL_LIMIT ? String(limit) : `${values.add(limit)}::bigint`
}
