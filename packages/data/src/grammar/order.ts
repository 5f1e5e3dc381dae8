import type { Cursor } from './cursor.ts'
import { parseField } from './field.ts'
import { parseJsonPath } from './json-path.ts'
import { parseName } from './name.ts'
import type { Field, OrderTerm } from './request.ts'

/** `order = oterm ("," oterm)*` */
export function parseOrder(cursor: Cursor): OrderTerm[] {
  const terms: OrderTerm[] = []
  do terms.push(parseTerm(cursor))
  while (cursor.eats(','))
  cursor.expectEnd('"," or end of input')
  return terms
}

/** `(field | name "(" field ")") ["." ("asc"|"desc")] ["." ("nullsfirst"|"nullslast")]` */
function parseTerm(cursor: Cursor): OrderTerm {
  cursor.budget.orderTerm(cursor)
  cursor.skipBlanks()
  const { at } = cursor
  const name = parseName(cursor)
  let embed: string | undefined
  let field: Field
  if (cursor.eats('(')) {
    embed = name
    field = parseField(cursor)
    cursor.expect(')')
  } else field = { name, path: parseJsonPath(cursor), at }
  cursor.skipBlanks()

  let direction: OrderTerm['direction']
  let nulls: OrderTerm['nulls']
  const expected = ['"asc", "desc", "nullsfirst" or "nullslast"', '"nullsfirst" or "nullslast"', '"," or end of input'] as const
  let stage: 0 | 1 | 2 = 0
  while (cursor.sees('.')) {
    if (stage === 2) cursor.fail(expected[2])
    cursor.at++
    const start = cursor.at
    const word = passWord(cursor)
    if (stage === 0 && (word === 'asc' || word === 'desc')) {
      direction = word
      stage = 1
    } else if (word === 'nullsfirst' || word === 'nullslast') {
      nulls = word === 'nullsfirst' ? 'first' : 'last'
      stage = 2
    } else cursor.fail(expected[stage], start)
  }
  cursor.skipBlanks()
  if (!cursor.done && !cursor.sees(',')) cursor.fail('delimiter (.), "," or end of input')
  return { embed, field, direction, nulls, at }
}

function passWord(cursor: Cursor): string {
  const { text, at: start } = cursor
  while (!cursor.done && !'., \t'.includes(text[cursor.at]!)) cursor.at++
  return text.slice(start, cursor.at)
}
