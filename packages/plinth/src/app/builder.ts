import type { Awaitable, HeaderFields } from '../http/types.ts'
import { build } from './build.ts'
import { lazyFetch } from './lazy-fetch.ts'
import type { CoreOptions, Definition, Entry, ModuleOptions } from './definition.ts'
import { eventNames, type EventName, type RequestRecord } from './events.ts'
import { GuardDefinition } from './guard.ts'
import type { Built } from './built.ts'
import { mounted, type MountOptions } from './mount.ts'
import type { ListenSettings, Running } from './running.ts'
import type { HandlerRun, HeaderSource } from './scope.ts'
import { ServiceDefinition } from './service.ts'
import { definitionSite, type Site } from './site.ts'
import type { AddedBy, AnyContract, AnyGuard, App, Around, BuildOptions, Identity } from './types.ts'
import { requireList, requireObject, requireText } from '../internal/arguments.ts'

/** Every verb of {@link App}, untyped: the types are `App`'s. */
export class Builder {
  readonly '~definition': Definition
  readonly fetch: (request: Request, ...platform: unknown[]) => Promise<Response>

  constructor(definition: Definition) {
    this['~definition'] = definition
    this.fetch = lazyFetch(() => this.build())
  }

  get name(): string {
    return this['~definition'].name
  }

  get(path: string, contract: unknown, handler?: unknown): this {
    return this.#route('GET', path, contract, handler, this.get)
  }
  post(path: string, contract: unknown, handler?: unknown): this {
    return this.#route('POST', path, contract, handler, this.post)
  }
  put(path: string, contract: unknown, handler?: unknown): this {
    return this.#route('PUT', path, contract, handler, this.put)
  }
  patch(path: string, contract: unknown, handler?: unknown): this {
    return this.#route('PATCH', path, contract, handler, this.patch)
  }
  delete(path: string, contract: unknown, handler?: unknown): this {
    return this.#route('DELETE', path, contract, handler, this.delete)
  }
  head(path: string, contract: unknown, handler?: unknown): this {
    return this.#route('HEAD', path, contract, handler, this.head)
  }
  options(path: string, contract: unknown, handler?: unknown): this {
    return this.#route('OPTIONS', path, contract, handler, this.options)
  }

  mount(path: string, handler: (request: Request) => Awaitable<Response>, options: MountOptions = {}): this {
    this.#require(typeof handler === 'function', 'mount(…) takes a path and a function', definitionSite(this.mount))
    requireObject(`${this.name}.mount(…): options`, options)
    const run = mounted(handler, options)
    const contract: AnyContract = { hidden: true, body: 'stream' }
    const base = path === '/' ? '' : path
    this.#route('*', path, contract, run, this.mount)
    return this.#route('*', `${base}/*`, contract, run, this.mount)
  }

  guard(guard: unknown): this {
    const site = definitionSite(this.guard)
    this.#require(guard instanceof GuardDefinition, 'guard(…) takes what guard(…) made', site)
    this.#add({ kind: 'guard', guard, site })
    return this
  }

  around(around: Around<never>): this {
    this.#require(typeof around === 'function', 'around(…) takes a function (ctx, next)', definitionSite(this.around))
    this.#add({ kind: 'around', around })
    return this
  }

  catch(type: abstract new (...args: never) => unknown, handle: (error: never, ctx: never) => unknown): this {
    const fits = typeof type === 'function' && typeof handle === 'function'
    this.#require(fits, 'catch(…) takes a class of errors and a function', definitionSite(this.catch))
    this.#add({ kind: 'catch', catch: { type, handle: handle as never } })
    return this
  }

  identify(identity: Identity): this {
    this.#require(typeof identity?.['~identify'] === 'function', 'identify(…) takes what identify(…) made', definitionSite(this.identify))
    this.#add({ kind: 'identify', identity })
    return this
  }

  headers(fields: HeaderFields | HeaderSource, of: 'all' | 'documents' = 'all'): this {
    if (typeof fields !== 'function') requireObject(`${this.name}.headers(…)`, fields)
    this.#add({ kind: 'headers', fields, of, site: definitionSite(this.headers) })
    return this
  }

  on(event: EventName, listener: (record: RequestRecord) => void): this {
    const fits = eventNames.has(event) && typeof listener === 'function'
    this.#require(fits, `on(…) takes ${[...eventNames].join(', ')} and a function`, definitionSite(this.on))
    this.#add({ kind: 'on', event, listener })
    return this
  }

  use(first: unknown, second?: unknown): this {
    const site = definitionSite(this.use)
    const [prefix, used] = typeof first === 'string' ? [first, second] : ['', first]
    if (used instanceof ServiceDefinition) this.#add({ kind: 'service', service: used })
    else if (used instanceof Builder) this.#add({ kind: 'module', prefix, module: used['~definition'], site })
    else this.#require(false, 'use(…) takes a module, a starter or a service', site)
    return this
  }

  async build(options: BuildOptions = {}): Promise<Built> {
    requireObject('build: options', options)
    requireList('build: replace', options.replace)
    for (const it of options.replace ?? []) requireObject('build: each of replace', it)
    return build(this['~definition'], options)
  }

  async listen(port?: number | ListenSettings, settings: ListenSettings = {}): Promise<Running> {
    const given = typeof port === 'number' ? { ...settings, port } : { ...port }
    const built = await this.build(given)
    try {
      return await built.listen(given)
    } catch (error) {
      // Nobody has the built application to close it, and what its services hold open would keep the process alive.
      await built.close(0)
      throw error
    }
  }

  #require(fits: boolean, what: string, site: Site): asserts fits {
    if (!fits) throw new TypeError(`${this.name}.${what}, at ${site.short()}`)
  }

  /** A route that came after the build would be there in the code and nowhere else. */
  #add(entry: Entry): void {
    const { entries, kind, name } = this['~definition']
    if (Object.isFrozen(entries)) {
      const what = entry.kind === 'route' ? `${entry.method} ${entry.path}` : entry.kind
      const site = 'site' in entry ? ` (${entry.site.short()})` : ''
      throw new TypeError(
        `${kind} '${name}' was built already, so ${what} comes too late${site}: define everything before build, listen or the first fetch`,
      )
    }
    entries.push(entry)
  }

  #route(method: string, path: string, contract: unknown, handler: unknown, verb: Function): this {
    const site = definitionSite(verb)
    this.#require(typeof path === 'string', `${verb.name}(…) takes a path first`, site)
    const [slots, run] = handler === undefined ? [{}, contract] : [contract, handler]
    this.#add({
      kind: 'route',
      method,
      path,
      contract: slots as AnyContract,
      handler: run as HandlerRun,
      site,
    })
    return this
  }
}

function requireOptions(what: string, options: CoreOptions): void {
  requireObject(`${what}: options`, options)
  for (const name of ['tags', 'provide'] as const) requireList(`${what}: ${name}`, options[name])
}

/** An application without any of the parts that `app` adds by default. */
export function core<const G extends readonly AnyGuard[] = []>(options: CoreOptions<G> = {}): App<AddedBy<G>, {}> {
  requireOptions('core', options)
  const definition: Definition = { kind: 'app', name: options.name ?? 'app', prefix: '', options, entries: [], site: definitionSite(core) }
  return new Builder(definition) as unknown as App<AddedBy<G>, {}>
}

/**
 * A part of an application, with routes, guards and settings of its own; what it defines does not leak to its siblings.
 * A prefix may hold parameters, which its handlers then see: `module('teams', '/orgs/:org')`.
 */
export function module<const X extends `/${string}` | '' = '', const G extends readonly AnyGuard[] = []>(
  name: string,
  prefix?: X,
  options?: ModuleOptions<G>,
): App<AddedBy<G>, {}, X>
export function module<const G extends readonly AnyGuard[] = []>(name: string, options?: ModuleOptions<G>): App<AddedBy<G>, {}>
export function module(name: string, second?: string | ModuleOptions, third?: ModuleOptions): App<{}, {}> {
  const [prefix, options] = typeof second === 'string' ? [second, third ?? {}] : ['', second ?? third ?? {}]
  requireText('module: name', name)
  requireOptions('module', options)
  const definition: Definition = { kind: 'module', name, prefix, options, entries: [], site: definitionSite(module) }
  return new Builder(definition) as unknown as App<{}, {}>
}
