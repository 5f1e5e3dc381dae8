import { catalogSql } from './catalog-sql.ts'
import { categoryOf } from './category.ts'
import type { Column, ForeignKey, Model, Table } from './contract.ts'
import { createModel } from './create-model.ts'

/** Sends one statement and gives its rows as objects. */
export type Query = (text: string, values: readonly unknown[]) => Promise<readonly { readonly [column: string]: unknown }[]>

interface RelationRow extends Pick<Table, 'schema' | 'name' | 'kind' | 'partitioned' | 'insertable' | 'updatable' | 'deletable'> {
  readonly comment: string | null
}

interface ColumnRow extends Pick<Column, 'name' | 'type' | 'base' | 'nullable' | 'hasDefault' | 'generated'> {
  readonly schema: string
  readonly table: string
  readonly group: string
  readonly form: string
  readonly default: string | null
  readonly enumValues: string[] | null
  readonly maxLength: number | null
  readonly comment: string | null
}

interface KeyRow {
  readonly schema: string
  readonly table: string
  readonly kind: 'p' | 'u' | 'f'
  readonly name: string
  readonly columns: string[]
  readonly foreignSchema: string | null
  readonly foreignTable: string | null
  readonly references: string[] | null
}

/**
 * Reads the tables of a database that exists, in three statements. Throws a TypeError without a schema.
 * Partitioned tables count as tables, their partitions are left out; what a foreign key points at outside `schemas` is unknown.
 */
export async function introspect(query: Query, schemas: readonly string[]): Promise<Model> {
  if (schemas.length === 0) throw new TypeError('introspect: name at least one schema')
  const read = async <T>(text: string): Promise<T[]> => {
    const body = (await query(text, [schemas]))[0]?.['body']
    return (typeof body === 'string' ? JSON.parse(body) : body) as T[]
  }
  const relations = await read<RelationRow>(catalogSql.relations)
  const columns = await read<ColumnRow>(catalogSql.columns)
  const keys = await read<KeyRow>(catalogSql.keys)
  const columnsOf = grouped(columns)
  const keysOf = grouped(keys)
  const tables = relations.map((it): Table => {
    const key = JSON.stringify([it.schema, it.name])
    const own = keysOf.get(key) ?? []
    return {
      ...it,
      sqlSchema: it.schema,
      sqlName: it.name,
      comment: it.comment ?? undefined,
      columns: new Map((columnsOf.get(key) ?? []).map((row) => [row.name, columnOf(row)])),
      primaryKey: own.find(({ kind }) => kind === 'p')?.columns ?? [],
      uniques: own.filter(({ kind }) => kind !== 'f').map((row) => row.columns),
      foreignKeys: own.filter(({ kind }) => kind === 'f').map(foreignKeyOf),
    }
  })
  return createModel(schemas, tables)
}

function grouped<T extends { readonly schema: string; readonly table: string }>(rows: readonly T[]): Map<string, T[]> {
  const groups = new Map<string, T[]>()
  for (const row of rows) {
    const key = JSON.stringify([row.schema, row.table])
    const group = groups.get(key)
    if (group === undefined) groups.set(key, [row])
    else group.push(row)
  }
  return groups
}

function columnOf(row: ColumnRow): Column {
  return {
    name: row.name,
    sqlName: row.name,
    type: row.type,
    base: row.base,
    category: categoryOf(row.base, row.group, row.form),
    nullable: row.nullable,
    hasDefault: row.hasDefault,
    defaultExpression: row.default ?? undefined,
    generated: row.generated,
    enumValues: row.enumValues ?? undefined,
    maxLength: row.maxLength ?? undefined,
    comment: row.comment ?? undefined,
  }
}

function foreignKeyOf(row: KeyRow): ForeignKey {
  return {
    name: row.name,
    columns: row.columns,
    schema: row.foreignSchema ?? '',
    table: row.foreignTable ?? '',
    references: row.references ?? [],
  }
}
