import type { Awaitable } from '../http/types.ts'
import type { ServiceReport } from './service-info.ts'
import { definitionSite, type Site } from './site.ts'
import type { Context, Mode, Replacement, Use } from './types.ts'
import { requireFunction, requireObject, requireText } from '../internal/arguments.ts'

/** What the function that makes a service receives. */
export interface ServiceContext {
  readonly use: Use
}

/** What a service of scope `request` is made with: the request too. */
export interface RequestServiceContext extends ServiceContext {
  readonly ctx: Context
}

/** How long a service lives, when it is made, and how it ends. */
export interface ServiceOptions<T> {
  /** Called once at shutdown (or after the answer, for one of scope `request`), in the reverse order of making. */
  readonly dispose?: (it: T) => unknown
  /** `app`: one for the application. `request`: one for each request that asks for it. Default `app`. */
  readonly scope?: 'app' | 'request'
  /** Made on first use even where the application lists it. */
  readonly lazy?: boolean
  /** What it would be made with and why, for `plinth doctor`. Called without the service being made; must not show secrets. */
  readonly describe?: (mode: Mode) => Awaitable<ServiceReport>
}

/** A thing that others use, and the token by which they ask for it. */
export interface Service<T> {
  readonly name: string
  readonly '~type'?: T
  /** Stands `fake` in the place of this service, in `replace`. */
  with(fake: T): Replacement
}

/** What the container reads; users see only {@link Service}. */
export class ServiceDefinition<T> implements Service<T> {
  declare readonly '~type'?: T
  readonly name: string
  readonly make: ((ctx: ServiceContext) => T | Promise<T>) | undefined
  readonly dispose: ((it: T) => unknown) | undefined
  readonly scope: 'app' | 'request'
  readonly lazy: boolean
  readonly describe: ((mode: Mode) => Awaitable<ServiceReport>) | undefined
  readonly site: Site

  constructor(name: string, make: ((ctx: ServiceContext) => T | Promise<T>) | undefined, options: ServiceOptions<T>, site: Site) {
    this.name = name
    this.make = make
    this.dispose = options.dispose
    this.scope = options.scope ?? 'app'
    this.lazy = options.lazy ?? false
    this.describe = options.describe
    this.site = site
  }

  with(fake: T): Replacement {
    return { service: this, value: fake }
  }
}

/**
 * Defines a service. Its type is inferred from what `make` returns; an async one is awaited at boot. Call `use` before
 * anything else in `make`: where what it asks for is still being made, `make` is called again once that is ready.
 *
 * ```ts
 * const Users = service('users', ({ use }) => { const db = use(Database); return { find: (id: number) => db.user(id) } })
 * ```
 */
export function service<T>(
  name: string,
  make: (ctx: RequestServiceContext) => T,
  options: ServiceOptions<Awaited<T>> & { readonly scope: 'request' },
): Service<Awaited<T>>
export function service<T>(name: string, make: (ctx: ServiceContext) => T, options?: ServiceOptions<Awaited<T>>): Service<Awaited<T>>
export function service<T>(name: string, make: (ctx: never) => T, options?: ServiceOptions<Awaited<T>>): Service<Awaited<T>> {
  requireText('service: name', name)
  requireFunction(`service '${name}': make`, make)
  if (options !== undefined) requireObject(`service '${name}': options`, options)
  return new ServiceDefinition(name, make as (ctx: ServiceContext) => Awaited<T>, options ?? {}, definitionSite(service))
}

/** A service that some starter must provide: `token<Mailer>('mailer')`, then `Mailer.with(mailer)` in a module's `provide`. */
export function token<T>(name: string): Service<T> {
  requireText('token: name', name)
  return new ServiceDefinition<T>(name, undefined, {}, definitionSite(token))
}
