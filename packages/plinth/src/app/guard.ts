import type { Awaitable } from '../http/types.ts'
import { definitionSite, type Site } from './site.ts'
import type { AddedBy, AnyGuard, Context, Guard, Identity, Narrowed, Sent } from './types.ts'
import type { Principal } from '../register.ts'
import type { Problem } from '../http/problem.ts'
import { requireFunction, requireList, requireObject } from '../internal/arguments.ts'

/** What a guard says of itself beside what it does. */
export interface GuardOptions<N> {
  /** How `plinth routes` and boot errors call it; by default where it is defined. */
  readonly name?: string
  /** Guards that must stand before this one; their additions are in `ctx`. Checked at boot. */
  readonly needs?: N
  /** The problems that it may refuse with, for the documentation. */
  readonly refuses?: readonly Problem[]
  /** How OpenAPI calls the credentials that it wants, a key of the document's `securitySchemes`. */
  readonly security?: string
  /**
   * The names that it adds to the context. Two guards of one route that add the same name are refused: at boot where both say so here,
   * else by the first request in which the one would overwrite the other. With it, whatever is not listed is refused as well.
   */
  readonly adds?: readonly string[]
  /** Methods that it stands before; the others' routes pass it by and don't document it. Default all. For guards that add nothing. */
  readonly methods?: readonly string[]
  /**
   * Protection, not access: stands before routes marked `open` too, where nothing is routed, and before validation. `true` runs
   * before anybody asks who it is, so that a refused origin never reaches a session; `'identified'` after.
   */
  readonly always?: boolean | 'identified'
}

/** What the build reads; users see only {@link Guard}. */
export class GuardDefinition {
  declare readonly '~guard': (ctx: never) => unknown
  readonly name: string
  readonly run: (ctx: Context) => unknown
  readonly needs: readonly GuardDefinition[]
  readonly refuses: readonly Problem[]
  readonly security: string | undefined
  readonly always: boolean | 'identified'
  readonly methods: readonly string[] | undefined
  readonly adds: readonly string[] | undefined
  /** What it was seen to add. */
  readonly added: Set<string> = new Set()
  readonly site: Site

  constructor(run: (ctx: Context) => unknown, options: GuardOptions<readonly AnyGuard[]>, site: Site) {
    this.run = run
    this.site = site
    this.name = options.name ?? (run.name || `guard at ${site.short()}`)
    this.needs = (options.needs ?? []) as unknown as readonly GuardDefinition[]
    if (!this.needs.every((it) => it instanceof GuardDefinition))
      throw new TypeError(`Guard '${this.name}' needs what guard(…) did not make; where it is undefined, two files import each other`)
    this.refuses = options.refuses ?? []
    this.security = options.security
    this.always = options.always ?? false
    this.methods = options.methods
    this.adds = options.adds
  }
}

/**
 * Defines a guard: it refuses by throwing a problem, passes by returning nothing, or adds typed context by returning an
 * object. Returning the principal itself narrows `ctx.user`.
 *
 * ```ts
 * const signedIn = guard((ctx) => ctx.user ?? refuse('not-signed-in'))
 * ```
 */
export function guard<A extends object | void, const N extends readonly AnyGuard[] = readonly [], Needs = {}>(
  run: (ctx: Context & Sent & AddedBy<N> & Needs) => Awaitable<A>,
  options: GuardOptions<N> = {},
): Guard<Context & AddedBy<N> & Needs, Narrowed<A>> {
  requireFunction('guard(…)', run)
  requireObject('guard: options', options)
  requireList('guard: needs', options.needs)
  requireList('guard: refuses', options.refuses)
  requireList('guard: adds', options.adds)
  const definition = new GuardDefinition(run as (ctx: Context) => unknown, options, definitionSite(guard))
  return definition as unknown as Guard<Context & AddedBy<N> & Needs, Narrowed<A>>
}

/** Defines how to find out who is asking. Answer `null` or `undefined` for somebody unknown; refuse only broken credentials. */
export function identify(
  find: (ctx: Context & Sent) => Awaitable<Principal | null | undefined>,
  options: { readonly name?: string } = {},
): Identity {
  requireFunction('identify(…)', find)
  requireObject('identify: options', options)
  return { '~identify': find, name: options.name ?? (find.name || `identify at ${definitionSite(identify).short()}`) }
}
