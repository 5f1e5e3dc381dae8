import { afterBlanks, type Cursor } from './cursor.ts'
import { afterNameChars, isNameChar } from './characters.ts'

const expected = 'field name (* or [a..z0..9_$])'

/**
 * `name = quoted | plain-name`. A plain name may hold spaces inside and single dashes, so long as these don't begin an arrow.
 * An empty name is refused, since PostgreSQL takes none.
 */
export function parseName(cursor: Cursor): string {
  cursor.skipBlanks()
  const start = cursor.at
  const name = cursor.sees('"') ? parseQuoted(cursor) : parsePlainName(cursor)
  if (name === '') cursor.fail(expected, start)
  cursor.skipBlanks()
  return name
}

function parsePlainName(cursor: Cursor): string {
  const { text } = cursor
  const start = cursor.at
  cursor.at = afterNameChars(text, start)
  if (cursor.at === start) cursor.fail(expected)
  while (cursor.sees('-') && !cursor.sees('->')) {
    cursor.at++
    if (!isNameChar(text, cursor.at)) cursor.fail('letter, digit, "_", "$" or space')
    cursor.at = afterNameChars(text, cursor.at)
  }
  return text.slice(start, cursor.at).trim()
}

function parseQuoted(cursor: Cursor): string {
  const end = afterQuoted(cursor.text, cursor.at)
  if (end === -1) cursor.fail('a closing quote (")', cursor.text.length)
  const value = unquote(cursor.text, cursor.at, end)
  cursor.at = end
  return value
}

/** Offset behind the quoted text that begins at `from`, or -1 when it does not end. A backslash takes the next character as it is. */
export function afterQuoted(text: string, from: number): number {
  for (let at = from + 1; at < text.length; at++) {
    const code = text.charCodeAt(at)
    if (code === 34) return at + 1
    if (code === 92) at++
  }
  return -1
}

/** What stands between the quotes at `from` and before `to`, without the backslashes that escape. */
export function unquote(text: string, from: number, to: number): string {
  const inner = text.slice(from + 1, to - 1)
  return inner.includes('\\') ? inner.replace(/\\([^])/g, '$1') : inner
}

/**
 * Name of a type or of a text search configuration. Never quoted: what it may consist of is what keeps it harmless where
 * SQL takes no bound value.
 */
export function parseIdentifier(cursor: Cursor): string {
  const start = afterBlanks(cursor.text, cursor.at)
  const end = afterNameChars(cursor.text, start)
  const name = cursor.text.slice(start, end).trim()
  if (name === '') cursor.fail('letter or digit', start)
  cursor.at = end
  return name
}
