/** One member of an `Accept-…` list. */
interface Preference {
  /** In lower case: `text/*`, `gzip`, `en-gb`, `*`. */
  readonly range: string
  readonly parameters: readonly string[]
  /** 0 to 1; 0 refuses. */
  readonly quality: number
}

/** A hostile header has thousands of members, an honest one a dozen. Those after these are not read. */
const MAX_MEMBERS = 64
const quality = /^(?:0(?:\.[0-9]{0,3})?|1(?:\.0{0,3})?)$/

/** A member that is malformed is left out; the rest still says something (RFC 9110 §12.5). */
function parseList(header: string): Preference[] {
  const preferences: Preference[] = []
  for (const member of header.split(',', MAX_MEMBERS)) {
    const [range = '', ...parts] = member.split(';', 16).map((part) => part.trim().toLowerCase())
    if (range === '') continue
    const parameters: string[] = []
    let q = 1
    for (const part of parts) {
      if (part.startsWith('q=')) {
        q = quality.test(part.slice(2)) ? Number(part.slice(2)) : Number.NaN
        // What follows the weight is not part of the range.
        break
      }
      if (part !== '') parameters.push(part.replaceAll('"', ''))
    }
    if (!Number.isNaN(q)) preferences.push({ range, parameters, quality: q })
  }
  return preferences
}

/**
 * Which of `offers` (media types such as `text/html; charset=utf-8`, in our order of preference) an `Accept` likes best;
 * `undefined` when it takes none. The most specific range that fits an offer decides (RFC 9110 §12.5.1). No header takes anything.
 */
export function acceptable(accept: string | undefined, offers: readonly string[]): string | undefined {
  if (accept === undefined || accept.trim() === '') return offers[0]
  const preferences = parseList(accept)
  return best(offers, (offer) => mediaQuality(offer, preferences))
}

function mediaQuality(offer: string, preferences: readonly Preference[]): number {
  const [essence = '', ...parameters] = offer.split(';').map((part) => part.trim().toLowerCase())
  const anySubtype = `${essence.slice(0, essence.indexOf('/'))}/*`
  let rank = 0
  let result = 0
  for (const preference of preferences) {
    let fits = 0
    if (preference.range === essence) fits = 3 + preference.parameters.length
    else if (preference.range === anySubtype) fits = 2
    else if (preference.range === '*/*') fits = 1
    if (fits <= rank || !preference.parameters.every((parameter) => parameters.includes(parameter))) continue
    rank = fits
    result = preference.quality
  }
  return result
}

/**
 * Which content coding to answer with, of `offers` in our order of preference: `identity` (none at all) when the client takes no
 * other, or says nothing. `undefined` when it refuses that too (RFC 9110 §12.5.3).
 */
export function acceptableEncoding<const T extends string>(header: string | undefined, offers: readonly T[]): T | 'identity' | undefined {
  if (header === undefined || header.trim() === '') return 'identity'
  const preferences = parseList(header)
  const named = (coding: string): number | undefined =>
    preferences.find(({ range }) => range === coding || (coding === 'gzip' && range === 'x-gzip'))?.quality
  const others = named('*')
  const qualityOf = (coding: string): number => named(coding) ?? others ?? 0
  const chosen = best(offers, qualityOf)
  const identity = named('identity')
  if (chosen === undefined) return (identity ?? others) === 0 ? undefined : 'identity'
  return identity !== undefined && identity > qualityOf(chosen) ? 'identity' : chosen
}

/**
 * Which of the languages in `offers` (tags such as `en-GB`, our order of preference) to answer in; `undefined` when none fits.
 * A range fits the tag itself and any that goes on from it: `en` fits `en-GB` (RFC 4647 §3.3.1). Where only a shorter tag is offered,
 * `en-GB` asked for falls back to `en` (§3.4).
 */
export function acceptableLanguage(header: string | undefined, offers: readonly string[]): string | undefined {
  if (header === undefined || header.trim() === '') return offers[0]
  const preferences = parseList(header)
  return best(offers, (offer) => languageQuality(offer.toLowerCase(), preferences))
}

function languageQuality(tag: string, preferences: readonly Preference[]): number {
  let rank = -1
  let result = 0
  for (const { range, quality: q } of preferences) {
    let fits = -1
    if (range === '*') fits = 0
    else if (tag === range || tag.startsWith(`${range}-`)) fits = range.length + 1
    else if (range.startsWith(`${tag}-`)) fits = 1
    if (fits <= rank) continue
    rank = fits
    result = q
  }
  return result
}

/** The offer of the greatest quality above 0; of equals the first. */
function best<T>(offers: readonly T[], qualityOf: (offer: T) => number): T | undefined {
  let chosen: T | undefined
  let greatest = 0
  for (const offer of offers) {
    const q = qualityOf(offer)
    if (q <= greatest) continue
    greatest = q
    chosen = offer
  }
  return chosen
}
