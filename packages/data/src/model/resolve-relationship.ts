import { PostgrestError } from '../grammar/postgrest-error.ts'
import type { Model, Relationship, Table } from './contract.ts'
import { similar } from './similar.ts'

/** The table that a request names, or PGRST205. `visible` says which tables there are for the asker. */
export function resolveTable(model: Model, schema: string, name: string, visible: (table: Table) => boolean = () => true): Table {
  const table = model.table(schema, name)
  if (table !== undefined && visible(table)) return table
  const names = model.tables(schema).filter(visible)
  const among = names.map((it) => it.name)
  const meant = similar(name, among, 0.75)
  const hint = meant === undefined ? null : `Perhaps you meant the table '${schema}.${meant}'`
  throw new PostgrestError('PGRST205', `Could not find the table '${schema}.${name}' in the schema cache`, null, hint)
}

/**
 * The one way that `name!hint` means from `source`. Throws PGRST200 when there is none and PGRST201 when there are several.
 * What is not `usable` for the asker is not there.
 */
export function resolveRelationship(
  model: Model,
  source: Table,
  name: string,
  hint: string | undefined,
  usable: (relationship: Relationship) => boolean = () => true,
): Relationship {
  const ways = model.relationships(source).filter(usable)
  const found = ways.filter((it) => (hint === undefined ? matches(it, name) : it.target.name === name && matchesHint(it, hint)))
  if (found.length === 1) return found[0]!
  throw found.length === 0 ? noRelationship(source, name, hint, ways) : ambiguous(source, name, found)
}

function matches(it: Relationship, name: string): boolean {
  if (it.names?.includes(name) === true) return true
  // Of the two ways along a key from a table to itself, the table's name means the one to the many.
  if (it.target.name === name && !(it.source === it.target && it.forward)) return true
  if (it.target.kind === 'view' || it.junction !== undefined) return false
  return it.constraint === name || (it.on.length === 1 && it.on[0]![0] === name)
}

function matchesHint(it: Relationship, hint: string): boolean {
  if (it.junction !== undefined) return it.junction.table.name === hint
  if (it.source === it.target && it.forward) return false
  return it.constraint === hint || (it.on.length === 1 && it.on[0]!.includes(hint))
}

function noRelationship(source: Table, name: string, hint: string | undefined, ways: readonly Relationship[]): PostgrestError {
  const using = hint === undefined ? '' : ` using the hint '${hint}'`
  const details = `Searched for a foreign key relationship between '${source.name}' and '${name}'${using} in the schema '${source.schema}', but no matches were found.`
  const message = `Could not find a relationship between '${source.name}' and '${name}' in the schema cache`
  return new PostgrestError('PGRST200', message, details, proposal(name, ways))
}

/** Names are few here, so that even a faint likeness helps; a name that is right leaves nothing to propose. */
function proposal(name: string, ways: readonly Relationship[]): string | null {
  const targets = new Set(ways.map((it) => it.target.name))
  const meant = targets.has(name) ? undefined : similar(name, targets, 0.33)
  return meant === undefined ? null : `Perhaps you meant '${meant}' instead of '${name}'.`
}

function hintFor(it: Relationship): string {
  return it.junction === undefined ? it.constraint : it.junction.table.name
}

function ambiguous(source: Table, name: string, found: readonly Relationship[]): PostgrestError {
  const details = found.map((it) => ({
    cardinality: it.cardinality,
    embedding: `${source.name} with ${it.target.name}`,
    relationship: description(it),
  }))
  const choices = found.map((it) => `'${it.target.name}!${hintFor(it)}'`).join(', ')
  return new PostgrestError(
    'PGRST201',
    `Could not embed because more than one relationship was found for '${source.name}' and '${name}'`,
    details,
    `Try changing '${name}' to one of the following: ${choices}. Find the desired relationship in the 'details' key.`,
  )
}

function description({ constraint, source, target, on, junction }: Relationship): string {
  const list = (columns: readonly string[]): string => `(${columns.join(', ')})`
  if (junction === undefined) {
    return `${constraint} using ${source.name}${list(on.map(([own]) => own))} and ${target.name}${list(on.map(([, theirs]) => theirs))}`
  }
  const first = `${constraint}${list(on.map(([, column]) => column))}`
  return `${junction.table.name} using ${first} and ${junction.constraint}${list(junction.on.map(([column]) => column))}`
}
