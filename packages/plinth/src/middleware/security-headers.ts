import { type App, type HeaderFields, module } from '../app/index.ts'
import { contentSecurityPolicy, type CspDirectives } from './content-security-policy.ts'
import { requireObject } from '../internal/arguments.ts'

/** `Strict-Transport-Security` (RFC 6797). */
export interface HstsOptions {
  /** Seconds for which browsers use https alone. Default 31,536,000, a year. */
  readonly maxAge?: number
  /** Also for every sub-domain. Default false: an application can't know what else lives there. */
  readonly subDomains?: boolean
  /** Asks for a place in browsers' built-in lists, which takes months to leave again. Default false. */
  readonly preload?: boolean
  /** Sends it over http too, for where a proxy in front ends TLS; browsers pass over it on plain http (RFC 6797 §8.1). Default false. */
  readonly always?: boolean
}

/** Settings of `securityHeaders`. */
export interface SecurityHeadersOptions {
  /** `Content-Security-Policy` of HTML answers: directives that replace or join the default's, or a whole policy as text. */
  readonly csp?: CspDirectives | string | false
  /** Who may show our pages in a frame: `X-Frame-Options` and the policy's `frame-ancestors`. Default `deny`. */
  readonly frames?: 'deny' | 'same-origin' | false
  /** `Referrer-Policy`. Default `strict-origin-when-cross-origin`. */
  readonly referrer?: string | false
  /** `Strict-Transport-Security`, on answers over https. */
  readonly hsts?: HstsOptions | false
  /** `Cross-Origin-Opener-Policy` of HTML answers. Default `same-origin`. */
  readonly opener?: string | false
  /** `Cross-Origin-Resource-Policy`. Default `same-origin`. */
  readonly resources?: string | false
  /** `Permissions-Policy` of HTML answers. Default none. */
  readonly permissions?: string | false
}

/**
 * Headers that make browsers stricter with our answers, on every answer, problems too. All is decided at build; a handler's
 * own header of the same name stands in place of ours. `X-Content-Type-Options: nosniff` goes with every body without this.
 *
 * Left out on purpose: `X-XSS-Protection` (gone from browsers, and a hole itself while it was there), `X-DNS-Prefetch-Control`
 * and `Expect-CT` (no standard, no effect today), `Cross-Origin-Embedder-Policy` (breaks honest pages, gains only those
 * that share memory), `Permissions-Policy` by default (what it forbids asks the user anyway).
 * @throws {TypeError} when a value can't stand in its header.
 */
export function securityHeaders(options: SecurityHeadersOptions = {}): App<{}, {}> {
  requireObject('securityHeaders: options', options)
  const hsts = options.hsts === false ? undefined : strictTransport(options.hsts ?? {})
  const always = options.hsts !== false && options.hsts?.always === true
  const { all, documents } = constantFields(options)
  const part = module('security-headers', { scope: 'parent' })
    .headers({ ...all, ...(always ? hsts : undefined) })
    .headers(documents, 'documents')
  // RFC 6797 §7.2: not over http, where anybody on the way could have sent it.
  return hsts === undefined || always ? part : part.headers((ctx) => (ctx.peer.secure ? hsts : undefined))
}

interface ConstantFields {
  readonly all: HeaderFields
  /** What only means something for a page: JSON need not carry it. */
  readonly documents: HeaderFields
}

function constantFields(options: SecurityHeadersOptions): ConstantFields {
  const { csp = {}, frames = 'deny', permissions = false } = options
  // An origin without its path is what other sites' own checks of `Origin` and `Referer` need; `no-referrer` would make it `null`.
  const { referrer = 'strict-origin-when-cross-origin', opener = 'same-origin', resources = 'same-origin' } = options
  const all: { [name: string]: string } = {}
  const documents: { [name: string]: string } = {}
  const add = (fields: { [name: string]: string }, setting: string, name: string, value: string | false): void => {
    if (value === false) return
    if (typeof value !== 'string' || value === '' || /[^\x20-\x7e]/.test(value)) {
      throw new TypeError(`securityHeaders: ${setting} must be printable ASCII text, or false to leave it out`)
    }
    fields[name] = value
  }
  if (frames !== 'deny' && frames !== 'same-origin' && frames !== false) {
    throw new TypeError("securityHeaders: frames must be 'deny', 'same-origin' or false")
  }
  add(documents, 'csp', 'content-security-policy', csp === false || typeof csp === 'string' ? csp : contentSecurityPolicy(csp, frames))
  // For browsers, and scanners, that don't know `frame-ancestors`.
  add(all, 'frames', 'x-frame-options', frames === false ? false : frames === 'deny' ? 'DENY' : 'SAMEORIGIN')
  add(all, 'referrer', 'referrer-policy', referrer)
  // No other site keeps a handle on our windows (tabnabbing, XS-Leaks), or loads our answers into its own process (Spectre).
  add(documents, 'opener', 'cross-origin-opener-policy', opener)
  add(all, 'resources', 'cross-origin-resource-policy', resources)
  add(documents, 'permissions', 'permissions-policy', permissions)
  return { all, documents }
}

const YEAR = 31_536_000

function strictTransport({ maxAge = YEAR, subDomains = false, preload = false }: HstsOptions): HeaderFields {
  if (!Number.isInteger(maxAge) || maxAge < 0)
    throw new TypeError('securityHeaders: hsts.maxAge must be a whole number of seconds, 0 or more')
  if (preload && (!subDomains || maxAge < YEAR)) {
    throw new TypeError(`securityHeaders: hsts.preload needs subDomains: true and a maxAge of at least ${YEAR}, or the lists refuse it`)
  }
  return { 'strict-transport-security': `max-age=${maxAge}${subDomains ? '; includeSubDomains' : ''}${preload ? '; preload' : ''}` }
}
