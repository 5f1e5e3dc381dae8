import { PostgrestError } from '../grammar/postgrest-error.ts'
import type { Field } from '../grammar/request.ts'
import { isStored } from './column-sql.ts'
import type { Core, WriteCore } from './core-contract.ts'
import type { Embed } from './level.ts'
import { hasAggregates, type Output } from './outputs.ts'
import { quoteAlias } from './quote.ts'
import type { Values } from './statement.ts'

/** An embed beside its parent's row. */
export interface Joined {
  readonly sql: string
  /** What it adds to the parent's row. */
  readonly outputs: readonly Output[]
  /** Whether there is anything, as a condition. */
  readonly present: string
  /** What the parent orders by. */
  readonly ordered: readonly string[]
}

/** `orderedBy` are fields of the embedded row, or members of it when it is spread. */
export function joinEmbed(embed: Embed, parent: string, orderedBy: readonly Field[], values: Values, coreOf: WriteCore): Joined {
  const inside = { embed, parent }
  const { spread } = embed.item
  if (!embed.toOne) {
    if (spread && hasAggregates(embed.level)) {
      const details = `Aggregates are not implemented for one-to-many or many-to-many spreads.`
      throw new PostgrestError('PGRST127', 'Feature not implemented', details)
    }
    const core = coreOf(embed.level, values, { inside })
    return spread ? spreadMany(embed, core) : many(embed, core)
  }
  if (!spread) return one(embed, coreOf(embed.level, values, { inside, orderedBy }), orderedBy.length)
  const members = spreadNames(embed)
  const hidden = orderedBy.filter((it) => !isMember(it, members))
  return spreadOne(embed, coreOf(embed.level, values, { inside, hoist: true, orderedBy: hidden }), orderedBy)
}

/** Names in the select of a spread embed that an order may mean. Columns that `*` stands for have the same name either way. */
function spreadNames(embed: Embed): ReadonlySet<string> {
  const names = new Set<string>()
  for (const item of embed.level.select) {
    if (item.kind === 'column' && item.aggregate === undefined) names.add(item.alias ?? item.field.name)
    else if (item.kind === 'all')
      for (const column of embed.level.table.columns.values())
        if (isStored(column) && embed.level.access.readable(column)) names.add(column.name)
  }
  return names
}

function isMember(field: Field, names: ReadonlySet<string>): boolean {
  return field.path.length === 0 && names.has(field.name)
}

function lateral(embed: Embed, select: string, on: string): string {
  const { alias, item } = embed
  return item.join === 'inner' ? ` JOIN LATERAL (${select}) AS ${alias} ON ${on}` : ` LEFT JOIN LATERAL (${select}) AS ${alias} ON TRUE`
}

function nameOf({ item }: Embed): string {
  return item.alias ?? item.relation
}

function hiddenNames(alias: string, count: number): string[] {
  return Array.from({ length: count }, (_, at) => `${alias}.h${at}`)
}

function one(embed: Embed, core: Core, hidden: number): Joined {
  const { alias } = embed
  const ordered = hiddenNames(alias, hidden)
  const kept = Array.from({ length: hidden }, (_, at) => `, r.h${at}`).join('')
  if (core.outputs.length === 0) {
    const present = `(${alias}.p IS TRUE)`
    return { sql: lateral(embed, `SELECT TRUE AS p${kept} FROM (${core.numbered()}) r`, 'TRUE'), outputs: [], present, ordered }
  }
  const select =
    hidden === 0
      ? `SELECT row_to_json(r.*) AS j FROM (${core.named()}) r`
      : `SELECT (SELECT row_to_json(x.*) FROM (SELECT ${renamed(core)}) x) AS j${kept} FROM (${core.numbered()}) r`
  const present = `(${alias}.j IS NOT NULL)`
  return { sql: lateral(embed, select, 'TRUE'), outputs: [{ name: nameOf(embed), sql: `${alias}.j`, json: true }], present, ordered }
}

function renamed(core: Core): string {
  return core.outputs.map((it, at) => `r.c${at} AS ${quoteAlias(it.name)}`).join(', ')
}

function spreadOne(embed: Embed, core: Core, orderedBy: readonly Field[]): Joined {
  const { alias } = embed
  const outputs = core.outputs.map(
    (it, at) => ({ ...it, sql: `${alias}.c${at}`, aggregate: it.aggregate === 'rows' ? 'count' : it.aggregate }) as const,
  )
  const names = spreadNames(embed)
  let hidden = 0
  const ordered = orderedBy.map((field) => {
    const member = isMember(field, names) ? outputs.find((it) => it.name === field.name) : undefined
    return member === undefined ? `${alias}.h${hidden++}` : member.sql
  })
  const select = `SELECT r.*, TRUE AS p FROM (${core.numbered()}) r`
  return { sql: lateral(embed, select, 'TRUE'), outputs, present: `(${alias}.p IS TRUE)`, ordered }
}

function many(embed: Embed, core: Core): Joined {
  const { alias } = embed
  if (core.outputs.length === 0) {
    const select = `SELECT TRUE AS p FROM (${core.numbered()}) r LIMIT 1`
    return { sql: lateral(embed, select, 'TRUE'), outputs: [], present: `(${alias}.p IS TRUE)`, ordered: [] }
  }
  const present = `(${alias}.j IS NOT NULL)`
  const select = `SELECT json_agg(r.*) AS j FROM (${core.named()}) r`
  const output = { name: nameOf(embed), sql: `coalesce(${alias}.j, '[]')`, json: true }
  return { sql: lateral(embed, select, present), outputs: [output], present, ordered: [] }
}

/** Each member becomes a list, all of them in the same order. */
function spreadMany(embed: Embed, core: Core): Joined {
  const { alias } = embed
  const present = `(${alias}.p IS TRUE)`
  const lists = core.outputs.map((_, at) => `json_agg(r.c${at}) AS c${at}, `).join('')
  const select = `SELECT ${lists}count(*) > 0 AS p FROM (${core.numbered()}) r`
  const outputs = core.outputs.map((it, at) => ({ name: it.name, sql: `coalesce(${alias}.c${at}, '[]')`, json: true }))
  return { sql: lateral(embed, select, present), outputs, present, ordered: [] }
}
