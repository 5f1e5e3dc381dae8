import { HttpFailure } from './failures.ts'

/** Where a redirect may lead besides paths of this site. */
export interface RedirectRules {
  /** Origins that may be gone to beside this one, each as `https://example.org`. */
  readonly allow?: readonly string[]
  /** The request's own origin: full URLs of it pass too. Without it only paths do. */
  readonly sameOrigin?: string
}

/**
 * Whitespace at either end and any control character: browsers strip them before parsing, so that `\t//x` and `java\nscript:`
 * are not what they seem. Backslashes: browsers read them as `/`. Lone surrogates can't be encoded.
 */
// eslint-disable-next-line no-control-regex
const deceptive = /^\s|\s$|[\x00-\x1f\x7f-\x9f\\]|\p{Surrogate}/u
const webUrl = /^https?:\/\/[^/?#]/i
/** A `%` that begins no escape. */
const strayPercent = /%(?![0-9A-Fa-f]{2})/g
const MAX_LENGTH = 8_192

/**
 * The `Location` for a redirect to `location`, percent-encoded, or `HttpFailure` 400 `unsafe-redirect`. Passes a path that
 * begins with one `/`, and a full http or https URL of a listed origin. Refused is all else: `//x`, `/\x`, other schemes,
 * user names in the URL (`https://good@evil`), paths relative to the present one.
 *
 * Throws `TypeError` when an entry of `allow` is not an origin, which is the application's own mistake.
 */
export function redirectTarget(location: string, rules: RedirectRules = {}): string {
  if (typeof location !== 'string' || location.length > MAX_LENGTH || deceptive.test(location)) throw unsafe()
  if (location.startsWith('/')) return path(location)
  if (!webUrl.test(location)) throw unsafe()
  let url: URL
  try {
    url = new URL(location)
  } catch {
    throw unsafe()
  }
  if (url.username !== '' || url.password !== '' || !listed(url.origin, rules)) throw unsafe()
  return url.href
}

/** Any base will do: what resolves away from one host would from every other. */
const base = new URL('http://host.invalid')

function path(location: string): string {
  if (location.startsWith('//')) throw unsafe()
  const encoded = encodeURI(location.replace(strayPercent, '%25')).replace(/%25([0-9A-Fa-f]{2})/g, '%$1')
  // The rules above ought to be enough; the parser that browsers share has the last word.
  if (new URL(encoded, base).host !== base.host) throw unsafe()
  return encoded
}

function listed(origin: string, { allow = [], sameOrigin }: RedirectRules): boolean {
  for (const entry of allow) {
    if (!URL.canParse(entry) || new URL(entry).origin !== entry || entry === 'null') {
      throw new TypeError('Each entry of `allow` must be an origin such as `https://example.org`: no path, no trailing slash, no wildcard.')
    }
  }
  return origin === sameOrigin || allow.includes(origin)
}

function unsafe(): HttpFailure {
  return new HttpFailure(
    'unsafe-redirect',
    'A redirect may go to a path of this site, which begins with one `/`, or to a listed origin. The application lists others in `allow`.',
  )
}
