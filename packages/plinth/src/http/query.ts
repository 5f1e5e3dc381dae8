import { addTo, Bag } from './bag.ts'
import { HttpFailure, type FailureCode } from './failures.ts'

/** What a query or an urlencoded body says: a string, or an array where a name was repeated. */
export type QueryValues = Bag<string | string[]>

/** More names than any honest client sends; each costs an object key. */
const MAX_PAIRS = 1_000

/**
 * Parses a query as it was sent, without `?`, as `application/x-www-form-urlencoded` (URL standard §5.1).
 * `+` is a space, escapes are decoded once; brackets mean nothing. A name without `=` has the value `''`.
 *
 * Stricter than the URL standard, which repairs what it can't read: a bad escape, bytes that are not UTF-8, NUL,
 * or over 1,000 pairs throw `HttpFailure` 400 `malformed-query`. What one parser repairs, the next reads otherwise.
 */
export function parseQuery(search: string): QueryValues {
  return search === '' ? new Bag() : parsePairs(search, 'malformed-query', MAX_PAIRS)
}

/** The same grammar for a body: throws `malformed-form`, and `too-many-fields` (413) past `fields` pairs. */
export function parseUrlencoded(text: string, fields: number = MAX_PAIRS): QueryValues {
  return text === '' ? new Bag() : parsePairs(text, 'malformed-form', fields)
}

function parsePairs(text: string, code: FailureCode, most: number): QueryValues {
  const values: QueryValues = new Bag()
  const length = text.length
  // Asked once for the whole: most queries have nothing to decode.
  const coded = encoded.test(text)
  let count = 0
  // Looked for again only once passed, so that a thousand names without `=` don't each scan the whole text.
  let equals = -1
  for (let start = 0; start < length;) {
    let end = text.indexOf('&', start)
    if (end === -1) end = length
    if (end !== start) {
      if (++count > most) throw tooMany(code)
      if (equals < start) {
        equals = text.indexOf('=', start)
        if (equals === -1) equals = length
      }
      const split = equals < end ? equals : end
      const name = text.slice(start, split)
      const value = text.slice(split + 1, end)
      if (coded) addTo(values, decodePart(name, code), decodePart(value, code))
      else addTo(values, name, value)
    }
    start = end + 1
  }
  return values
}

const encoded = /[+%\0]/

function decodePart(part: string, code: FailureCode): string {
  if (!encoded.test(part)) return part
  let decoded: string
  try {
    decoded = decodeURIComponent(part.replaceAll('+', ' '))
  } catch {
    throw badEscape(code)
  }
  if (decoded.includes('\0')) throw badEscape(code)
  return decoded
}

function badEscape(code: FailureCode): HttpFailure {
  if (code === 'malformed-query') return new HttpFailure(code)
  return new HttpFailure(code, 'The form must be names and values, percent-encoded once, as UTF-8, without NUL.')
}

function tooMany(code: FailureCode): HttpFailure {
  return code === 'malformed-query'
    ? new HttpFailure(code, 'The query string has too many parameters.')
    : new HttpFailure('too-many-fields')
}
