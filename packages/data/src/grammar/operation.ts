import type { Cursor } from './cursor.ts'
import { parseIdentifier } from './name.ts'
import { isCompare, isQuantifiable, isTextSearch } from './operators.ts'
import type { Compare, Filter, Is, Operation } from './request.ts'
import { parseList } from './value-list.ts'

/** Reads the one value of an operator: to the end of the parameter, or to the end of a term inside `and` and `or`. */
export type ValueParser = (cursor: Cursor) => string

const keywords: ReadonlySet<string> = new Set<Is['value']>(['null', 'not_null', 'true', 'false', 'unknown'])

/** `["not."] operator ["(" modifier ")"] "." value` */
export function parseOperation(cursor: Cursor, value: ValueParser): Pick<Filter, 'not' | 'operation'> {
  const not = cursor.eats('not.')
  const start = cursor.at
  const name = passLetters(cursor)
  if (name === 'in') return { not, operation: parseIn(cursor) }
  if (name === 'is') return { not, operation: parseIs(cursor) }
  if (isTextSearch(name)) {
    const config = cursor.eats('(') ? parseIdentifier(cursor) : undefined
    if (config !== undefined) cursor.expect(')')
    expectDelimiter(cursor)
    return { not, operation: { kind: 'fts', operator: name, config, value: value(cursor) } }
  }
  if (!isCompare(name)) cursor.fail(not ? 'operator (eq, gt, ...)' : '"not" or operator (eq, gt, ...)', start)
  const quantifier = parseQuantifier(cursor, name)
  expectDelimiter(cursor)
  const raw = value(cursor)
  // `%` must be encoded in a URL, which is why the grammar has a second sign for it.
  const pattern = name === 'like' || name === 'ilike'
  return { not, operation: { kind: 'compare', operator: name, quantifier, value: pattern ? raw.replaceAll('*', '%') : raw } }
}

function parseQuantifier(cursor: Cursor, operator: string): Compare['quantifier'] {
  if (!cursor.sees('(')) return undefined
  if (!isQuantifiable(operator)) cursor.fail('delimiter (.)')
  if (cursor.eats('(any)')) return 'any'
  if (cursor.eats('(all)')) return 'all'
  return cursor.fail('(any), (all) or delimiter (.)')
}

function parseIn(cursor: Cursor): Operation {
  expectDelimiter(cursor)
  return { kind: 'in', values: parseList(cursor) }
}

function parseIs(cursor: Cursor): Operation {
  expectDelimiter(cursor)
  const start = cursor.at
  const word = passLetters(cursor).toLowerCase()
  if (!isKeyword(word)) cursor.fail('null or trilean value (null, not_null, unknown, true, false)', start)
  cursor.skipBlanks()
  return { kind: 'is', value: word }
}

function isKeyword(word: string): word is Is['value'] {
  return keywords.has(word)
}

function expectDelimiter(cursor: Cursor): void {
  if (!cursor.eats('.')) cursor.fail('delimiter (.)')
}

function passLetters(cursor: Cursor): string {
  const { text, at: start } = cursor
  for (; cursor.at < text.length; cursor.at++) {
    const code = text.charCodeAt(cursor.at) | 32
    if ((code < 97 || code > 122) && text[cursor.at] !== '_') break
  }
  return text.slice(start, cursor.at)
}
