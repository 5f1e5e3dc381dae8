// The one file that reads what Drizzle keeps inside its tables, columns and SQL: another major version is this file's work.
import { getTableColumns, getTableName, is, SQL, type SQLWrapper, sql, type Table as DrizzleTable } from 'drizzle-orm'
import { CasingCache } from 'drizzle-orm/casing'
import { alias, getTableConfig, PgArray, type PgColumn, PgTable } from 'drizzle-orm/pg-core'
import type { Fragment } from '../fragment.ts'

/** How columns without a name of their own are called in the database, as `drizzle({ casing })` and drizzle-kit have it. */
export type Casing = 'snake_case' | 'camelCase' | undefined

/** What Drizzle knows of a column. */
export interface ColumnFacts {
  /** The key in the table: what code and requests call it. */
  readonly key: string
  readonly sqlName: string
  /** As Drizzle writes it into DDL, of enums without the schema. */
  readonly sqlType: string
  readonly enum: { readonly schema: string; readonly name: string; readonly values: readonly string[] } | undefined
  readonly notNull: boolean
  /** SQL that the database fills in; undefined without. */
  readonly default: string | undefined
  readonly serial: boolean
  readonly identity: 'always' | 'byDefault' | undefined
  /** An expression that the database keeps. */
  readonly generated: boolean
  /** Drizzle's `$defaultFn` and `$onUpdateFn`, which the database knows nothing of. */
  readonly makeDefault: (() => unknown) | undefined
  readonly makeOnUpdate: (() => unknown) | undefined
  readonly column: PgColumn
}

/** What Drizzle knows of a foreign key; columns by their keys. */
export interface KeyFacts {
  readonly name: string
  readonly columns: readonly string[]
  readonly table: PgTable
  readonly references: readonly string[]
}

/** What Drizzle knows of a table; columns by their keys. */
export interface TableFacts {
  readonly schema: string
  readonly sqlName: string
  readonly columns: readonly ColumnFacts[]
  readonly primaryKey: readonly string[]
  readonly uniques: readonly (readonly string[])[]
  readonly foreignKeys: readonly KeyFacts[]
}

/** Whether a value is a table of `drizzle-orm/pg-core`, of whichever copy of the package. */
export function isTable(value: unknown): value is PgTable {
  return is(value, PgTable)
}

/** The name in the database. */
export function tableName(table: PgTable): string {
  return getTableName(table)
}

/** Keys of the columns, in their order. */
export function columnKeys(table: PgTable): readonly string[] {
  return Object.keys(getTableColumns(table))
}

const casings = new Map<Casing, CasingCache>()

function casingOf(casing: Casing): CasingCache {
  let cache = casings.get(casing)
  if (cache === undefined) casings.set(casing, (cache = new CasingCache(casing)))
  return cache
}

/** Reads a table. */
export function tableFacts(table: PgTable, casing: Casing): TableFacts {
  const config = getTableConfig(table)
  const own = Object.entries(getTableColumns(table)) as [string, PgColumn][]
  const keyOf = keysOf(table)
  const columns = own.map(([key, column]) => columnFacts(key, column, casing))
  const sqlNames = new Map(columns.map((it) => [it.key, it.sqlName]))
  const single = own.filter(([, column]) => column.primary).map(([key]) => key)
  const composite = config.primaryKeys[0]?.columns.map((it) => keyOf.get(it.name)!)
  const primaryKey = composite ?? single
  const uniques = [
    ...(primaryKey.length > 0 ? [primaryKey] : []),
    ...own.filter(([, column]) => column.isUnique).map(([key]) => [key]),
    ...config.uniqueConstraints.map((it) => it.columns.map((column) => keyOf.get(column.name)!)),
  ]
  const foreignKeys = config.foreignKeys.map((key): KeyFacts => {
    const { name, columns: from, foreignTable, foreignColumns } = key.reference()
    const theirs = keysOf(foreignTable)
    const keys = from.map((it) => keyOf.get(it.name)!)
    const references = foreignColumns.map((it) => theirs.get(it.name)!)
    const sqlOf = new Map(
      (Object.entries(getTableColumns(foreignTable)) as [string, PgColumn][]).map(([key, it]) => [
        key,
        casingOf(casing).getColumnCasing(it),
      ]),
    )
    const parts = [
      config.name,
      ...keys.map((it) => sqlNames.get(it)!),
      getTableName(foreignTable),
      ...references.map((it) => sqlOf.get(it)!),
    ]
    return { name: name ?? `${parts.join('_')}_fk`, columns: keys, table: foreignTable as PgTable, references }
  })
  return { schema: config.schema ?? 'public', sqlName: config.name, columns, primaryKey, uniques, foreignKeys }
}

/** From the names that constraints know columns by to their keys. */
function keysOf(table: DrizzleTable): Map<string, string> {
  return new Map((Object.entries(getTableColumns(table)) as [string, PgColumn][]).map(([key, column]) => [column.name, key]))
}

interface EnumLike {
  readonly enumName: string
  readonly enumValues: readonly string[]
  readonly schema: string | undefined
}

function columnFacts(key: string, column: PgColumn, casing: Casing): ColumnFacts {
  let inner: PgColumn = column
  while (is(inner, PgArray)) inner = inner.baseColumn as PgColumn
  const kind = (inner as unknown as { readonly enum?: EnumLike }).enum
  const sqlType = column.getSQLType()
  return {
    key,
    sqlName: casingOf(casing).getColumnCasing(column),
    sqlType,
    enum:
      typeof kind === 'function' || typeof kind === 'object'
        ? { schema: kind.schema ?? 'public', name: kind.enumName, values: kind.enumValues }
        : undefined,
    notNull: column.notNull || column.primary,
    default: defaultSql(column, casing),
    serial: /^(?:small|big)?serial$/.test(sqlType),
    identity: column.generatedIdentity?.type,
    generated: column.generated !== undefined,
    makeDefault: column.defaultFn,
    makeOnUpdate: column.onUpdateFn,
    column,
  }
}

function defaultSql(column: PgColumn, casing: Casing): string | undefined {
  const value: unknown = column.default
  if (value === undefined) return undefined
  return inlined(is(value, SQL) ? value : sql`${sql.param(value, column)}`, casing)
}

/** SQL with its values written into it: for definitions, never for what a client sent. */
function inlined(expression: SQL, casing: Casing): string {
  return expression.toQuery({ ...writing(casing), inlineParams: true }).sql
}

const mark = '\0'

function writing(casing: Casing): Parameters<SQL['toQuery']>[0] {
  return {
    casing: casingOf(casing),
    escapeName: (name) => `"${name.replaceAll('"', '""')}"`,
    escapeParam: () => mark,
    escapeString: (text) => `'${text.replaceAll("'", "''")}'`,
  }
}

/** Whether a rule or an expression gave SQL. */
export function isSql(value: unknown): value is SQLWrapper {
  return is(value, SQL) || (typeof value === 'object' && value !== null && 'getSQL' in value && typeof value.getSQL === 'function')
}

/** SQL of Drizzle as a piece of a larger statement. */
export function fragmentOf(expression: SQLWrapper, casing: Casing): Fragment {
  const query = sql`${expression}`.toQuery(writing(casing))
  return { texts: query.sql.split(mark), values: query.params }
}

/** A value as the driver takes it for a column, or SQL that stands for it. */
export function valueFragment(value: unknown, column: PgColumn, casing: Casing): Fragment {
  if (isSql(value)) return fragmentOf(value, casing)
  if (value === null || value === undefined) return { texts: ['NULL'], values: [] }
  return fragmentOf(sql`${sql.param(value, column)}`, casing)
}

/** The table under another name, as it stands in one place of a statement. */
export function aliased<T extends PgTable>(table: T, name: string): T {
  return alias(table, name) as unknown as T
}

/** The same SQL with the table's columns taken from `row`, for conditions that name the table itself. Subqueries are left alone. */
export function onRow(expression: SQLWrapper, table: PgTable, row: PgTable): SQL {
  const columns = new Map(Object.entries(getTableColumns(table)).map(([key, column]) => [column as unknown, getTableColumns(row)[key]]))
  const moved = (it: SQL): SQL =>
    sql.join(it.queryChunks.map((chunk) => (is(chunk, SQL) ? moved(chunk) : (columns.get(chunk) ?? chunk)) as SQL))
  return moved(sql`${expression}`)
}

/** A value of Drizzle's type as it stands in the JSON of a body. */
export function toWire(value: unknown, column: PgColumn): unknown {
  if (value === null || value === undefined) return null
  if (is(column, PgArray)) {
    const base = column.baseColumn as PgColumn
    return Array.isArray(value) ? value.map((it) => toWire(it, base)) : value
  }
  // JSON stands in JSON as itself: Drizzle would make it a text first.
  const type = column.getSQLType()
  if (type === 'json' || type === 'jsonb') return value
  const driven = column.mapToDriverValue(value)
  if (typeof driven === 'bigint') return String(driven)
  if (driven instanceof Uint8Array) return `\\x${[...driven].map((it) => it.toString(16).padStart(2, '0')).join('')}`
  return driven
}

/** Whether the driver's own reading is wanted rather than the text of a value: of these Drizzle reads no texts. */
export function readsItself(column: PgColumn): boolean {
  return /^(?:boolean|serial|smallserial)(?:\[\d*\])*$/.test(column.getSQLType())
}

/** What the database gave for a column, as Drizzle would give it; `value` is a text but where {@link readsItself}. */
export function fromDriver(value: unknown, column: PgColumn): unknown {
  return value === null || value === undefined ? null : column.mapFromDriverValue(value)
}
