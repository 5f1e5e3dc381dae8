import type { Cursor } from './cursor.ts'
import { afterQuoted, unquote } from './name.ts'

/** `"(" elem ("," elem)* ")"`; `()` has no values. */
export function parseList(cursor: Cursor): string[] {
  cursor.skipBlanks()
  cursor.expect('(')
  cursor.skipBlanks()
  const values: string[] = []
  if (!cursor.sees(')')) {
    do {
      values.push(parseQuotedTerm(cursor) ?? parseRawTerm(cursor))
      cursor.budget.listValues(cursor, values.length)
    } while (cursor.eats(','))
  }
  if (!cursor.eats(')')) cursor.fail('"," or ")"')
  cursor.skipBlanks()
  return values
}

/**
 * Quoted text, if it goes up to `,` or `)`; else a quote is a character like any other, as in `Double"Quote"`.
 * A quote that does not close costs no more than the way to the next one, so trying again at each element stays linear.
 */
export function parseQuotedTerm(cursor: Cursor): string | undefined {
  if (!cursor.sees('"')) return undefined
  const { text, at: start } = cursor
  const end = afterQuoted(text, start)
  if (end === -1 || (end < text.length && text[end] !== ',' && text[end] !== ')')) return undefined
  cursor.at = end
  return unquote(text, start, end)
}

/** A run of anything but `,` and `)`, possibly empty; blanks belong to it. */
export function parseRawTerm(cursor: Cursor): string {
  const { text, at: start } = cursor
  while (cursor.at < text.length && text[cursor.at] !== ',' && text[cursor.at] !== ')') cursor.at++
  return text.slice(start, cursor.at)
}
