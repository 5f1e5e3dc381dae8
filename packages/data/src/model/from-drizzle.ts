import type { PgTable } from 'drizzle-orm/pg-core'
import { type Casing, type ColumnFacts, tableFacts, type TableFacts, tableName } from '../drizzle/metadata.ts'
import type { Column, ForeignKey, Model, Relationship, Table } from './contract.ts'
import { createModel } from './create-model.ts'
import { readSqlType } from './sql-type.ts'

/** Settings of {@link modelFromDrizzle}. */
export interface DrizzleModelOptions {
  /** As `drizzle({ casing })` has it. Default none: columns are called what the schema says. */
  readonly casing?: Casing
  /** What requests call a table. Default: what the database calls it. */
  readonly nameOf?: (table: PgTable) => string
  /** One schema in which requests find all tables, wherever the database has them. Default: each in its own. */
  readonly schema?: string
  /** Columns of a table that no table has. */
  readonly computed?: (table: PgTable) => readonly Column[]
  /** Further names of ways. Default: {@link keyName}. */
  readonly namesOf?: (way: Relationship) => readonly string[] | undefined
}

/** PostgreSQL cuts names off here, silently. */
const MAX_BYTES = 63

/**
 * The model of tables that a Drizzle schema defines: the same as `introspect` reads from the database that was made from it, but
 * that requests know columns by their keys. What the schema does not say is missing: comments, and what a trigger or a rule does.
 */
export function modelFromDrizzle(tables: readonly PgTable[], options: DrizzleModelOptions = {}): Model {
  const read = tables.map((table) => tableOf(table, options))
  const schemas = options.schema === undefined ? [...new Set(read.map((it) => it.schema))] : [options.schema]
  return createModel(schemas, read, options.namesOf ?? ((way) => keyName(way)))
}

/** `author` for the way along `authorId` or `author_id`: what one calls it when one is not thinking of columns. */
export function keyName({ forward, source, on }: Relationship): string[] {
  const column = forward && on.length === 1 ? on[0]![0] : undefined
  const name = column === undefined ? undefined : /^(.+?)(?:_id|Id|ID)$/.exec(column)?.[1]
  return name === undefined || source.columns.has(name) ? [] : [name]
}

function tableOf(table: PgTable, options: DrizzleModelOptions): Table {
  const facts = tableFacts(table, options.casing)
  const nameOf = options.nameOf ?? tableName
  const inKey = new Set(facts.primaryKey)
  const columns = facts.columns.map((it) => columnOf(it, facts, inKey))
  const schema = options.schema ?? facts.schema
  return {
    schema,
    name: nameOf(table),
    sqlSchema: facts.schema,
    sqlName: facts.sqlName,
    kind: 'table',
    partitioned: false,
    columns: new Map([...columns, ...(options.computed?.(table) ?? [])].map((it) => [it.name, it])),
    primaryKey: facts.primaryKey,
    uniques: facts.uniques,
    foreignKeys: facts.foreignKeys
      .map((key): ForeignKey => ({
        name: shortened(key.name),
        columns: key.columns,
        schema: options.schema ?? tableFacts(key.table, options.casing).schema,
        table: nameOf(key.table),
        references: key.references,
      }))
      .toSorted((a, b) => (a.name < b.name ? -1 : 1)),
    insertable: true,
    updatable: true,
    deletable: true,
    comment: undefined,
  }
}

function columnOf(facts: ColumnFacts, table: TableFacts, inKey: ReadonlySet<string>): Column {
  const type = readSqlType(facts.sqlType, facts.enum)
  const generated = facts.generated || facts.identity === 'always'
  const counted = facts.serial || facts.identity === 'byDefault'
  const sequence = `nextval(pg_get_serial_sequence(${literal(`${ident(table.schema)}.${ident(table.sqlName)}`)}, ${literal(facts.sqlName)}))`
  return {
    name: facts.key,
    sqlName: facts.sqlName,
    ...type,
    nullable: !facts.notNull && !inKey.has(facts.key) && facts.identity === undefined && !facts.serial,
    hasDefault: facts.default !== undefined || counted || generated,
    defaultExpression: generated ? undefined : counted ? sequence : cast(facts.default, type.type),
    generated,
    enumValues: type.category === 'enum' ? facts.enum?.values : undefined,
    comment: undefined,
  }
}

function cast(expression: string | undefined, type: string): string | undefined {
  return expression === undefined ? undefined : `CAST(${expression} AS ${type})`
}

function ident(name: string): string {
  return `"${name.replaceAll('"', '""')}"`
}

function literal(text: string): string {
  return `'${text.replaceAll("'", "''")}'`
}

const encoder = new TextEncoder()

function shortened(name: string): string {
  const bytes = encoder.encode(name)
  // A character that would be cut in two is left out whole.
  return bytes.length <= MAX_BYTES ? name : new TextDecoder().decode(bytes.subarray(0, MAX_BYTES)).replace(/\uFFFD$/, '')
}
