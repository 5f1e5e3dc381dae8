import { type App, type Context, guard, module, problem } from '../app/index.ts'
import { isAmbient } from '../http/ambient-credentials.ts'
import { originList } from '../http/origin-list.ts'
import { isSameHost } from '../http/same-host.ts'
import { requireList, requireObject } from '../internal/arguments.ts'

/** Settings of `csrf`. */
export interface CsrfOptions {
  /** Other origins that may send requests with cookies, letter by letter: those that `cors` lists with credentials. Default none. */
  readonly origins?: readonly string[]
  /** Names of the cookies that sign somebody in; requests with none of them pass. Default: every cookie counts. */
  readonly cookies?: readonly string[]
  /** Trusts every sub-domain of the same site. Default false: one that was taken over, or rented out, could act for everybody. */
  readonly sameSite?: boolean
}

const safe = new Set(['GET', 'HEAD', 'OPTIONS', 'TRACE'])

/**
 * Refuses unsafe requests that a page of another site made a browser send with its user's cookies: 403 `cross-site-request`.
 * The body's type plays no part: text/plain, forms and bodies without a type all cross sites without a preflight.
 *
 * What a browser says is believed in this order: `Sec-Fetch-Site`, `Origin`, `Referer`; a page can forge none of them. A
 * request with cookies and none of the three is refused. Requests without cookies, or with a bearer token, pass.
 *
 * There is no token to hand around: every browser of the last years sends one of these headers, and a token that is also
 * kept in a cookie falls to whoever can set cookies from a sub-domain.
 */
export function csrf(options: CsrfOptions = {}): App<{}, {}> {
  requireObject('csrf: options', options)
  requireList('csrf: origins', options.origins)
  requireList('csrf: cookies', options.cookies)
  const rules = new CsrfRules(options)
  const refused = problem('cross-site-request')
  const check = (ctx: Context): void => {
    if (!safe.has(ctx.method) && !rules.passes(ctx)) throw problem('cross-site-request')
  }
  return module('csrf', { scope: 'parent' }).guard(
    guard(check, { name: 'csrf', always: true, methods: ['POST', 'PUT', 'PATCH', 'DELETE'], refuses: [refused] }),
  )
}

class CsrfRules {
  readonly #origins: ReadonlySet<string>
  readonly #cookies: ReadonlySet<string> | undefined
  readonly #sameSite: boolean

  constructor({ origins = [], cookies, sameSite = false }: CsrfOptions) {
    this.#origins = originList('csrf: origins', origins)
    if (cookies?.length === 0)
      throw new TypeError('csrf: cookies is empty, which would let everything pass; leave it out, or name a cookie')
    this.#cookies = cookies && new Set(cookies)
    this.#sameSite = sameSite
  }

  passes(ctx: Context): boolean {
    const authorization = ctx.header('authorization')
    const credentials = authorization !== undefined && isAmbient(authorization)
    if (authorization !== undefined && !credentials) return true
    const cookies = this.#signs(ctx.header('cookie'))
    if (!cookies && !credentials) return true
    // A program that sends a password itself says nothing of sites, so silence speaks against cookies alone.
    return this.#sameOrigin(ctx) ?? !cookies
  }

  #signs(header: string | undefined): boolean {
    if (header === undefined) return false
    const names = this.#cookies
    return names === undefined || header.split(';').some((pair) => names.has((pair.split('=', 1)[0] as string).trim()))
  }

  /** Where the request came from; `undefined` when nothing says so. */
  #sameOrigin(ctx: Context): boolean | undefined {
    const origin = ctx.header('origin')
    const site = ctx.header('sec-fetch-site')
    if (origin !== undefined && this.#origins.has(origin)) return true
    // `none`: the user's own doing, a bookmark or the address bar.
    if (site !== undefined) return site === 'same-origin' || site === 'none' || (this.#sameSite && site === 'same-site')
    if (origin !== undefined) return sameHost(origin, ctx)
    const referer = ctx.header('referer')
    if (referer === undefined) return undefined
    return URL.canParse(referer) && (this.#origins.has(new URL(referer).origin) || sameHost(referer, ctx))
  }
}

function sameHost(from: string, ctx: Context): boolean {
  return isSameHost(from, ctx.header('host'), ctx.peer.secure)
}
