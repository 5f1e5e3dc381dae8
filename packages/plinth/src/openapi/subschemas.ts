import type { JsonSchema } from '../app/index.ts'
import { isSchema } from './fields.ts'

/** Keywords whose members are schemas, under names that are no keywords. */
const maps: ReadonlySet<string> = new Set(['properties', 'patternProperties', 'dependentSchemas', '$defs'])
/** Keywords that hold values, which may look like schemas. */
const values: ReadonlySet<string> = new Set(['default', 'const', 'enum', 'examples', 'example', 'required', 'type', 'discriminator'])

/** Where a schema lies in the one around it: `properties`, `email`; `anyOf`, `0`; `items`. */
export type Visit = (inside: JsonSchema, keyword: string, member: string | undefined) => unknown

/** A copy of a schema with each schema directly inside it replaced by what `visit` gives. */
export function mapSubschemas(schema: JsonSchema, visit: Visit): { [keyword: string]: unknown } {
  const result: { [keyword: string]: unknown } = {}
  for (const [keyword, value] of Object.entries(schema)) {
    if (keyword.startsWith('~') || values.has(keyword)) result[keyword] = value
    else if (maps.has(keyword) && isSchema(value))
      result[keyword] = Object.fromEntries(
        Object.entries(value).map(([name, inside]) => [name, isSchema(inside) ? visit(inside, keyword, name) : inside]),
      )
    else if (Array.isArray(value))
      result[keyword] = value.map((inside: unknown, index) => (isSchema(inside) ? visit(inside, keyword, String(index)) : inside))
    else result[keyword] = isSchema(value) ? visit(value, keyword, undefined) : value
  }
  return result
}

/** The schema at the same place of another one of the same build. */
export function memberOf(schema: JsonSchema | undefined, keyword: string, member: string | undefined): JsonSchema | undefined {
  // A tuple's items became `prefixItems` on the way.
  const value = schema?.[keyword] ?? (keyword === 'prefixItems' ? schema?.items : undefined)
  const inside = member === undefined ? value : (value as { [name: string]: unknown } | undefined)?.[member]
  return isSchema(inside) ? inside : undefined
}
