import { BootError, type BootProblem } from 'plinth'
import type { Engine } from '../database/contract.ts'
import { drizzleTableOf, strictRow } from '../drizzle/table-of.ts'
import type { Model, Relationship, Table } from '../model/contract.ts'
import { createModel } from '../model/create-model.ts'
import { similar } from '../model/similar.ts'
import { compileResource, type CompiledResource, faultsOf, listedWays } from '../resource/compile-resource.ts'
import { CompiledResources } from '../resource/resource-set.ts'
import type { Policies } from './policies.ts'

const verbs = ['read', 'create', 'update', 'delete'] as const
const others = ['columns', 'relations', 'hooks', 'limits', 'aggregates', 'unfilteredWrites'] as const
const known: readonly string[] = [...verbs, ...others]

interface Named {
  readonly table: Table
  readonly compiled: CompiledResource
}

/**
 * Policies over the tables that there are, as resources.
 * @throws {BootError} that says everything that is wrong with them.
 */
export function compilePolicies(found: Model, policies: Policies, engine: Engine): CompiledResources {
  const { tables, site } = policies['~policies']
  const problems: BootProblem[] = []
  const named: Named[] = []
  for (const [name, policy] of Object.entries(tables)) {
    const table = tableOf(found, name)
    if (table === undefined) problems.push(unknownTable(found, name, site.short()))
    else {
      const definition = { table: drizzleTableOf(table), resourceName: table.name, options: optionsOf(policy), site }
      checkKeys(policy, faultsOf(definition, problems))
      const seen = compileResource(definition, undefined, problems, (row) => strictRow(row, name, table.columns))
      named.push({ table, compiled: seen })
    }
  }
  const withComputed = named.map(({ table, compiled }): Table => {
    if (compiled.columns.computed.length === 0) return table
    return { ...table, columns: new Map([...table.columns, ...compiled.columns.computed.map((it) => [it.name, it] as const)]) }
  })
  const plain = createModel(found.schemas, withComputed)
  const given = new Map<string, string[]>()
  for (const [i, { compiled }] of named.entries()) {
    const table = withComputed[i]!
    const listed =
      compiled.options.relations === undefined
        ? new Map(plain.relationships(table).map((way) => [way, undefined]))
        : listedWays(compiled, plain, table, faultsOf(compiled.definition, problems))
    for (const [way, alias] of listed) given.set(keyOf(way), [...(given.get(keyOf(way)) ?? []), ...(alias === undefined ? [] : [alias])])
  }
  if (problems.length > 0) throw new BootError(problems)
  const model = createModel(found.schemas, withComputed, (way) => given.get(keyOf(way)))
  for (const [i, { compiled }] of named.entries()) {
    compiled.table = withComputed[i]!
    compiled.ways = new Set(model.relationships(compiled.table).filter((way) => given.has(keyOf(way))))
  }
  return new CompiledResources(
    model,
    named.map((it) => it.compiled),
    engine,
  )
}

function tableOf(model: Model, name: string): Table | undefined {
  const own = model.table(model.schemas[0]!, name)
  if (own !== undefined) return own
  for (const schema of model.schemas) {
    if (name.startsWith(`${schema}.`)) return model.table(schema, name.slice(schema.length + 1))
  }
  return undefined
}

function unknownTable(model: Model, name: string, at: string): BootProblem {
  const names = model.schemas.flatMap((schema, i) => model.tables(schema).map((it) => (i === 0 ? it.name : `${schema}.${it.name}`)))
  const meant = similar(name, names, 0.6)
  const fix = meant === undefined ? `there are: ${names.join(', ') || 'none'}` : `write '${meant}'`
  return { code: 'unknown-table', message: `Policies name the table '${name}', which the served schemas have not`, fix, at }
}

function optionsOf(policy: unknown): object {
  const given = (typeof policy === 'object' && policy !== null ? policy : {}) as { readonly [option: string]: unknown }
  const access = Object.fromEntries(verbs.filter((it) => it in given).map((it) => [it, given[it]]))
  const rest = Object.fromEntries(others.filter((it) => it in given).map((it) => [it, given[it]]))
  return { access, ...rest }
}

function checkKeys(policy: unknown, fault: ReturnType<typeof faultsOf>): void {
  for (const name of Object.keys((policy ?? {}) as object)) {
    if (known.includes(name)) continue
    const meant = similar(name, known, 0.6)
    fault('unknown-option', `its policy has no '${name}'`, meant === undefined ? `it may have: ${known.join(', ')}` : `write '${meant}'`)
  }
}

/** The same for a way in each model of the same tables. */
function keyOf({ source, target, constraint, forward, junction }: Relationship): string {
  return JSON.stringify([
    source.schema,
    source.name,
    target.schema,
    target.name,
    constraint,
    forward,
    junction?.table.name,
    junction?.constraint,
  ])
}
