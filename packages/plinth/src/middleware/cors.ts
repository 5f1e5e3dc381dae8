import { type App, Application, type Context, guard, type HeaderFields, module } from '../app/index.ts'
import { originList } from '../http/origin-list.ts'
import { requireList, requireObject } from '../internal/arguments.ts'
import { token } from '../http/header-value.ts'

/** Settings of `cors`. */
export interface CorsOptions {
  /**
   * Who may read answers: a list of origins, compared letter by letter; `'*'` for everybody, without credentials; or a
   * function that answers `true`. It is not asked about `null`, which any sandboxed frame can be.
   */
  readonly origins: readonly string[] | '*' | ((origin: string) => boolean)
  /** Lets those origins send cookies and read what comes back. Default false. Not with `'*'`. */
  readonly credentials?: boolean
  /** Methods they may use beside GET, HEAD and POST. Default: those that the path offers. */
  readonly methods?: readonly string[]
  /** Request headers they may send. Default: those that a preflight asks for, since the origin was already found trustworthy. */
  readonly headers?: readonly string[]
  /** Headers of the answer that scripts may read beside the safelisted ones (Fetch §4.5). Default none. */
  readonly expose?: readonly string[]
  /** Seconds for which a browser may remember a preflight's answer. Default 600: a change reaches everybody within ten minutes. */
  readonly maxAge?: number
  /** Lets pages of the public internet reach a server of a private network (Private Network Access). Default false. */
  readonly privateNetwork?: boolean
}

const methodsOfMount = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']
const noFields: HeaderFields = {}

/** Carries a preflight past everything that stands between the guard and the answer. Not an error: nothing went wrong. */
class Preflight {
  readonly headers: HeaderFields

  constructor(headers: HeaderFields) {
    this.headers = headers
  }
}

/**
 * Lets pages of other origins read answers (Fetch §3.3). Without it no other origin can. Its headers are on every answer,
 * problems too, and preflights are answered for every path, so that a page can tell a 404 from a network failure.
 *
 * It does not keep requests out: those that need no preflight arrive all the same. Against these stands `csrf`.
 * @throws {TypeError} when `'*'` meets `credentials`, or an origin, method or header is not one.
 */
export function cors(options: CorsOptions): App<{}, {}> {
  requireObject('cors: options', options)
  requireList('cors: methods', options.methods)
  requireList('cors: headers', options.headers)
  requireList('cors: expose', options.expose)
  const rules = new CorsRules(options)
  return module('cors', { scope: 'parent' })
    .headers(rules.constant)
    .headers((ctx) => rules.fields(ctx))
    .guard(guard((ctx) => rules.preflight(ctx), { name: 'cors', always: true }))
    .catch(Preflight, ({ headers }) => new Response(null, { status: 204, headers: headers as { [name: string]: string } }))
}

class CorsRules {
  /** On every answer whatever the request says. */
  readonly constant: HeaderFields
  readonly #allows: (origin: string) => boolean
  readonly #extra: HeaderFields
  readonly #everybody: boolean
  readonly #methods: string | undefined
  readonly #headers: string | undefined
  readonly #maxAge: string
  readonly #privateNetwork: boolean
  /** One object for each listed origin; those of a function are made each time, or an attacker could fill the map. */
  readonly #known = new Map<string, HeaderFields>()

  constructor(options: CorsOptions) {
    const { origins, credentials = false, methods, headers, expose = [], maxAge = 600, privateNetwork = false } = options
    if (origins === '*' && credentials) {
      throw new TypeError(
        "cors: origins '*' with credentials would let every page act as whoever visits it; list the origins, or leave credentials out",
      )
    }
    if (origins !== '*' && typeof origins !== 'function' && !Array.isArray(origins)) {
      throw new TypeError("cors: origins must be a list of origins, '*' or a function")
    }
    if (!Number.isInteger(maxAge) || maxAge < 0) throw new TypeError('cors: maxAge must be a whole number of seconds, 0 or more')
    tokens('methods', methods)
    tokens('headers', headers)
    tokens('expose', expose)
    this.#everybody = origins === '*'
    this.#methods = methods?.join(', ')
    this.#headers = headers?.join(', ')
    this.#maxAge = String(maxAge)
    this.#privateNetwork = privateNetwork
    this.#extra = {
      ...(credentials ? { 'access-control-allow-credentials': 'true' } : noFields),
      ...(expose.length > 0 ? { 'access-control-expose-headers': expose.join(', ') } : noFields),
    }
    // Whatever the origin is, also when there is none: a cache must not hand an answer without the headers to who needs them.
    this.constant = this.#everybody ? { 'access-control-allow-origin': '*', ...this.#extra } : { vary: 'Origin' }
    if (typeof origins === 'function') this.#allows = (origin) => origins(origin) === true
    else if (origins === '*') this.#allows = () => true
    else {
      const listed = originList('cors: origins', origins)
      for (const origin of listed) this.#known.set(origin, this.#fieldsOf(origin))
      this.#allows = (origin) => listed.has(origin)
    }
  }

  fields(ctx: Context): HeaderFields | undefined {
    if (this.#everybody) return undefined
    const origin = ctx.header('origin')
    if (origin === undefined || !this.#admits(origin)) return undefined
    return this.#known.get(origin) ?? this.#fieldsOf(origin)
  }

  /** A preflight is an OPTIONS with both headers (Fetch §3.3.1); one that may not in gets the plain answer, without our headers. */
  preflight(ctx: Context): void {
    if (ctx.method !== 'OPTIONS') return
    const origin = ctx.header('origin')
    const wanted = ctx.header('access-control-request-method')
    if (origin === undefined || wanted === undefined || !this.#admits(origin)) return
    const asked = ctx.header('access-control-request-headers')
    const vary = ['Access-Control-Request-Method']
    const headers: { [name: string]: string } = {
      'access-control-allow-methods': this.#methods ?? methodsOf(ctx),
      'access-control-max-age': this.#maxAge,
    }
    if (this.#headers === undefined) vary.push('Access-Control-Request-Headers')
    const allowed = this.#headers ?? (asked !== undefined && isTokenList(asked) ? asked : '')
    if (allowed !== '') headers['access-control-allow-headers'] = allowed
    if (this.#privateNetwork) {
      vary.push('Access-Control-Request-Private-Network')
      if (ctx.header('access-control-request-private-network') === 'true') headers['access-control-allow-private-network'] = 'true'
    }
    headers['vary'] = vary.join(', ')
    throw new Preflight(headers)
  }

  #admits(origin: string): boolean {
    return this.#everybody || (origin !== 'null' && this.#allows(origin))
  }

  #fieldsOf(origin: string): HeaderFields {
    return { 'access-control-allow-origin': origin, ...this.#extra }
  }
}

/** Where nothing is routed every method is let through, so that the page gets to see the 404. */
function methodsOf(ctx: Context): string {
  const offered = ctx.use(Application).allowed(ctx.path)
  return (offered.length === 0 || offered.includes('*') ? methodsOfMount : offered).join(', ')
}

function isTokenList(text: string): boolean {
  return text.split(',').every((item) => token.test(item.trim()))
}

function tokens(setting: string, names: readonly string[] | undefined): void {
  for (const name of names ?? []) {
    if (typeof name === 'string' && token.test(name) && name !== '*') continue
    throw new TypeError(
      `cors: ${setting} lists '${name}'; write each name in full, like ${setting === 'methods' ? "'PUT'" : "'x-request-id'"}`,
    )
  }
}
