import type { Cursor } from './cursor.ts'
import { parseJsonPath } from './json-path.ts'
import { parseName } from './name.ts'
import type { Field } from './request.ts'

/** What a parameter is, by its key alone: `select`, `actors.order`, `roles.or`; everything else is a filter. */
export type ParameterKind = 'select' | 'columns' | 'on_conflict' | 'order' | 'limit' | 'offset' | 'and' | 'or' | 'filter'

const rootOnly: ReadonlySet<string> = new Set<ParameterKind>(['select', 'columns', 'on_conflict'])
const anywhere: ReadonlySet<string> = new Set<ParameterKind>(['order', 'limit', 'offset', 'and', 'or'])

/** A column that has the name of a reserved parameter is filtered by as `"order"`, or inside `and=(…)`. */
export function parameterKind(key: string): ParameterKind {
  const last = key.slice(key.lastIndexOf('.') + 1)
  if (anywhere.has(last)) return last as ParameterKind
  return rootOnly.has(key) ? (key as ParameterKind) : 'filter'
}

/** `a.b.field->path`: the embeds that lead to the field, and the field. */
export function parseFilterKey(cursor: Cursor): { path: string[]; field: Field } {
  const path: string[] = []
  for (;;) {
    cursor.skipBlanks()
    const { at } = cursor
    const name = parseName(cursor)
    if (cursor.eats('.')) {
      path.push(name)
      continue
    }
    const field = { name, path: parseJsonPath(cursor), at }
    cursor.expectEnd('delimiter (.), "->" or end of input')
    return { path, field }
  }
}

/** `a.b.order`: the embeds that lead there. Of `and` and `or` also whether `not.` stands before. */
export function parseReservedKey(cursor: Cursor): { path: string[]; not: boolean } {
  const path: string[] = []
  let not = false
  for (;;) {
    const name = parseName(cursor)
    if (!cursor.eats('.')) break
    path.push(name)
  }
  cursor.expectEnd('delimiter (.) or end of input')
  if ((cursor.text.endsWith('.and') || cursor.text.endsWith('.or')) && path.at(-1) === 'not') {
    path.pop()
    not = true
  }
  return { path, not }
}
