import type { Cursor } from './cursor.ts'
import { parseName } from './name.ts'
import type { NamedColumn } from './request.ts'

/** `name ("," name)*`, as in `columns` and `on_conflict`; a name that comes again is left out. */
export function parseNames(cursor: Cursor): NamedColumn[] {
  const found = new Map<string, NamedColumn>()
  let count = 0
  do {
    cursor.budget.names(cursor, ++count)
    cursor.skipBlanks()
    const { at } = cursor
    const name = parseName(cursor)
    if (!found.has(name)) found.set(name, { name, at })
  } while (cursor.eats(','))
  cursor.expectEnd('"," or end of input')
  return [...found.values()]
}
