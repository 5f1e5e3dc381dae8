import { hasEtag, type Validators } from './etag.ts'
import { parseHttpDate } from './http-date.ts'

/** The part of a request that conditions are read from. */
export interface ConditionalRequest {
  readonly method: string
  header(name: string): string | undefined
}

/** What the conditions of a request come to, in the order of RFC 9110 §13.2.2. Dates that don't parse are passed over (§13.1.3). */
export function evaluatePreconditions(request: ConditionalRequest, { etag, lastModified }: Validators): 'proceed' | 304 | 412 {
  const ifMatch = request.header('if-match')
  if (ifMatch !== undefined) {
    if (!hasEtag(ifMatch, etag, 'strong')) return 412
  } else {
    const since = dateOf(request.header('if-unmodified-since'))
    if (since !== undefined && lastModified > since) return 412
  }
  const reading = request.method === 'GET' || request.method === 'HEAD'
  const ifNoneMatch = request.header('if-none-match')
  if (ifNoneMatch !== undefined) {
    if (hasEtag(ifNoneMatch, etag, 'weak')) return reading ? 304 : 412
  } else if (reading) {
    const since = dateOf(request.header('if-modified-since'))
    if (since !== undefined && lastModified <= since) return 304
  }
  return 'proceed'
}

/**
 * Whether `Range` counts, by `If-Range` (§13.1.5): the tag or date must be strong and the very same. Otherwise the client would join
 * parts of two states of the file.
 */
export function rangeApplies(ifRange: string | undefined, { etag, lastModified }: Validators): boolean {
  if (ifRange === undefined) return true
  if (etag.startsWith('W/')) return false
  if (ifRange.startsWith('"') || ifRange.startsWith('W/')) return ifRange === etag
  return dateOf(ifRange) === lastModified
}

function dateOf(header: string | undefined): number | undefined {
  return header === undefined ? undefined : parseHttpDate(header)
}
