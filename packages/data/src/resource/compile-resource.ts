import type { PgTable } from 'drizzle-orm/pg-core'
import type { BootProblem } from 'plinth'
import { aliased, type Casing, type ColumnFacts, tableFacts, toWire } from '../drizzle/metadata.ts'
import { type GrammarLimits, defaultLimits } from '../grammar/limits.ts'
import { PostgrestError } from '../grammar/postgrest-error.ts'
import type { Model, Relationship, Table } from '../model/contract.ts'
import { resolveRelationship } from '../model/resolve-relationship.ts'
import { similar } from '../model/similar.ts'
import type { AnyResource } from './definition.ts'
import { type Fault, type Permissions, readPermissions } from './read-rules.ts'
import { readColumns, type ReadColumns } from './read-columns.ts'
import { misleading, type RelationSpelling, spellRelation } from './relation-spelling.ts'
import type { ResourceOptions } from './types.ts'

/** A resource of which everything is decided that does not depend on who asks. */
export interface CompiledResource {
  readonly definition: AnyResource['~resource']
  readonly name: string
  readonly options: ResourceOptions<PgTable>
  readonly permissions: Permissions
  readonly columns: ReadColumns
  readonly facts: readonly ColumnFacts[]
  /** What Drizzle's `$defaultFn` makes, as JSON has it; not of columns that the server sets anyhow. */
  readonly defaults: ReadonlyMap<string, () => unknown>
  readonly maxRows: number
  readonly limits: GrammarLimits
  readonly casing: Casing
  /** The table as it stands in one place of a statement. */
  aliasOf(alias: string): PgTable
  /** Columns that look like secrets and that nothing was said of. */
  readonly suspicious: readonly string[]
  /** In the model that holds all resources of the application. */
  table: Table
  /** What may be embedded. */
  ways: ReadonlySet<Relationship>
}

const optionNames: ReadonlySet<string> = new Set([
  'name',
  'access',
  'columns',
  'relations',
  'hooks',
  'limits',
  'aggregates',
  'unfilteredWrites',
  'history',
  'live',
  'admin',
])
const switches = ['aggregates', 'unfilteredWrites', 'history', 'live'] as const
/** Columns that one would not show to everybody. */
export const secretNames: RegExp =
  /pass(?:word|phrase|code)|^pass$|secret|token|hash(?!tag)|salt$|api_?key|private_?key|credential|recovery_?code|^otp|pin_?code|ssn$/i

/** Tells of everything that is wrong with a resource's options. */
export function faultsOf(definition: AnyResource['~resource'], problems: BootProblem[]): Fault {
  return (code, message, fix) =>
    void problems.push({ code, message: `Resource '${definition.resourceName}': ${message}`, fix, at: definition.site.short() })
}

/** Reads what can be read without knowing the other resources. `seen` is what rules see of a row. */
export function compileResource(
  definition: AnyResource['~resource'],
  casing: Casing,
  problems: BootProblem[],
  seen: (row: PgTable) => PgTable = (row) => row,
): CompiledResource {
  const fault = faultsOf(definition, problems)
  const options = definition.options as ResourceOptions<PgTable>
  const aliases = new Map<string, PgTable>()
  const aliasOf = (alias: string): PgTable => {
    let table = aliases.get(alias)
    if (table === undefined) {
      table = seen(aliased(definition.table, alias))
      // Names are numbered by the planner: a request with more of them than these pays for its own.
      if (aliases.size < 64) aliases.set(alias, table)
    }
    return table
  }
  for (const name of Object.keys(options)) {
    if (optionNames.has(name)) continue
    const meant = similar(name, optionNames, 0.6)
    fault(
      'unknown-option',
      `it has no option '${name}'`,
      meant === undefined ? `it may have: ${[...optionNames].join(', ')}` : `write '${meant}'`,
    )
  }
  for (const name of switches) {
    if (options[name] !== undefined && typeof options[name] !== 'boolean')
      fault('bad-option', `${name} is neither true nor false`, 'write true, or leave it out')
  }
  for (const name of ['beforeWrite', 'afterCommit'] as const) {
    if (options.hooks?.[name] !== undefined && typeof options.hooks[name] !== 'function')
      fault('bad-option', `hooks.${name} is no function`, 'write a function, or leave it out')
  }
  const { rows = 100, ...limits } = options.limits ?? {}
  for (const [name, limit] of Object.entries({ rows, ...limits })) {
    const exists = name === 'rows' || name in defaultLimits
    if (!exists) fault('unknown-limit', `limits has no '${name}'`, `it may have: rows, ${Object.keys(defaultLimits).join(', ')}`)
    else if (!Number.isSafeInteger(limit) || limit < 1)
      fault('bad-limit', `limits.${name} is no whole number above zero`, 'write how many there may be')
  }
  const permissions = readPermissions(options.access, fault)
  const facts = tableFacts(definition.table, casing).columns
  const columns = readColumns(options.columns, definition.table, aliasOf, casing, fault)
  checkAdmin(options, new Set([...facts.map((it) => it.key), ...columns.computed.map((it) => it.name)]), fault)
  return {
    definition,
    name: definition.resourceName,
    options,
    permissions,
    columns,
    facts,
    defaults: new Map(
      facts
        .filter((it) => it.makeDefault !== undefined && columns.rules.get(it.key)?.set === undefined)
        .map((it) => [it.key, () => toWire(it.makeDefault!(), it.column)]),
    ),
    maxRows: rows,
    limits: { ...defaultLimits, ...limits },
    casing,
    aliasOf,
    suspicious: facts.filter((it) => secretNames.test(it.key) && !columns.rules.has(it.key)).map((it) => it.key),
    table: undefined as unknown as Table,
    ways: new Set(),
  }
}

function checkAdmin({ admin }: ResourceOptions<PgTable>, names: ReadonlySet<string>, fault: Fault): void {
  for (const list of ['list', 'search'] as const) {
    for (const name of admin?.[list] ?? []) {
      if (!names.has(name)) fault('unknown-column', `admin.${list} names '${name}', which is no column`, `it has: ${[...names].join(', ')}`)
    }
  }
}

/** `author:users` is the way along `authorId`, also where there are others to `users`. */
function called(model: Model, table: Table, { alias, relation, hint }: RelationSpelling): Relationship | undefined {
  if (alias === undefined || hint !== undefined) return undefined
  const ways = model.relationships(table).filter((it) => it.target.name === relation && it.names?.includes(alias) === true)
  return ways.length === 1 ? ways[0] : undefined
}

/** The ways out of `table` that `relations` lists, each with the name that it is given there. */
export function listedWays(compiled: CompiledResource, model: Model, table: Table, fault: Fault): Map<Relationship, string | undefined> {
  const ways = new Map<Relationship, string | undefined>()
  const { relations } = compiled.options
  if (relations === undefined) return ways
  if (!Array.isArray(relations)) {
    fault('bad-option', 'relations is not a list', "write relations: ['author', 'comments']")
    return ways
  }
  for (const text of relations) {
    const spelling = spellRelation(text)
    if (spelling === undefined) {
      fault('bad-relation', `relations lists something that is no relation`, "write 'comments', 'author' or 'writer:users!authorId'")
      continue
    }
    try {
      const way = called(model, table, spelling) ?? resolveRelationship(model, table, spelling.relation, spelling.hint)
      ways.set(way, spelling.alias)
      const misled = misleading(spelling, way, (name) => model.table(table.schema, name) !== undefined)
      if (misled !== undefined) fault('bad-relation', `relations lists '${text}', ${misled.message}`, misled.fix)
    } catch (error) {
      if (!(error instanceof PostgrestError)) throw error
      const several = error.code === 'PGRST201'
      const there = [...new Set(model.relationships(table).flatMap((it) => [it.target.name, ...(it.names ?? [])]))]
      const fix = several
        ? (error.hint ?? 'say which')
        : there.length > 0
          ? `it has ways to: ${there.join(', ')}; to a table with a key, list its resource in resources(…) too`
          : 'list the resource of the other table in resources(…), and declare the foreign key in the schema'
      fault(
        'unknown-relation',
        several
          ? `relations lists '${text}', which may mean several`
          : `relations lists '${text}', to which no foreign key between resources leads`,
        fix,
      )
    }
  }
  return ways
}
