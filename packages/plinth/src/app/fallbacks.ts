import type { Incoming } from '../contract.ts'
import { problem } from '../http/problem.ts'
import { ReplyValue } from '../http/reply.ts'
import type { Router } from '../router/contract.ts'
import { Route } from './route.ts'
import type { RouteInfo } from './route-info.ts'
import type { Scope } from './scope.ts'
import { definitionSite } from './site.ts'
import type { Context } from './types.ts'

/** RFC 9110 §9.3, and PATCH (RFC 5789). Others are unknown to us: 501 (§15.6.2), never 405. */
const known = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'TRACE', 'CONNECT'])

/** Answers for requests that no route takes. They have the application's wraps, headers and error shape, and no guards. */
export class Fallbacks {
  readonly malformed: Route
  readonly #notFound: Route
  readonly #notAllowed: Route
  readonly #notImplemented: Route
  readonly #options: Route
  readonly #router: Router<Route>

  constructor(root: Readonly<Scope>, router: Router<Route>) {
    this.#router = router
    this.malformed = fallback(root, () => {
      throw problem('malformed-path')
    })
    this.#notFound = fallback(root, () => {
      throw problem('not-found')
    })
    this.#notImplemented = fallback(root, () => {
      throw problem('not-implemented')
    })
    this.#notAllowed = fallback(root, (ctx) => {
      throw problem('method-not-allowed', undefined, { headers: { allow: this.#allow(ctx.path) } })
    })
    this.#options = fallback(root, (ctx) => new ReplyValue(204, null, { allow: this.#allow(ctx.path) }))
  }

  for(incoming: Incoming): Route {
    const { method, path } = incoming
    if (!known.has(method)) return this.#notImplemented
    if (method === 'OPTIONS' && path === '*') return this.#options
    if (this.#router.allowed(path).length === 0) return this.#notFound
    return method === 'OPTIONS' ? this.#options : this.#notAllowed
  }

  /** `Allow` must be complete (RFC 9110 §15.5.6). OPTIONS is always offered. */
  #allow(path: string): string {
    if (path === '*') return 'GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS'
    return [...new Set([...this.#router.allowed(path), 'OPTIONS'])].sort().join(', ')
  }
}

function fallback(root: Readonly<Scope>, handler: (ctx: Context) => unknown): Route {
  const info: RouteInfo = {
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
    site: definitionSite(fallback),
  }
  return new Route({
    info,
    names: [],
    identities: [],
    guards: root.guards.filter((it) => it.always),
    validation: undefined,
    handler: handler as never,
    arounds: root.arounds,
    catches: root.catches,
    render: root.render,
    headers: root.headers,
    dynamicHeaders: root.dynamicHeaders,
    encoders: undefined,
    status: 200,
    timeout: root.timeout,
  })
}
