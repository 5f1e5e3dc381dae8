import type { Cursor } from './cursor.ts'
import { parseField } from './field.ts'
import { parseOperation } from './operation.ts'
import type { Condition, EmbedIsNull, Field, Filter, Logic } from './request.ts'
import { parseQuotedTerm, parseRawTerm } from './value-list.ts'

/** Names by which the embeds of a level are known: alias, or relation where there is none. */
export type EmbedNames = ReadonlySet<string>

/** The value of `column=[not.]op.value`, whose key gave the field. */
export function parseFilter(cursor: Cursor, field: Field, embeds: EmbedNames): Condition {
  cursor.budget.filter(cursor)
  const { at } = cursor
  const condition = parseOperation(cursor, restOf)
  cursor.expectEnd()
  return embedIsNull({ kind: 'filter', field, ...condition, at }, embeds)
}

/** The value of `and=(…)` and `or=(…)`. */
export function parseLogic(cursor: Cursor, operator: 'and' | 'or', not: boolean, embeds: EmbedNames): Logic {
  const logic = parseTerms(cursor, { operator, not, at: cursor.at }, embeds, 1)
  cursor.expectEnd()
  return logic
}

function parseTerms(cursor: Cursor, head: Pick<Logic, 'operator' | 'not' | 'at'>, embeds: EmbedNames, depth: number): Logic {
  cursor.budget.logicDepth(cursor, depth)
  cursor.skipBlanks()
  cursor.expect('(')
  const terms: Condition[] = []
  do terms.push(parseTerm(cursor, embeds, depth))
  while (cursor.eats(','))
  if (!cursor.eats(')')) cursor.fail('"," or ")"')
  cursor.skipBlanks()
  return { kind: 'logic', operator: head.operator, not: head.not, terms, at: head.at }
}

function parseTerm(cursor: Cursor, embeds: EmbedNames, depth: number): Condition {
  cursor.skipBlanks()
  const { at } = cursor
  const logic = passLogicWord(cursor)
  if (logic !== undefined) return parseTerms(cursor, { ...logic, at }, embeds, depth + 1)
  if (cursor.sees(')')) cursor.fail('field name (* or [a..z0..9_$]), negation operator (not) or logic operator (and, or)')
  cursor.budget.filter(cursor)
  const field = parseField(cursor)
  if (!cursor.eats('.')) cursor.fail('delimiter (.)')
  const condition = embedIsNull({ kind: 'filter', field, ...parseOperation(cursor, restOfTerm), at }, embeds)
  if (!cursor.done && !cursor.sees(',') && !cursor.sees(')')) cursor.fail('"," or ")"')
  return condition
}

/** `[not.](and|or)` counts only before a parenthesis: columns may be called `and` and `not` as well. */
function passLogicWord(cursor: Cursor): Pick<Logic, 'operator' | 'not'> | undefined {
  const start = cursor.at
  const not = cursor.eats('not.')
  const operator = cursor.eats('and') ? 'and' : cursor.eats('or') ? 'or' : undefined
  cursor.skipBlanks()
  if (operator !== undefined && cursor.sees('(')) return { operator, not }
  cursor.at = start
  return undefined
}

/** At the top, dots, commas and quotes in a value are nothing special. */
function restOf(cursor: Cursor): string {
  const value = cursor.text.slice(cursor.at)
  cursor.at = cursor.text.length
  return value
}

/** `lvalue = quoted | "{" no-braces* "}" | run of chars not in ",)"` */
function restOfTerm(cursor: Cursor): string {
  return parseQuotedTerm(cursor) ?? parseArray(cursor) ?? parseRawTerm(cursor)
}

function parseArray(cursor: Cursor): string | undefined {
  if (!cursor.sees('{')) return undefined
  const { text, at: start } = cursor
  let end = start + 1
  while (end < text.length && text[end] !== '{' && text[end] !== '}') end++
  if (text[end] !== '}') return undefined
  cursor.at = end + 1
  return text.slice(start, cursor.at)
}

/** Asked of an embed, `is.null` is not about a column but about whether there is anything. Other operators mean a column. */
function embedIsNull(filter: Filter, embeds: EmbedNames): Filter | EmbedIsNull {
  const { field, operation, not, at } = filter
  if (operation.kind !== 'is' || field.path.length > 0 || !embeds.has(field.name)) return filter
  if (operation.value === 'null') return { kind: 'embed-is-null', embed: field.name, not, at }
  if (operation.value === 'not_null') return { kind: 'embed-is-null', embed: field.name, not: !not, at }
  return filter
}
