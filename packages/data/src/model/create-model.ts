import type { Model, Relationship, Table } from './contract.ts'
import { relationshipsBetween } from './relationships.ts'

/**
 * Brings tables together to a model; how they hang together is worked out once, here. `namesOf` gives ways further names, by
 * which requests may embed along them.
 */
export function createModel(
  schemas: readonly string[],
  tables: readonly Table[],
  namesOf?: (way: Relationship) => readonly string[] | undefined,
): Model {
  const bySchema = new Map<string, Map<string, Table>>(schemas.map((schema) => [schema, new Map<string, Table>()]))
  for (const table of tables) bySchema.get(table.schema)?.set(table.name, table)
  const find = (schema: string, name: string): Table | undefined => bySchema.get(schema)?.get(name)
  const ways = new Map<Table, Relationship[]>()
  for (const way of relationshipsBetween(tables, find)) {
    const names = namesOf?.(way)
    const relationship = names === undefined || names.length === 0 ? way : { ...way, names }
    const list = ways.get(relationship.source)
    if (list === undefined) ways.set(relationship.source, [relationship])
    else list.push(relationship)
  }
  return Object.freeze({
    schemas,
    table: find,
    tables: (schema: string): readonly Table[] => [...(bySchema.get(schema)?.values() ?? [])],
    relationships: (table: Table): readonly Relationship[] => ways.get(table) ?? [],
  })
}
