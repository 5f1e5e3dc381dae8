import type { Incoming } from '../contract.ts'
import { problem } from '../http/problem.ts'
import { ReplyValue } from '../http/reply.ts'
import type { Match, Router } from '../router/contract.ts'
import { TreeRouter } from '../router/tree-router.ts'
import { Frame } from './frame.ts'
import { fallbackRoute, type Route } from './route.ts'
import type { RouteInfo } from './route-info.ts'
import type { Scope } from './scope.ts'
import { definitionSite } from './site.ts'
import type { Context } from './types.ts'

/** RFC 9110 §9.3, and PATCH (RFC 5789). Others are unknown to us: 501 (§15.6.2), never 405. */
const known = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'TRACE', 'CONNECT'])

/** For a path that routes offer with other methods. */
interface Beside {
  readonly notAllowed: Route
  readonly options: Route
}

/**
 * Answers for requests that no route takes. They have wraps, headers, error shape and protection, but no access guards: those
 * of the module below whose prefix nothing is routed, those of the route's module where only the method differs. So a module that
 * lets other origins in has its preflights answered, and one with a shape of its own has its 404 and 405 in it.
 */
export class Fallbacks {
  readonly malformed: Route
  readonly #notFound: Route
  readonly #notImplemented: Route
  readonly #options: Route
  readonly #router: Router<Route>
  readonly #below: Router<Route>
  readonly #beside = new WeakMap<Route, Beside>()

  constructor(root: Readonly<Scope>, scopes: readonly Readonly<Scope>[], router: Router<Route>) {
    this.#router = router
    this.#below = notFoundBelow(scopes)
    this.malformed = fallback(root, () => {
      throw problem('malformed-path')
    })
    this.#notFound = fallback(root, notFound)
    this.#notImplemented = fallback(root, () => {
      throw problem('not-implemented')
    })
    this.#options = fallback(root, this.#answerOptions)
  }

  for(incoming: Incoming): Route {
    const { method, path } = incoming
    if (!known.has(method)) return this.#notImplemented
    if (method === 'OPTIONS' && path === '*') return this.#options
    const allowed = this.#router.allowed(path)
    if (allowed.length === 0) return this.#below.find('GET', path)?.value ?? this.#notFound
    const beside = this.#besideOf(allowed, incoming)
    return method === 'OPTIONS' ? beside.options : beside.notAllowed
  }

  /** A preflight (Fetch §4.8) says which route it is about; else any route of the path will do. */
  #besideOf(allowed: readonly string[], incoming: Incoming): Beside {
    const wanted = incoming.header('access-control-request-method')
    const method = wanted !== undefined && allowed.includes(wanted) ? wanted : (allowed[0] as string)
    const route = (this.#router.find(method, incoming.path) as Match<Route>).value
    let made = this.#beside.get(route)
    if (!made) {
      made = { notAllowed: route.beside(unlisted, this.#refuse as never), options: route.beside(unlisted, this.#answerOptions as never) }
      this.#beside.set(route, made)
    }
    return made
  }

  readonly #refuse = (ctx: Context): never => {
    throw problem('method-not-allowed', undefined, { headers: { allow: this.#allow(ctx.path) } })
  }

  readonly #answerOptions = (ctx: Context): unknown => new ReplyValue(204, null, { allow: this.#allow(ctx.path) })

  /** `Allow` must be complete (RFC 9110 §15.5.6). OPTIONS is always offered. */
  #allow(path: string): string {
    if (path === '*') return 'GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS'
    return [...new Set([...this.#router.allowed(path), 'OPTIONS'])].sort().join(', ')
  }
}

function notFound(): never {
  throw problem('not-found')
}

/** The nearest module decides, as the router's order has it; of two under one prefix the first. */
function notFoundBelow(scopes: readonly Readonly<Scope>[]): Router<Route> {
  const below = new TreeRouter<Route>()
  for (const scope of scopes) {
    const route = fallback(scope, notFound)
    try {
      below.add('*', scope.prefix, route)
      below.add('*', `${scope.prefix}/*`, route)
    } catch {
      // Taken already, or a prefix that is no template, of which its routes tell.
    }
  }
  return below
}

const unlisted: RouteInfo = {
  method: '*',
  template: '',
  contract: { hidden: true },
  guards: [],
  identified: false,
  open: true,
  modules: [],
  tags: [],
  version: undefined,
  deprecated: undefined,
  sunset: undefined,
  bodyLimit: 0,
  errors: 'problem',
  errorSchema: undefined,
  site: definitionSite(fallback),
}

function fallback(root: Readonly<Scope>, handler: (ctx: Context) => unknown): Route {
  const frame = new Frame({ ...root, guards: root.guards.filter((it) => it.always), identities: [], handshake: undefined })
  return fallbackRoute(unlisted, frame, handler as never)
}
