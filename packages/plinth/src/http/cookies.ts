import { Bag } from './bag.ts'
import { token } from './header-value.ts'
import { trimBlanks } from './trim-blanks.ts'

/** Everything that RFC 6265 §4.1.1 leaves out of cookie-octet, and `%`, so that decoding gives back what was encoded. */
const notCookieOctet = /[^!#$&'()*+\-./0-9:<=>?@A-Z[\]^_`a-z{|}~]+/g
const domainName = /^(?=.{1,253}$)[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?)*$/i
const pathValue = /^\/[\x20-\x3a\x3c-\x7e]*$/
/** Browsers drop a cookie whose name and value pass this (RFC 6265bis §5.6). */
const MAX_SIZE = 4_096

/** Attributes of a cookie (RFC 6265 §4.1.2 and its successor). Each is checked when the cookie is written. */
export interface CookieAttributes {
  /** Hosts below this one get the cookie too. Default: this host alone. */
  readonly domain?: string
  /** Default `/`. Browsers would otherwise take the path of the request, which nobody expects. */
  readonly path?: string
  /** Seconds, a whole number; 0 or less deletes. Without it and `expires` the cookie ends with the browser's session. */
  readonly maxAge?: number
  readonly expires?: Date
  /** Default true: scripts can't read it. */
  readonly httpOnly?: boolean
  /**
   * Default true: sent over TLS only. Browsers treat `http://localhost` as secure, Safari excepted;
   * for that, and for a plain-http network, say `secure: false`.
   */
  readonly secure?: boolean
  /** Default `lax`. `none` lets other sites send it, and needs `secure`. */
  readonly sameSite?: 'strict' | 'lax' | 'none'
  /** One jar for each top-level site (CHIPS); needs `secure`. Default false. */
  readonly partitioned?: boolean
}

/**
 * Reads a `Cookie` header (RFC 6265 §5.4). The first of a name wins: browsers send the most specific path first, and a
 * sub-domain that plants a second one can't replace it. A pair without a name or `=` is skipped, since any other
 * application of the domain may have set it, and refusing would lock its user out. Quotes around a value are taken off.
 *
 * Values are percent-decoded, as `serializeCookie` encodes them; one that doesn't decode stays as it was sent.
 */
export function parseCookies(header: string | undefined): Bag<string> {
  const cookies: Bag<string> = new Bag()
  if (header === undefined) return cookies
  const length = header.length
  let equals = -1
  for (let start = 0; start < length;) {
    let end = header.indexOf(';', start)
    if (end === -1) end = length
    // Looked for again only once passed, so that pairs without `=` don't each scan the whole header.
    if (equals < start) equals = header.indexOf('=', start)
    if (equals === -1) break
    if (equals < end) {
      const name = trimBlanks(header, start, equals)
      if (name !== '' && cookies[name] === undefined) cookies[name] = decodeValue(trimBlanks(header, equals + 1, end))
    }
    start = end + 1
  }
  return cookies
}

function decodeValue(value: string): string {
  if (value.length > 1 && value.startsWith('"') && value.endsWith('"')) value = value.slice(1, -1)
  if (!value.includes('%')) return value
  try {
    return decodeURIComponent(value)
  } catch {
    return value
  }
}

/**
 * The value of a `Set-Cookie` header. Defaults: `Path=/; HttpOnly; Secure; SameSite=Lax`.
 *
 * Throws `TypeError`, naming the attribute and what would be right, for anything that a browser would drop in silence
 * or that would end the attribute early: one `;` from input would otherwise set attributes of the attacker's choice.
 */
export function serializeCookie(name: string, value: string, attributes: CookieAttributes = {}): string {
  const { domain, path = '/', maxAge, expires, httpOnly = true, secure = true, sameSite = 'lax', partitioned = false } = attributes
  if (!token.test(name)) throw wrong(name, 'name', "a token of letters, digits and !#$%&'*+-.^_`|~")
  if (typeof value !== 'string') throw wrong(name, 'value', 'a string')
  checkPrefix(name, secure, path, domain)

  let text = `${name}=${encodeValue(name, value)}`
  if (text.length > MAX_SIZE)
    throw wrong(name, 'name and value', `at most ${MAX_SIZE} bytes together, encoded; keep the data on the server`)
  if (domain !== undefined) text += `; Domain=${checkDomain(name, domain)}`
  if (typeof path !== 'string' || path.length > 1_024 || !pathValue.test(path)) {
    throw wrong(name, 'path', 'printable ASCII without `;` that begins with `/`, at most 1,024 bytes')
  }
  text += `; Path=${path}`
  if (maxAge !== undefined) {
    if (!Number.isSafeInteger(maxAge)) throw wrong(name, 'maxAge', 'a whole number of seconds')
    text += `; Max-Age=${maxAge}`
  }
  if (expires !== undefined) text += `; Expires=${checkExpires(name, expires)}`
  if (httpOnly) text += '; HttpOnly'
  if (secure) text += '; Secure'
  text += `; SameSite=${checkSameSite(name, sameSite, secure)}`
  if (partitioned) {
    if (!secure) throw wrong(name, 'partitioned', 'used with `secure: true`')
    text += '; Partitioned'
  }
  return text
}

/** The `Set-Cookie` that deletes a cookie. `domain` and `path` must be those that it was set with. */
export function expireCookie(name: string, attributes: Omit<CookieAttributes, 'maxAge' | 'expires'> = {}): string {
  return serializeCookie(name, '', { ...attributes, maxAge: 0, expires: new Date(0) })
}

/** Browsers match the prefixes in any case (RFC 6265bis §5.4), so `__host-` is held to the same. */
function checkPrefix(name: string, secure: boolean, path: string, domain: string | undefined): void {
  const lower = name.toLowerCase()
  if (lower.startsWith('__host-')) {
    if (!secure) throw wrong(name, 'secure', 'true under the prefix __Host-')
    if (path !== '/') throw wrong(name, 'path', '`/` under the prefix __Host-')
    if (domain !== undefined) throw wrong(name, 'domain', 'left out under the prefix __Host-')
  } else if (lower.startsWith('__secure-') && !secure) {
    throw wrong(name, 'secure', 'true under the prefix __Secure-')
  }
}

function checkDomain(name: string, domain: string): string {
  if (typeof domain !== 'string' || !domainName.test(domain)) {
    throw wrong(name, 'domain', 'a host name without a leading dot or port, such as `example.org`')
  }
  return domain
}

/** Outside of these years the date doesn't fit the four digits of RFC 9110 §5.6.7, or browsers refuse it. */
function checkExpires(name: string, expires: Date): string {
  const year = expires instanceof Date ? expires.getUTCFullYear() : Number.NaN
  if (!(year >= 1601 && year <= 9999)) throw wrong(name, 'expires', 'a valid Date from the year 1601 to 9999')
  return expires.toUTCString()
}

function checkSameSite(name: string, sameSite: string, secure: boolean): string {
  if (sameSite === 'lax') return 'Lax'
  if (sameSite === 'strict') return 'Strict'
  if (sameSite !== 'none') throw wrong(name, 'sameSite', '`strict`, `lax` or `none`')
  if (!secure) throw wrong(name, 'sameSite', '`none` only with `secure: true`; browsers drop it otherwise')
  return 'None'
}

function encodeValue(name: string, value: string): string {
  try {
    return value.replace(notCookieOctet, encodeURIComponent)
  } catch {
    throw wrong(name, 'value', 'well-formed Unicode, without lone surrogates')
  }
}

function wrong(name: string, attribute: string, right: string): TypeError {
  const shown = token.test(name) ? ` \`${name.slice(0, 64)}\`` : ''
  return new TypeError(`Cookie${shown}: the ${attribute} must be ${right}.`)
}
