import type { Condition } from '../grammar/request.ts'
import type { Column } from '../model/contract.ts'
import type { Embed, Level } from './level.ts'

/**
 * Whether a condition can fail on what a row holds: patterns and regular expressions with a mistake in them, paths into JSON,
 * search. Such a condition must not meet a row that the asker may not see, or its failure would tell of the row.
 */
export function canFail(condition: Condition, level: Level): boolean {
  if (condition.kind === 'logic') return condition.terms.some((it) => canFail(it, level))
  if (condition.kind === 'embed-is-null') return false
  // Nobody knows what it does.
  if (condition.kind === 'sql') return true
  const { field, operation } = condition
  if (field.path.length > 0 || operation.kind === 'fts') return true
  const column = level.table.columns.get(field.name)
  if (column !== undefined && (column.computed !== undefined || !isPlain(column))) return true
  return operation.kind === 'compare' && /^i?(?:like|match)$/.test(operation.operator)
}

const plainBases =
  /^(?:uuid|inet|cidr|macaddr8?|bytea|money|oid|(?:smallint|integer|bigint|numeric|real|double precision|text|character varying|boolean|uuid|date|timestamp with(?:out)? time zone)\[\])$/

/** Whether comparing works for any two values. Of lists and of types that extensions bring, only some are known to. */
function isPlain({ category, base }: Column): boolean {
  if (category === 'array' || category === 'other') return plainBases.test(base)
  return category !== 'json' && category !== 'composite' && category !== 'search'
}

/** An expression of the application's own, which may divide or cast. */
function isComputed(name: string, { table }: Level): boolean {
  return table.columns.get(name)?.computed !== undefined
}

/** Whether anything asked of an embed or inside it can fail. The planner is free to join before it applies the parent's rule. */
export function embedCanFail({ level }: Embed): boolean {
  return (
    level.where.some((it) => canFail(it, level)) ||
    level.order.some((it) => it.field.path.length > 0 || isComputed(it.field.name, level)) ||
    level.select.some(
      (it) =>
        it.kind === 'column' &&
        (it.cast !== undefined || it.aggregate !== undefined || it.field.path.length > 0 || isComputed(it.field.name, level)),
    ) ||
    level.embeds.some(embedCanFail)
  )
}
