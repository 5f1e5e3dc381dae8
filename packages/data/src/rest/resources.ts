import { type AnyGuard, type App, type Context, guard, guardNeeds, module, reply } from 'plinth'
import { CapturedResources } from '../resource/captured.ts'
import type { AnyResource } from '../resource/definition.ts'
import { describeOperation } from '../describe/operation.ts'
import { describeResource, type DescribedResource } from '../describe/described-resource.ts'
import { isResource } from '../resource/definition.ts'
import { ResourceSet } from '../resource/resource-set.ts'
import { type Permission, type Permissions, readPermissions } from '../resource/read-rules.ts'
import { tableFacts } from '../drizzle/metadata.ts'
import { postgrestErrors } from './postgrest-errors.ts'
import { Routes, summaries } from './routes.ts'
import { type Served, serveResource } from './serve-resource.ts'

/** Settings of {@link resources}, before the resources themselves. */
export interface ResourcesOptions {
  /** Of the module, for `plinth routes` and boot errors; an application with two needs two. Default `resources`. */
  readonly name?: string
  /** Bytes that a body may have. Default: the application's, 1 MiB. */
  readonly bodyLimit?: number
}

/** Shown by `plinth routes` where rules decide which rows there are; they are asked where the rows are. */
const rowRules = guard(() => {}, { name: 'row rules' })
const forEveryone = guard(() => {}, { name: 'open to everyone' })

type Verb = 'read' | 'create' | 'update' | 'delete'
const methods = [
  ['GET', ['read']],
  ['POST', ['create']],
  ['PATCH', ['update']],
  ['DELETE', ['delete']],
  ['PUT', ['create', 'update']],
] as const satisfies readonly (readonly [string, readonly Verb[]])[]

/**
 * Resources among the routes of an application's type, by their paths: so the client knows them, and where they are mounted. They
 * stand under a method that no request has, since their calls are not those of routes.
 */
export interface ResourceRoutes<L extends readonly AnyResource[]> {
  readonly '~resources': { readonly [It in L[number] as `/${It['~resource']['resourceName']}`]: NonNullable<It['~wire']> }
}

/**
 * A module that serves resources in PostgREST's request grammar, and one row in the plain form `/posts/:id`:
 *
 * ```ts
 * app().use('/rest', resources(Posts, Comments))
 * ```
 * A resource has routes for what its `access` speaks of. Its errors have PostgREST's shape; guards, CORS, limits and everything
 * else of the application hold as for any route.
 * @throws {TypeError} for what `resource(…)` did not make.
 */
export function resources<const L extends readonly AnyResource[]>(...list: L): App<{}, ResourceRoutes<L>>
export function resources<const L extends readonly AnyResource[]>(options: ResourcesOptions, ...list: L): App<{}, ResourceRoutes<L>>
export function resources(first: ResourcesOptions | AnyResource | undefined, ...rest: readonly AnyResource[]): App<{}, {}> {
  const hasOptions = first !== undefined && !isResource(first)
  const { name = 'resources', ...options } = hasOptions ? first : {}
  const list = hasOptions || first === undefined ? rest : [first, ...rest]
  for (const it of list) {
    if (!isResource(it)) throw new TypeError('resources(…) takes what resource(…) made; where it is undefined, two files import each other')
  }
  let served: App<{}, {}> = module(name, { errors: postgrestErrors, ...options })
    .use(ResourceSet)
    .use(CapturedResources)
  const listed = new Listed(list)
  for (const it of list) served = listed.routes(served.use(it), it)
  return served
}

/** The routes of the resources of one module. */
class Listed {
  readonly #list: readonly AnyResource[]
  readonly #served = new WeakMap<object, Served>()

  constructor(list: readonly AnyResource[]) {
    this.#list = list
  }

  routes(to: App<{}, {}>, resource: AnyResource): App<{}, {}> {
    const definition = resource['~resource']
    const { resourceName, table, options } = definition
    const { access } = options as { readonly access: unknown }
    // What is wrong with them is told at boot, with everything else.
    const permissions = readPermissions(access, () => {})
    const path = `/${resourceName}` as const
    const key = tableFacts(table, undefined).primaryKey
    const offered = methods.filter(([, verbs]) => verbs.every((it) => permissions[it] !== undefined))
    const routes = new Routes(to)
    let described: DescribedResource | undefined
    for (const [method, verbs] of offered) {
      if (method === 'PUT' && key.length === 0) continue
      const guards = guardsOf(permissions, verbs)
      const passed = withNeeds(guards)
      const handler =
        (plain: boolean) =>
        async (ctx: Context): Promise<unknown> =>
          serveResource(ctx, this.#of(ctx).set.of(definition), this.#of(ctx), passed, plain)
      const contract = (plain: boolean): object => ({
        guards: passed,
        tags: [resourceName],
        summary: plain
          ? `${method === 'DELETE' ? 'Delete' : summaries[method]} one of ${resourceName}`
          : `${summaries[method]} ${resourceName}`,
        ...(method === 'GET' || method === 'DELETE' ? {} : { body: 'bytes' }),
        openapi: () => describeOperation((described ??= describeResource(definition)), method, plain),
      })
      routes.add(method, path, contract(false), handler(false))
      if (method === 'POST' || method === 'PUT' || key.length !== 1) continue
      routes.add(method, `${path}/:id`, contract(true), handler(true))
    }
    const allow = ['OPTIONS', ...offered.flatMap(([method]) => (method === 'GET' ? ['GET', 'HEAD'] : [method]))].join(',')
    routes.add('OPTIONS', path, { open: true, hidden: true }, () => reply(200, null, { allow, vary: 'Accept, Prefer, Range' }))
    return routes.module
  }

  #of(ctx: Context): Served {
    const set = ctx.use(ResourceSet)
    let served = this.#served.get(set)
    if (served === undefined) {
      served = { set, tables: new Set(this.#list.map((it) => set.of(it['~resource']).table)) }
      this.#served.set(set, served)
    }
    return served
  }
}

/** The guards of all verbs, and a name for what else decides. */
function guardsOf(permissions: Permissions, verbs: readonly Verb[]): readonly AnyGuard[] {
  const all = verbs.map((it) => permissions[it]!)
  const guards = all.flatMap((it: Permission) => it.guards)
  if (all.some((it) => it.checks.length > 0)) return [...guards, rowRules]
  return guards.length > 0 ? guards : [forEveryone]
}

/** With those that they need before them, each once. */
function withNeeds(guards: readonly AnyGuard[]): AnyGuard[] {
  const all = new Set<AnyGuard>()
  const add = (it: AnyGuard): void => {
    for (const need of guardNeeds(it)) add(need)
    all.add(it)
  }
  for (const it of guards) add(it)
  return [...all]
}
