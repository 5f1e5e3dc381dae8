/** Directives of a Content-Security-Policy by name; sources as they stand in the policy, keywords in their quotes: `"'self'"`. `false` leaves one out. */
export interface CspDirectives {
  readonly [directive: string]: readonly string[] | string | boolean
}

/** For pages that hold their scripts and styles in files of their own; nothing inline runs, which is what stops injected markup. */
const defaults: CspDirectives = {
  'default-src': "'self'",
  'base-uri': "'none'",
  'form-action': "'self'",
  'object-src': "'none'",
}
const ancestors = { deny: "'none'", 'same-origin': "'self'" } as const

/**
 * The policy as one header value: ours, with `directives` in place of or beside it (CSP3 §2.2).
 * @throws {TypeError} for a name or source that would begin another directive or policy.
 */
export function contentSecurityPolicy(directives: CspDirectives, frames: 'deny' | 'same-origin' | false): string {
  const all: CspDirectives = { ...defaults, ...(frames === false ? undefined : { 'frame-ancestors': ancestors[frames] }), ...directives }
  const parts: string[] = []
  for (const [name, value] of Object.entries(all)) {
    if (!/^[a-z][a-z-]*$/.test(name))
      throw new TypeError(`securityHeaders: csp names '${name}'; directives are lower case with hyphens, like 'script-src'`)
    if (value === false) continue
    const sources = value === true ? [] : typeof value === 'string' ? [value] : value
    for (const source of sources) {
      if (/^[\x20-\x2b\x2d-\x3a\x3c-\x7e]+$/.test(source)) continue
      throw new TypeError(
        `securityHeaders: csp '${name}' has a source that is empty or holds ';', ',' or what is not printable ASCII; list each source on its own`,
      )
    }
    parts.push([name, ...sources].join(' '))
  }
  return parts.join('; ')
}
