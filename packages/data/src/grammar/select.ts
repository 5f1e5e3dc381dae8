import type { Cursor } from './cursor.ts'
import { parseEmbedParameters } from './embed-parameters.ts'
import { parseJsonPath } from './json-path.ts'
import { parseIdentifier, parseName } from './name.ts'
import type { Aggregate, Field, SelectColumn, SelectCount, SelectEmbed, SelectItem } from './request.ts'

const aggregates: readonly Aggregate[] = ['sum', 'avg', 'count', 'max', 'min']

/** `select = [ item ("," item)* ]` */
export function parseSelect(cursor: Cursor): SelectItem[] {
  const items = parseItems(cursor, 0)
  cursor.expectEnd('"," or end of input')
  return items
}

function parseItems(cursor: Cursor, depth: number): SelectItem[] {
  const items: SelectItem[] = []
  cursor.skipBlanks()
  if (cursor.done || cursor.sees(')')) return items
  do {
    cursor.skipBlanks()
    cursor.budget.selectItem(cursor)
    items.push(parseItem(cursor, depth))
    cursor.skipBlanks()
  } while (cursor.eats(','))
  return items
}

/** What an item is shows behind its first name or two, so that nothing needs to be read twice. */
function parseItem(cursor: Cursor, depth: number): SelectItem {
  const { at } = cursor
  if (cursor.eats('*')) {
    expectItemEnd(cursor, '"," or end of input')
    return { kind: 'all', at }
  }
  if (cursor.eats('...')) return parseEmbed(cursor, { at, alias: undefined, relation: parseName(cursor), spread: true }, depth)
  let nameAt = at
  let name = parseName(cursor)
  let alias: string | undefined
  if (cursor.sees(':') && !cursor.sees('::')) {
    alias = name
    cursor.at++
    cursor.skipBlanks()
    nameAt = cursor.at
    name = parseName(cursor)
  }
  // A resource called "count" can't be embedded: the name is the function's.
  if (cursor.sees('(') && name === 'count') return parseCount(cursor, alias, at)
  if (cursor.sees('(') || cursor.sees('!')) return parseEmbed(cursor, { at, alias, relation: name, spread: false }, depth)
  return parseColumn(cursor, alias, { name, path: parseJsonPath(cursor), at: nameAt }, at)
}

function parseEmbed(cursor: Cursor, head: Pick<SelectEmbed, 'at' | 'alias' | 'relation' | 'spread'>, depth: number): SelectEmbed {
  const { hint, join } = parseEmbedParameters(cursor)
  if (!cursor.sees('(')) cursor.fail('"!" or "("')
  cursor.budget.embedDepth(cursor, depth + 1)
  cursor.at++
  const select = parseItems(cursor, depth + 1)
  if (!cursor.eats(')')) cursor.fail('"," or ")"')
  cursor.skipBlanks()
  expectItemEnd(cursor, '",", ")" or end of input')
  return { kind: 'embed', alias: head.alias, relation: head.relation, hint, join, spread: head.spread, select, at: head.at }
}

function parseCount(cursor: Cursor, alias: string | undefined, at: number): SelectCount {
  cursor.expect('(')
  cursor.expect(')')
  const cast = parseCast(cursor)
  expectItemEnd(cursor, '"::", "," or end of input')
  return { kind: 'count', alias, cast, at }
}

function parseColumn(cursor: Cursor, alias: string | undefined, field: Field, at: number): SelectColumn {
  const cast = parseCast(cursor)
  let aggregate: Aggregate | undefined
  let aggregateCast: string | undefined
  if (cursor.eats('.')) {
    aggregate = aggregates.find((it) => cursor.eats(`${it}()`))
    if (aggregate === undefined) cursor.fail(`an aggregate (${aggregates.map((it) => `${it}()`).join(', ')})`)
    aggregateCast = parseCast(cursor)
  }
  cursor.skipBlanks()
  expectItemEnd(cursor, aggregate === undefined ? '"->", "::", ".", "," or end of input' : '"::", "," or end of input')
  return { kind: 'column', alias, field, cast, aggregate, aggregateCast, at }
}

function parseCast(cursor: Cursor): string | undefined {
  return cursor.eats('::') ? parseIdentifier(cursor) : undefined
}

function expectItemEnd(cursor: Cursor, expected: string): void {
  cursor.skipBlanks()
  if (!cursor.done && !cursor.sees(',') && !cursor.sees(')')) cursor.fail(expected)
}
