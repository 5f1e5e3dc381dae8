import { isDigit } from './characters.ts'
import type { Cursor } from './cursor.ts'
import { afterQuoted, unquote } from './name.ts'
import type { JsonStep } from './request.ts'

const MAX_INTEGER = 2_147_483_647

/** `json-path = ( ("->>" | "->") ( index | json-key ) )*` */
export function parseJsonPath(cursor: Cursor): JsonStep[] {
  const steps: JsonStep[] = []
  while (cursor.sees('->')) {
    const { at } = cursor
    cursor.at += 2
    const text = cursor.eats('>')
    steps.push({ text, key: parseIndex(cursor) ?? parseKey(cursor), at })
    cursor.budget.jsonSteps(cursor, steps.length)
  }
  cursor.skipBlanks()
  return steps
}

/** Digits are an index only where a step can end; before `)` they are a key, as `23-xy` and `0x1` are. */
function parseIndex(cursor: Cursor): number | undefined {
  const { text, at: start } = cursor
  let end = text[start] === '-' ? start + 1 : start
  const digits = end
  while (isDigit(text, end)) end++
  if (end === digits) return undefined
  const ends = end === text.length || text[end] === '.' || text[end] === ',' || text.startsWith('->', end) || text.startsWith('::', end)
  if (!ends) return undefined
  const index = Number(text.slice(start, end))
  // PostgreSQL's operator takes an integer; beyond it, the statement itself would be wrong.
  if (Math.abs(index) > MAX_INTEGER) cursor.fail(`an index between -${MAX_INTEGER} and ${MAX_INTEGER}`)
  cursor.at = end
  // Not -0.
  return index === 0 ? 0 : index
}

/** Runs of anything but `(-:.,>)`, joined by dashes that begin no arrow. */
function parseKey(cursor: Cursor): string {
  const { text, at: start } = cursor
  if (text[start] === '"') {
    const end = afterQuoted(text, start)
    if (end === -1) cursor.fail('a closing quote (")', text.length)
    cursor.at = end
    return unquote(text, start, end)
  }
  passRun(cursor)
  while (cursor.sees('-') && !cursor.sees('->')) {
    cursor.at++
    passRun(cursor)
  }
  return text.slice(start, cursor.at).trim()
}

function passRun(cursor: Cursor): void {
  const start = cursor.at
  while (!cursor.done && !'(-:.,>)'.includes(cursor.text[cursor.at]!)) cursor.at++
  if (cursor.at === start) cursor.fail('a JSON key or an index')
}
