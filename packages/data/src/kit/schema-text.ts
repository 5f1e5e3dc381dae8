import type { Pulled } from './pull.ts'
import type { Snapshot, SnapshotColumn, SnapshotIndex, SnapshotTable } from './snapshot.ts'
import { columnText, type TypeContext } from './column-text.ts'
import { text, template } from './literals.ts'
import { Names } from './names.ts'

/** A snapshot as a TypeScript module of Drizzle's. */
export function schemaText(snapshot: Snapshot): Pulled {
  const names = new Names(true)
  const used = new Set<string>()
  const notes: string[] = []
  const blocks: string[] = []
  const use = (name: string): string => {
    used.add(name)
    return name
  }
  const schemas = new Map(Object.keys(snapshot.schemas).map((schema) => [schema, names.of(schema)]))
  for (const [schema, variable] of schemas) blocks.push(`export const ${variable} = ${use('pgSchema')}(${text(schema)})`)
  const within = (schema: string, kind: 'table' | 'enum' | 'sequence' | 'view' | 'materializedView'): string => {
    const variable = schemas.get(schema)
    if (variable !== undefined) return `${variable}.${kind}`
    return use({ table: 'pgTable', enum: 'pgEnum', sequence: 'pgSequence', view: 'pgView', materializedView: 'pgMaterializedView' }[kind])
  }
  const enums = new Map<string, string>()
  for (const [key, it] of Object.entries(snapshot.enums)) {
    const variable = names.of(it.name)
    enums.set(key, variable)
    blocks.push(`export const ${variable} = ${within(it.schema, 'enum')}(${text(it.name)}, [${it.values.map(text).join(', ')}])`)
  }
  for (const it of Object.values(snapshot.sequences)) {
    const { name, schema, increment, startWith, minValue, maxValue, cache, cycle } = it
    const options = Object.entries({ increment, startWith, minValue, maxValue, cache }).flatMap(([key, value]) =>
      value === undefined ? [] : [`${key}: ${text(value)}`],
    )
    blocks.push(
      `export const ${names.of(name)} = ${within(schema, 'sequence')}(${text(name)}, { ${[...options, ...(cycle ? ['cycle: true'] : [])].join(', ')} })`,
    )
  }
  // First all names, so that a table may point at one that stands below it.
  const tables = new Map(Object.entries(snapshot.tables).map(([key, it]) => [key, names.of(it.name)]))
  const properties = new Map(
    Object.entries(snapshot.tables).map(([key, table]) => {
      const members = new Names(false)
      return [key, new Map(Object.keys(table.columns).map((name) => [name, members.of(name)]))]
    }),
  )
  const context: TypeContext = { use, enums, notes }
  const all: Known = { tables, properties }
  for (const [key, table] of Object.entries(snapshot.tables)) {
    blocks.push(tableText(table, key, within(table.schema || 'public', 'table'), all, context))
  }
  for (const view of Object.values(snapshot.views)) {
    const columns = Object.values(view.columns as { readonly [name: string]: SnapshotColumn })
    if (columns.length === 0) notes.push(`view ${view.schema}.${view.name}: its columns have no types here; write them where you query it`)
    const kind = view.materialized ? 'materializedView' : 'view'
    blocks.push(
      `export const ${names.of(view.name)} = ${within(view.schema, kind)}(${text(view.name)}, {}).as(${use('sql')}\`${template(view.definition ?? '')}\`)`,
    )
  }
  const imports = [...used].filter((it) => it !== 'sql').sort()
  const head = [
    ...(used.has('sql') ? [`import { sql } from 'drizzle-orm'`] : []),
    ...(imports.length > 0 ? [`import { ${imports.join(', ')} } from 'drizzle-orm/pg-core'`] : []),
  ]
  const count = tables.size
  return { text: `${[head.join('\n'), ...blocks].filter((it) => it !== '').join('\n\n')}\n`, tables: count, notes }
}

interface Known {
  /** Variables by `schema.name`. */
  readonly tables: ReadonlyMap<string, string>
  /** What each column is called in them. */
  readonly properties: ReadonlyMap<string, ReadonlyMap<string, string>>
}

function tableText(table: SnapshotTable, key: string, make: string, { tables, properties }: Known, context: TypeContext): string {
  const { use } = context
  const variable = tables.get(key) as string
  const own = properties.get(key) as ReadonlyMap<string, string>
  const property = (name: string): string => `t.${own.get(name) as string}`
  const columns = Object.values(table.columns).map((column) => {
    const name = own.get(column.name) as string
    return `  ${name}: ${columnText(column, name, context, `${table.name}.${column.name}`)},`
  })
  const extras: string[] = []
  const list = (columnsOf: readonly string[]): string => columnsOf.map(property).join(', ')
  for (const { name, columns: keys } of Object.values(table.compositePrimaryKeys)) {
    extras.push(`${use('primaryKey')}({ name: ${text(name)}, columns: [${list(keys)}] })`)
  }
  for (const { name, columns: keys, nullsNotDistinct } of Object.values(table.uniqueConstraints)) {
    extras.push(`${use('unique')}(${text(name)}).on(${list(keys)})${nullsNotDistinct ? '.nullsNotDistinct()' : ''}`)
  }
  for (const it of Object.values(table.foreignKeys)) {
    const to = `${it.schemaTo ?? 'public'}.${it.tableTo}`
    const target = tables.get(to)
    if (target === undefined) {
      context.notes.push(`foreign key ${it.name} of ${table.name} points at ${to}, which was not pulled`)
      continue
    }
    const onDelete = it.onDelete === 'no action' ? '' : `.onDelete(${text(it.onDelete)})`
    const onUpdate = it.onUpdate === 'no action' ? '' : `.onUpdate(${text(it.onUpdate)})`
    // A key into a table that stands further below: read when the table is used, not when it is made.
    const foreign = it.columnsTo
      .map((column) => `${target === variable ? 't' : target}.${properties.get(to)?.get(column) as string}`)
      .join(', ')
    extras.push(
      `${use('foreignKey')}({ name: ${text(it.name)}, columns: [${list(it.columnsFrom)}], foreignColumns: [${foreign}] })${onDelete}${onUpdate}`,
    )
  }
  for (const it of Object.values(table.indexes)) extras.push(indexText(it, property, use))
  for (const { name, value } of Object.values(table.checkConstraints)) {
    extras.push(`${use('check')}(${text(name)}, ${use('sql')}\`${template(value)}\`)`)
  }
  for (const it of Object.values(table.policies)) {
    const options = [`as: ${text(it.as.toLowerCase())}`, `for: ${text(it.for.toLowerCase())}`, `to: [${it.to.map(text).join(', ')}]`]
    if (it.using !== undefined) options.push(`using: ${use('sql')}\`${template(it.using)}\``)
    if (it.withCheck !== undefined) options.push(`withCheck: ${use('sql')}\`${template(it.withCheck)}\``)
    extras.push(`${use('pgPolicy')}(${text(it.name)}, { ${options.join(', ')} })`)
  }
  const tail = extras.length === 0 ? '' : `, (t) => [\n${extras.map((it) => `  ${it},\n`).join('')}]`
  const security = table.isRLSEnabled && Object.keys(table.policies).length === 0 ? '.enableRLS()' : ''
  return `export const ${variable} = ${make}(${text(table.name)}, {\n${columns.join('\n')}\n}${tail})${security}`
}

function indexText(it: SnapshotIndex, property: (name: string) => string, use: (name: string) => string): string {
  const columns = it.columns.map((column) => {
    if (column.isExpression) return `${use('sql')}\`${template(column.expression)}\``
    const order = column.asc ? '' : '.desc()'
    const usual = column.asc ? 'last' : 'first'
    const nulls = column.nulls === undefined || column.nulls === usual ? '' : column.nulls === 'first' ? '.nullsFirst()' : '.nullsLast()'
    // Drizzle says NULLS LAST where nothing is said, PostgreSQL NULLS FIRST behind DESC.
    const said = !column.asc && column.nulls === 'first' ? '.nullsFirst()' : nulls
    const opclass = column.opclass === undefined ? '' : `.op(${text(column.opclass)})`
    return `${property(column.expression)}${order}${said}${opclass}`
  })
  const make = use(it.isUnique ? 'uniqueIndex' : 'index')
  const on = it.method === 'btree' ? `.on(${columns.join(', ')})` : `.using(${text(it.method)}, ${columns.join(', ')})`
  const where = it.where === undefined ? '' : `.where(${use('sql')}\`${template(it.where)}\`)`
  const options = Object.entries(it.with).map(([key, value]) => `${key}: ${text(String(value))}`)
  return `${make}(${text(it.name)})${on}${where}${options.length === 0 ? '' : `.with({ ${options.join(', ')} })`}`
}
