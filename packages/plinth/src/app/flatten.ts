import { flatHeaders } from '../http/flat-headers.ts'
import type { BootProblem } from './boot-error.ts'
import type { Definition, Entry, ModuleOptions } from './definition.ts'
import type { GuardDefinition } from './guard.ts'
import { checkGuards, duplicateGuards, guardList, inOrder } from './guard-list.ts'
import { limitFaults } from './limits.ts'
import { renderProblem } from './problem-answer.ts'
import type { Scope } from './scope.ts'
import type { ServiceDefinition } from './service.ts'
import type { Site } from './site.ts'
import type { Replacement } from './types.ts'

/** One route with everything that holds where it was defined. */
export interface FlatRoute {
  readonly entry: Extract<Entry, { kind: 'route' }>
  readonly template: string
  readonly guards: readonly GuardDefinition[]
  readonly scope: Readonly<Scope>
}

/** An application laid flat: what the nesting of modules meant, said route by route. */
export interface Flat {
  readonly routes: readonly FlatRoute[]
  /** What holds at the end of the application itself: for requests that no route answers. */
  readonly root: Readonly<Scope>
  /** What holds at the end of each module that has a prefix: for requests below it that no route answers. Outer ones come last. */
  readonly scopes: readonly Readonly<Scope>[]
  readonly services: readonly ServiceDefinition<unknown>[]
  /** Their names, each once. */
  readonly modules: readonly string[]
  readonly listeners: readonly Extract<Entry, { kind: 'on' }>[]
  readonly provided: readonly Replacement[]
  readonly requestId: ModuleOptions['requestId']
  readonly problems: readonly BootProblem[]
}

const DEFAULT_TIMEOUT = 30_000
const DEFAULT_BODY_LIMIT = 1_048_576
/** What a module of scope `parent` can't set for whoever uses it. */
const ownOptions: ReadonlySet<string> = new Set(['errors', 'version', 'deprecated', 'sunset', 'tags', 'timeout', 'bodyLimit'])

/** A prefix and a path as one template: `/` under a prefix is the prefix itself. */
export function join(prefix: string, path: string): string {
  if (prefix === '') return path
  return path === '/' ? prefix : `${prefix}${path}`
}

export function flatten(app: Definition): Flat {
  const walk = new Walk()
  const root = walk.enter(app, undefined, '')
  walk.entries(app, root)
  const guards = new Set([root, ...walk.scopes, ...walk.routes].flatMap((it) => it.guards))
  return {
    routes: walk.routes,
    root,
    scopes: walk.scopes,
    services: [...walk.services],
    modules: walk.modules,
    listeners: [...walk.listeners],
    provided: walk.provided,
    requestId: walk.requestId,
    problems: [...walk.problems, ...duplicateGuards(guards)],
  }
}

class Walk {
  readonly routes: FlatRoute[] = []
  readonly services = new Set<ServiceDefinition<unknown>>()
  readonly listeners = new Set<Extract<Entry, { kind: 'on' }>>()
  readonly provided: Replacement[] = []
  readonly problems: BootProblem[] = []
  requestId: ModuleOptions['requestId']
  readonly scopes: Scope[] = []
  readonly #open: Definition[] = []
  readonly #names = new Map<string, Definition>()

  enter(module: Definition, outer: Scope | undefined, prefix: string): Scope {
    const { options } = module
    const { errors } = options
    if (module.prefix !== '/') this.#checkPrefix(module, module.prefix, module.site)
    const own = guardList(
      options.guards,
      { before: outer?.guards ?? [], where: `module '${module.name}'`, site: module.site },
      this.problems,
    )
    const scope: Scope = {
      path: outer ? [...outer.path, module.name] : [],
      prefix: `${outer?.prefix ?? ''}${prefix}${module.prefix === '/' ? '' : module.prefix}`,
      guards: [...(outer?.guards ?? []), ...own],
      identities: outer?.identities ?? [],
      arounds: outer?.arounds ?? [],
      catches: outer?.catches ?? [],
      headers: outer?.headers ?? [],
      documentHeaders: outer?.documentHeaders ?? [],
      dynamicHeaders: outer?.dynamicHeaders ?? [],
      render: errors === undefined ? (outer?.render ?? renderProblem) : errors === 'problem' ? renderProblem : errors,
      tags: [...(outer?.tags ?? []), ...(options.tags ?? [])],
      version: {
        version: options.version ?? outer?.version.version,
        deprecated: options.deprecated ?? outer?.version.deprecated,
        sunset: options.sunset ?? outer?.version.sunset,
      },
      timeout: options.timeout ?? outer?.timeout ?? DEFAULT_TIMEOUT,
      bodyLimit: options.bodyLimit ?? outer?.bodyLimit ?? DEFAULT_BODY_LIMIT,
    }
    for (const [message, fix] of limitFaults(options))
      this.problems.push({ code: 'bad-limit', message: `${module.kind} '${module.name}': ${message}`, fix, at: module.site.short() })
    this.#global(options)
    return scope
  }

  /** What a module says for the whole application, wherever it is used. */
  #global(options: ModuleOptions): void {
    this.provided.push(...(options.provide ?? []))
    if (options.requestId) this.requestId = options.requestId
  }

  get modules(): readonly string[] {
    return [...this.#names.keys()]
  }

  entries(module: Definition, scope: Scope): void {
    Object.freeze(module.entries)
    this.#open.push(module)
    for (const entry of module.entries) this.#entry(entry, scope)
    this.#open.pop()
    if (scope.prefix !== '' && module.options.scope !== 'parent') this.scopes.push({ ...scope })
  }

  #entry(entry: Entry, scope: Scope): void {
    switch (entry.kind) {
      case 'route':
        this.#route(entry, scope)
        break
      case 'guard':
        checkGuards([entry.guard], { before: scope.guards, site: entry.site }, this.problems)
        scope.guards = [...scope.guards, entry.guard]
        break
      case 'around':
        scope.arounds = [...scope.arounds, entry.around]
        break
      case 'catch':
        // The latest first: what is written nearer to the routes decides before what is written around it.
        scope.catches = [entry.catch, ...scope.catches]
        break
      case 'identify':
        scope.identities = [...scope.identities, entry.identity['~identify']]
        break
      case 'headers':
        this.#headers(entry, scope)
        break
      case 'on':
        // Of a module that is used twice, too: it listens to the whole application.
        this.listeners.add(entry)
        break
      case 'service':
        this.services.add(entry.service)
        break
      case 'module':
        this.#module(entry, scope)
        break
    }
  }

  #route(entry: Extract<Entry, { kind: 'route' }>, scope: Scope): void {
    const { guards: listed, open } = entry.contract ?? {}
    const inherited = open ? scope.guards.filter((it) => it.always) : scope.guards
    const where = `${entry.method} ${join(scope.prefix, entry.path)}`
    // Each once: what holds around a route may stand in its own list again.
    const guards = [...new Set([...inherited, ...guardList(listed, { before: inherited, where, site: entry.site }, this.problems)])]
    this.routes.push({ entry, template: join(scope.prefix, entry.path), guards: inOrder(guards, entry.method), scope: { ...scope } })
  }

  #headers(entry: Extract<Entry, { kind: 'headers' }>, scope: Scope): void {
    if (typeof entry.fields === 'function') {
      scope.dynamicHeaders = [...scope.dynamicHeaders, entry.fields]
      return
    }
    try {
      const added = flatHeaders(entry.fields)
      if (entry.of === 'documents') scope.documentHeaders = [...scope.documentHeaders, ...added]
      else scope.headers = [...scope.headers, ...added]
    } catch (error) {
      this.problems.push({
        code: 'bad-header',
        message: error instanceof Error ? error.message : String(error),
        fix: 'send printable text without line breaks',
        at: entry.site.short(),
      })
    }
  }

  #module(entry: Extract<Entry, { kind: 'module' }>, scope: Scope): void {
    const { module, prefix } = entry
    const at = entry.site.short()
    if (this.#open.includes(module)) {
      this.problems.push({
        code: 'module-cycle',
        message: `Module '${module.name}' uses itself: ${[...this.#open.map((it) => it.name), module.name].join(' → ')}`,
        fix: 'take the shared part into a module of its own',
        at,
      })
      return
    }
    if (module.kind === 'app') {
      this.problems.push({
        code: 'app-in-app',
        message: `'${module.name}' is an application of its own: its mode, its log and its default parts can't stand beside those of this one`,
        fix: `make it a module: module('name') in place of app(); or mount it: .mount('${prefix || '/…'}', it.fetch)`,
        at,
      })
      return
    }
    if (!this.#checkPrefix(module, prefix, entry.site)) return
    if (/[:*]/.test(prefix)) {
      this.problems.push({
        code: 'parameter-in-prefix',
        message: `The prefix '${prefix}' holds a parameter, which the handlers of '${module.name}' could not see`,
        fix: `write it where the module is defined: module('${module.name}', '${prefix}')`,
        at,
      })
      return
    }
    const known = this.#names.get(module.name)
    if (known && known !== module && module.options.scope !== 'parent') {
      this.problems.push({
        code: 'duplicate-module',
        message: `Two modules are called '${module.name}': one defined at ${known.site.short()}, one at ${module.site.short()}`,
        fix: 'give one of them another name',
        at,
      })
    }
    this.#names.set(module.name, module)
    if (module.options.scope === 'parent') {
      const narrowing = `${prefix}${module.prefix}`
      if (narrowing !== '') {
        this.problems.push({
          code: 'prefix-of-middleware',
          message: `Module '${module.name}' holds for whoever uses it, so the prefix '${narrowing}' would not narrow it`,
          fix: `use it inside a module of its own: .use('${narrowing}', module('…').use(…).use(…))`,
          at,
        })
        return
      }
      const lost = Object.keys(module.options).filter((it) => ownOptions.has(it))
      if (lost.length > 0)
        this.problems.push({
          code: 'option-of-middleware',
          message: `Module '${module.name}' holds for whoever uses it, whose own settings count: ${lost.join(', ')} would do nothing`,
          fix: `set ${lost.join(', ')} on the module that uses it, or leave out scope: 'parent'`,
          at: module.site.short(),
        })
      scope.guards = [
        ...scope.guards,
        ...guardList(module.options.guards, { before: scope.guards, where: `module '${module.name}'`, site: entry.site }, this.problems),
      ]
      this.#global(module.options)
      this.entries(module, scope)
      return
    }
    this.entries(module, this.enter(module, scope, prefix))
  }

  #checkPrefix(module: Definition, prefix: string, site: Site): boolean {
    if (prefix === '' || (prefix.startsWith('/') && !prefix.endsWith('/'))) return true
    this.problems.push({
      code: 'bad-prefix',
      message: `The prefix '${prefix}' of module '${module.name}' must begin with '/' and not end with it`,
      fix: `write '/${prefix.replace(/^\/+|\/+$/g, '')}'`,
      at: site.short(),
    })
    return false
  }
}
