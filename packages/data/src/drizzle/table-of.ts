import { customType, jsonb, type PgColumnBuilderBase, pgSchema, type PgTable, pgTable } from 'drizzle-orm/pg-core'
import type { Table } from '../model/contract.ts'

/** A table of the database as Drizzle's, so that rules can be written over it. Values go to the driver as they are. */
export function drizzleTableOf({ sqlSchema, sqlName, columns }: Table): PgTable {
  const builders: { [name: string]: PgColumnBuilderBase } = {}
  for (const { name, sqlName: column, type, category } of columns.values()) {
    builders[name] = category === 'json' ? jsonb(column) : customType<{ data: unknown }>({ dataType: () => type })(column)
  }
  // Drizzle refuses to have `public` named: it is what tables without a schema are in.
  return sqlSchema === 'public' ? pgTable(sqlName, builders) : pgSchema(sqlSchema).table(sqlName, builders)
}

/** The row, whose unknown columns are an error: without, SQL would be written as if nothing stood there. */
export function strictRow(row: PgTable, name: string, columns: ReadonlyMap<string, unknown>): PgTable {
  return new Proxy(row, {
    get(target, key, receiver) {
      if (typeof key === 'string' && !columns.has(key) && !(key in target) && !asked.has(key)) {
        throw new TypeError(`Policies of '${name}': the table has no column '${key}'; it has ${[...columns.keys()].join(', ')}`)
      }
      return Reflect.get(target, key, receiver) as unknown
    },
  })
}

/** What languages and libraries look for to find out what a value is. */
const asked: ReadonlySet<string> = new Set([
  'then',
  'toJSON',
  'getSQL',
  'shouldOmitSQLParens',
  'mapFromDriverValue',
  'nodeType',
  '$$typeof',
  'asymmetricMatch',
])
