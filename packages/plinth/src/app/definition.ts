import type { Incoming } from '../contract.ts'
import type { TrustProxy } from '../http/forwarded.ts'
import type { HeaderFields } from '../http/types.ts'
import type { EventName, RequestRecord } from './events.ts'
import type { GuardDefinition } from './guard.ts'
import type { Logger } from './logger.ts'
import type { Catch, ErrorRenderer, HandlerRun, HeaderSource } from './scope.ts'
import type { ServiceDefinition } from './service.ts'
import type { Site } from './site.ts'
import type { AnyContract, AnyGuard, Around, Identity, Mode, Replacement } from './types.ts'

/** Settings of a module; what is left out holds as the module around it has it. */
export interface ModuleOptions<G extends readonly AnyGuard[] = readonly AnyGuard[]> {
  /** Stand before every route of the module, after those of the modules around it. */
  readonly guards?: G
  /** How problems look: RFC 9457 unless told otherwise, or as the module around it has it. */
  readonly errors?: 'problem' | ErrorRenderer
  /** The API version that its routes belong to; each version has a document of its own. */
  readonly version?: string
  /** True, or the date since when; sent as the `Deprecation` header (RFC 9745). */
  readonly deprecated?: boolean | string
  /** The date from which the routes may be gone; sent as the `Sunset` header (RFC 8594). */
  readonly sunset?: string
  /** Tags of its routes in the documentation. */
  readonly tags?: readonly string[]
  /** Milliseconds until an answer must be ready, else 503; 0 for no limit. Default 30,000. */
  readonly timeout?: number
  /** Bytes that a decoded body may have. Default 1 MiB. */
  readonly bodyLimit?: number
  /** Values in the place of services, for the whole application. */
  readonly provide?: readonly Replacement[]
  /**
   * Finds or makes the id of a request, for the whole application; `undefined` leaves it to the default. The last one given
   * holds. It ends up in logs and headers as it is: answer printable text alone, and never throw.
   */
  readonly requestId?: (incoming: Incoming) => string | undefined
  /**
   * `own` (default): what the module defines holds inside it. `parent`: its guards, wraps, headers and failures hold for whoever
   * uses it, from there on. This is how middleware is made.
   */
  readonly scope?: 'own' | 'parent'
}

/** Settings of an application: a module's, and what only the whole has. */
export interface CoreOptions<G extends readonly AnyGuard[] = readonly AnyGuard[]> extends ModuleOptions<G> {
  readonly name?: string
  /** `production` hides docs and refuses unsafe defaults. Default: from `NODE_ENV`, else `development`. */
  readonly mode?: Mode
  readonly log?: Logger
  /**
   * Proxies that may say who asks: addresses, ranges (`10.0.0.0/8`), `'loopback'`, `'private'`, or how many stand in front. Then
   * `ctx.peer`, `Host` and the URL of `ctx.request` are what they write into `X-Forwarded-For`, `-Proto` and `-Host`, or into
   * `Forwarded` (RFC 7239) with `{ from, header: 'forwarded' }`. Default none: these fields are what a client wrote. A proxy that is
   * named must set or append each of them, or pass on what its client wrote.
   */
  readonly trustProxy?: TrustProxy
}

export type Entry =
  | {
      readonly kind: 'route'
      readonly method: string
      readonly path: string
      readonly contract: AnyContract
      readonly handler: HandlerRun
      readonly site: Site
    }
  | { readonly kind: 'guard'; readonly guard: GuardDefinition; readonly site: Site }
  | { readonly kind: 'around'; readonly around: Around<never> }
  | { readonly kind: 'catch'; readonly catch: Catch }
  | { readonly kind: 'identify'; readonly identity: Identity }
  | { readonly kind: 'headers'; readonly fields: HeaderFields | HeaderSource; readonly of: 'all' | 'documents'; readonly site: Site }
  | { readonly kind: 'on'; readonly event: EventName; readonly listener: (record: RequestRecord) => void }
  | { readonly kind: 'service'; readonly service: ServiceDefinition<unknown> }
  | { readonly kind: 'module'; readonly prefix: string; readonly module: Definition; readonly site: Site }

/** What an app or a module says, in the order in which it was said. Nothing is checked before `build`. */
export interface Definition {
  readonly kind: 'app' | 'module'
  readonly name: string
  /** The module's own prefix, which may hold parameters. */
  readonly prefix: string
  readonly options: CoreOptions
  readonly entries: Entry[]
  readonly site: Site
}
