import type { PgTable } from 'drizzle-orm/pg-core'
import { Application, BootError, type BootProblem, type Built, service, type Service, ServiceError } from 'plinth'
import type { Engine } from '../database/contract.ts'
import { DatabaseCasing, DatabaseEngine } from '../database/database.ts'
import type { Casing } from '../drizzle/metadata.ts'
import type { Model, Relationship, Table } from '../model/contract.ts'
import { keyName, modelFromDrizzle } from '../model/from-drizzle.ts'
import { compileResource, type CompiledResource, faultsOf, listedWays } from './compile-resource.ts'
import { type AnyResource, isResource } from './definition.ts'

/** One name for all tables, wherever the database has them: requests know resources, not schemas. */
const SCHEMA = 'public'

/** All resources of an application, and how they hang together. */
export class CompiledResources {
  readonly model: Model
  readonly all: readonly CompiledResource[]
  readonly engine: Engine
  readonly #byDefinition: ReadonlyMap<AnyResource['~resource'], CompiledResource>
  readonly #byTable: ReadonlyMap<Table, CompiledResource>

  constructor(model: Model, all: readonly CompiledResource[], engine: Engine) {
    this.model = model
    this.all = all
    this.engine = engine
    this.#byDefinition = new Map(all.map((it) => [it.definition, it]))
    this.#byTable = new Map(all.map((it) => [it.table, it]))
  }

  /** @throws {ServiceError} for a resource that the application does not list. */
  of(definition: AnyResource['~resource']): CompiledResource {
    const found = this.#byDefinition.get(definition)
    if (found !== undefined) return found
    throw new ServiceError(
      'resource-not-listed',
      `Resource '${definition.resourceName}' is used, but the application does not list it`,
      'list it in resources(…), or in the application itself: .use(it)',
      definition.site.short(),
    )
  }

  ofTable(table: Table): CompiledResource | undefined {
    return this.#byTable.get(table)
  }
}

/** Brings resources together, or says everything that is wrong with them. */
export function compileResources(list: readonly AnyResource[], engine: Engine, casing: Casing): CompiledResources {
  const problems: BootProblem[] = []
  const definitions = list.map((it) => it['~resource'])
  twice(definitions, problems)
  const compiled = definitions.map((it) => compileResource(it, casing, problems))
  for (const it of definitions) {
    if (/^[\p{L}\p{N}_][\p{L}\p{N}_-]*$/u.test(it.resourceName)) continue
    const fault = faultsOf(it, problems)
    fault('bad-name', `its name can't stand in a path as it is`, "give it a 'name' of letters, digits, _ and -")
  }
  const names = new Map(compiled.map((it) => [it.definition.table, it]))
  const modelWith = (namesOf: (way: Relationship) => readonly string[]): Model =>
    modelFromDrizzle([...names.keys()], {
      casing,
      schema: SCHEMA,
      // A table without a resource gets a name that none has, so that no way leads there.
      nameOf: (table) => names.get(table)?.name ?? '',
      computed: (table) => names.get(table)?.columns.computed ?? [],
      namesOf,
    })
  const plain = modelWith(keyName)
  const given = new Map<string, string[]>()
  for (const it of compiled) {
    for (const [way, alias] of listedWays(it, plain, plain.table(SCHEMA, it.name)!, faultsOf(it.definition, problems))) {
      given.set(keyOf(way), [...(given.get(keyOf(way)) ?? []), ...(alias === undefined ? [] : [alias])])
    }
  }
  if (problems.length > 0) throw new BootError(problems)
  const model = modelWith((way) => [...new Set([...keyName(way), ...(given.get(keyOf(way)) ?? [])])])
  for (const it of compiled) {
    it.table = model.table(SCHEMA, it.name)!
    it.ways = new Set(model.relationships(it.table).filter((way) => given.has(keyOf(way))))
  }
  return new CompiledResources(model, compiled, engine)
}

/** The same for a way in each model of the same tables. */
function keyOf({ source, target, constraint, forward, junction }: Relationship): string {
  return JSON.stringify([source.name, target.name, constraint, forward, junction?.table.name, junction?.constraint])
}

function twice(definitions: readonly AnyResource['~resource'][], problems: BootProblem[]): void {
  const tables = new Map<PgTable, AnyResource['~resource']>()
  const names = new Map<string, AnyResource['~resource']>()
  for (const it of definitions) {
    const sameTable = tables.get(it.table)
    const sameName = names.get(it.resourceName)
    if (sameTable !== undefined) {
      problems.push({
        code: 'duplicate-resource',
        message: `Two resources are made of one table: '${it.resourceName}' and the one at ${sameTable.site.short()}`,
        fix: 'bring them together: a table has one set of rules',
        at: it.site.short(),
      })
    } else if (sameName !== undefined) {
      problems.push({
        code: 'duplicate-resource',
        message: `Two resources are called '${it.resourceName}': the other is at ${sameName.site.short()}`,
        fix: "give one of them another 'name'",
        at: it.site.short(),
      })
    }
    tables.set(it.table, it)
    names.set(it.resourceName, it)
  }
}

/** The resources of the application, made at boot of all that it and its modules list. */
export const ResourceSet: Service<CompiledResources> = service('resources', ({ use }) => {
  const application = use(Application)
  const engine = use(DatabaseEngine)
  const set = compileResources(resourcesOf(application), engine, use(DatabaseCasing).casing)
  for (const it of set.all) {
    if (it.suspicious.length === 0) continue
    application.log.warn(
      { resource: it.name, columns: it.suspicious, at: it.definition.site.short() },
      'columns look like secrets and everybody who reads the row sees them: decide with columns: { name: { read: false } }, or { read: true } if they are none',
    )
  }
  return set
})

function resourcesOf({ services }: Built): AnyResource[] {
  return services.map((it) => it.service as unknown).filter(isResource)
}
