import type { ForeignKey, Relationship, Table } from './contract.ts'

type Pairs = readonly (readonly [string, string])[]

/**
 * Every way between tables: along each foreign key, back along it, and through tables whose primary key holds two of them.
 * Foreign keys that lead to a table outside of the model are passed over.
 */
export function relationshipsBetween(tables: readonly Table[], find: (schema: string, name: string) => Table | undefined): Relationship[] {
  const all: Relationship[] = []
  for (const table of tables) {
    const keys = table.foreignKeys.flatMap((key) => {
      const target = find(key.schema, key.table)
      return target === undefined ? [] : [{ key, target, on: pairs(key) }]
    })
    for (const { key, target, on } of keys) {
      const one = isUnique(table, key)
      const constraint = key.name
      all.push({ cardinality: one ? 'one-to-one' : 'many-to-one', source: table, target, forward: true, constraint, on })
      const back = on.map(([own, theirs]) => [theirs, own] as const)
      all.push({
        cardinality: one ? 'one-to-one' : 'one-to-many',
        source: target,
        target: table,
        forward: false,
        constraint,
        on: back,
      })
    }
    for (const from of keys) {
      for (const to of keys) {
        if (from === to || !insidePrimaryKey(table, from.key, to.key)) continue
        all.push({
          cardinality: 'many-to-many',
          source: from.target,
          target: to.target,
          forward: false,
          constraint: from.key.name,
          on: from.on.map(([own, theirs]) => [theirs, own] as const),
          junction: { table, constraint: to.key.name, on: to.on },
        })
      }
    }
  }
  return all
}

function pairs(key: ForeignKey): Pairs {
  return key.columns.map((column, at) => [column, key.references[at]!] as const)
}

function isUnique(table: Table, key: ForeignKey): boolean {
  const columns = new Set(key.columns)
  return table.uniques.some((unique) => unique.length === columns.size && unique.every((it) => columns.has(it)))
}

function insidePrimaryKey(table: Table, a: ForeignKey, b: ForeignKey): boolean {
  const primary = new Set(table.primaryKey)
  return [...a.columns, ...b.columns].every((it) => primary.has(it))
}
