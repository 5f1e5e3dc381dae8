import type { Snapshot, SnapshotTable } from './snapshot.ts'

/** Something gone and something new of the same kind: a change of name, or not. Only people know. */
export interface Ambiguity {
  readonly what: 'table' | 'column' | 'enum' | 'sequence' | 'view' | 'schema'
  /** Of a column. */
  readonly table: string | undefined
  readonly gone: readonly string[]
  readonly added: readonly string[]
}

const names = (from: object, without: object): readonly string[] => Object.keys(from).filter((key) => !Object.hasOwn(without, key))

/** Where drizzle-kit would ask. */
export function ambiguities(from: Snapshot, to: Snapshot): readonly Ambiguity[] {
  const found: Ambiguity[] = []
  const look = (what: Ambiguity['what'], table: string | undefined, before: object, after: object): void => {
    const [gone, added] = [names(before, after), names(after, before)]
    if (gone.length > 0 && added.length > 0) found.push({ what, table, gone, added })
  }
  look('schema', undefined, from.schemas, to.schemas)
  look('table', undefined, from.tables, to.tables)
  look('enum', undefined, from.enums, to.enums)
  look('sequence', undefined, from.sequences, to.sequences)
  look('view', undefined, from.views, to.views)
  for (const [key, table] of Object.entries(from.tables)) {
    const now = to.tables[key]
    if (now !== undefined) look('column', key, table.columns, now.columns)
  }
  return found
}

/** `from` without what `to` does not have: on the way over it nothing is gone and new at once, so nothing is asked. */
export function withoutGone(from: Snapshot, to: Snapshot): Snapshot {
  const kept = <T>(before: { readonly [key: string]: T }, after: object): { readonly [key: string]: T } =>
    Object.fromEntries(Object.entries(before).filter(([key]) => Object.hasOwn(after, key)))
  const tables = Object.entries(kept(from.tables, to.tables)).map(([key, table]): [string, SnapshotTable] => {
    const now = to.tables[key] as SnapshotTable
    const columns = kept(table.columns, now.columns)
    const has = (it: { readonly columns: readonly string[] }): boolean => it.columns.every((name) => Object.hasOwn(columns, name))
    const only = <T>(part: { readonly [name: string]: T }, keep: (it: T) => boolean): { readonly [name: string]: T } =>
      Object.fromEntries(Object.entries(part).filter(([, it]) => keep(it)))
    return [
      key,
      {
        ...table,
        columns,
        // PostgreSQL drops with a column what stands on it.
        indexes: only(table.indexes, (it) => it.columns.every((one) => one.isExpression || Object.hasOwn(columns, one.expression))),
        foreignKeys: only(table.foreignKeys, (it) => has({ columns: it.columnsFrom })),
        uniqueConstraints: only(table.uniqueConstraints, has),
        compositePrimaryKeys: only(table.compositePrimaryKeys, has),
        policies: kept(table.policies, now.policies),
      },
    ]
  })
  return {
    ...from,
    tables: Object.fromEntries(tables),
    enums: kept(from.enums, to.enums),
    sequences: kept(from.sequences, to.sequences),
    views: kept(from.views, to.views),
    schemas: kept(from.schemas, to.schemas),
  }
}
