import type { Cursor } from './cursor.ts'
import { parseJsonPath } from './json-path.ts'
import { parseName } from './name.ts'
import type { Field } from './request.ts'

/** `field = name json-path` */
export function parseField(cursor: Cursor): Field {
  cursor.skipBlanks()
  const { at } = cursor
  const name = parseName(cursor)
  return { name, path: parseJsonPath(cursor), at }
}
