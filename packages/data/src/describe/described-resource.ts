import { isGuard, type SchemaObject } from 'plinth'
import { compileResource } from '../resource/compile-resource.ts'
import type { AnyResource } from '../resource/definition.ts'
import type { ColumnDecision } from '../resource/read-columns.ts'
import type { Column, Table } from '../model/contract.ts'
import { modelFromDrizzle } from '../model/from-drizzle.ts'
import { columnSchema, exampleOf } from './column-schema.ts'

/** A resource as documents show it: what anybody at all may read or write, whoever asks for the document. */
export interface DescribedResource {
  readonly name: string
  readonly table: Table
  /** What may be embedded, as `relations` spells it. */
  readonly relations: readonly string[]
  readonly readable: readonly Column[]
  readonly row: SchemaObject
  readonly insert: SchemaObject
  readonly update: SchemaObject
  readonly insertExample: { readonly [column: string]: unknown }
  readonly updateExample: { readonly [column: string]: unknown }
  readonly maxRows: number
  readonly aggregates: boolean
  readonly unfilteredWrites: boolean
}

/** What is to be described. */
export interface Describable {
  readonly name: string
  readonly table: Table
  /** Decisions about columns; the others are everybody's. */
  readonly rules: ReadonlyMap<string, { readonly read: ColumnDecision; readonly write: ColumnDecision }>
  readonly relations: readonly string[]
  /** Columns that we fill in, whatever the database would. */
  readonly defaults: ReadonlySet<string>
  readonly maxRows: number
  readonly aggregates: boolean
  readonly unfilteredWrites: boolean
}

/**
 * Reads a resource for its document. Of the definition alone: no database is asked, no other resource and no service is needed, so
 * that `plinth openapi` writes the same document on a machine that has none of them.
 */
export function describeResource(definition: AnyResource['~resource']): DescribedResource {
  // What is wrong with it was told at boot.
  const compiled = compileResource(definition, undefined, [])
  const { name, columns, options } = compiled
  const model = modelFromDrizzle([definition.table], { schema: 'public', nameOf: () => name, computed: () => columns.computed })
  return describeTable({
    name,
    table: model.table('public', name)!,
    rules: columns.rules,
    relations: Array.isArray(options.relations) ? (options.relations as readonly unknown[]).filter((it) => typeof it === 'string') : [],
    defaults: new Set(compiled.defaults.keys()),
    maxRows: compiled.maxRows,
    aggregates: options.aggregates === true,
    unfilteredWrites: options.unfilteredWrites === true,
  })
}

/** A table as documents show it. */
export function describeTable(given: Describable): DescribedResource {
  const { name, table, rules, relations, maxRows, aggregates, unfilteredWrites } = given
  const all = [...table.columns.values()]
  const decisions = (column: Column, verb: 'read' | 'write'): ColumnDecision => rules.get(column.name)?.[verb] ?? true
  const readable = all.filter((it) => decisions(it, 'read') !== false)
  const writable = all.filter((it) => decisions(it, 'write') !== false && !it.generated && it.computed === undefined)
  const required = writable.filter(
    (it) => decisions(it, 'write') === true && !it.nullable && !it.hasDefault && !given.defaults.has(it.name),
  )
  const properties = (list: readonly Column[], verb: 'read' | 'write'): { [name: string]: SchemaObject } =>
    Object.fromEntries(list.map((it) => [it.name, noted(it, verb, decisions(it, verb), table)]))
  const title = titleOf(name)
  const forWriting = { type: 'object', properties: properties(writable, 'write'), additionalProperties: false } as const
  return {
    name,
    table,
    relations,
    readable,
    row: {
      title,
      type: 'object',
      description: 'A row. `select` says which of these there are, and what else.',
      properties: properties(readable, 'read'),
    },
    insert: { title: `${title}Insert`, ...forWriting, ...(required.length > 0 ? { required: required.map((it) => it.name) } : undefined) },
    update: { title: `${title}Update`, ...forWriting },
    insertExample: exampleRow(required.length > 0 ? required : writable.slice(0, 1)),
    updateExample: exampleRow((writable.filter((it) => !table.primaryKey.includes(it.name)) as Column[]).slice(0, 1)),
    maxRows,
    aggregates,
    unfilteredWrites,
  }
}

function titleOf(name: string): string {
  const words = name.split(/[^A-Za-z0-9]+/).filter((it) => it !== '')
  return words.length === 0 ? 'Row' : words.map((it) => it.charAt(0).toUpperCase() + it.slice(1)).join('')
}

function noted(column: Column, verb: 'read' | 'write', decision: ColumnDecision, table: Table): SchemaObject {
  const schema = columnSchema(column)
  const notes = [
    ...(typeof schema.description === 'string' ? [schema.description] : []),
    ...(table.primaryKey.includes(column.name) ? ['Part of the key.'] : []),
    ...(column.computed === undefined ? [] : ['Computed.']),
    ...(decision === true ? [] : [`Not everybody may ${verb} it${isGuard(decision) ? `: ${decision.name}` : ''}.`]),
  ]
  return {
    ...schema,
    ...(notes.length > 0 ? { description: notes.join(' ') } : undefined),
    ...(verb === 'read' && column.generated ? { readOnly: true } : undefined),
  }
}

function exampleRow(columns: readonly Column[]): { readonly [column: string]: unknown } {
  return Object.fromEntries(columns.map((it) => [it.name, exampleOf(it)]))
}
