import { HttpFailure } from './failures.ts'

/** `ignoreBOM` keeps a byte order mark in the text, where `JSON.parse` refuses it. */
const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/**
 * Parses a JSON body (RFC 8259). Throws `HttpFailure` 400:
 * - `malformed-json`: not JSON, empty, not UTF-8, with a byte order mark, which §8.1 forbids to send, or with a number beyond
 *   1.8e308 (§6 lets a parser set such limits): as `Infinity` it would pass checks, and could not be sent as JSON again;
 * - `json-too-deep`: arrays and objects nested over `depth`; `[]` is 1;
 * - `prototype-key`: a key `__proto__` anywhere, or `prototype` in an object under `constructor`. A later merge of the
 *   value into another object would change what every object inherits.
 *
 * Of a key given twice in one object the last counts, as ECMAScript has it.
 */
export function parseJson(bytes: Uint8Array, depth: number): unknown {
  if (bytes.length === 0) throw new HttpFailure('malformed-json', 'The body is empty, where JSON was announced.')
  let text: string
  try {
    text = utf8.decode(bytes)
  } catch {
    throw new HttpFailure('malformed-json', 'The body is not valid UTF-8.')
  }
  // Before parsing: a million brackets take `JSON.parse` a quarter of a second.
  if (mayPass(text, depth)) checkDepth(text, depth)
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    throw new HttpFailure('malformed-json', text.startsWith('\ufeff') ? 'The body must not begin with a byte order mark.' : undefined)
  }
  if (mayNamePrototype(text)) refusePrototypeKeys(value)
  if (mayOverflow(text)) refuseInfinity(value)
  return value
}

const largeExponent = /\d[eE]\+?\d{3}/
/** One more than the digits of the largest number. */
const MOST_DIGITS = 309

/** Whether a number may be beyond what a double holds. Strings that look so cost no more than a look at the parsed value. */
function mayOverflow(text: string): boolean {
  if (largeExponent.test(text)) return true
  // A run that long has a digit at some multiple of its length; a pattern would count each run from each of its digits.
  for (let at = MOST_DIGITS - 1; at < text.length; at += MOST_DIGITS) {
    if (!isDigit(text, at)) continue
    let first = at
    let last = at
    while (isDigit(text, first - 1) && last - first < MOST_DIGITS) first--
    while (isDigit(text, last + 1) && last - first < MOST_DIGITS) last++
    if (last - first + 1 >= MOST_DIGITS) return true
  }
  return false
}

function isDigit(text: string, at: number): boolean {
  const code = text.charCodeAt(at)
  return code >= 0x30 && code <= 0x39
}

function refuseInfinity(value: unknown): void {
  const open = [value]
  while (open.length > 0) {
    const next = open.pop()
    if (next === Infinity || next === -Infinity) throw new HttpFailure('malformed-json', 'A number is larger than 1.8e308.')
    if (typeof next === 'object' && next !== null) for (const member of Object.values(next)) open.push(member)
  }
}

/** Whether there are more opening brackets than `depth`. Most bodies have fewer, and are not scanned further. */
function mayPass(text: string, depth: number): boolean {
  // Each level takes two brackets.
  if (text.length <= depth * 2) return false
  let seen = 0
  for (let at = text.indexOf('{'); at !== -1; at = text.indexOf('{', at + 1)) if (++seen > depth) return true
  for (let at = text.indexOf('['); at !== -1; at = text.indexOf('[', at + 1)) if (++seen > depth) return true
  return false
}

function checkDepth(text: string, depth: number): void {
  let open = 0
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at)
    if (code === 0x22) at = endOfString(text, at)
    // `[` and `{`, then `]` and `}`, differ by the one bit.
    else if ((code | 0x20) === 0x7b) {
      if (++open > depth) throw new HttpFailure('json-too-deep', undefined, { members: { limit: depth } })
    } else if ((code | 0x20) === 0x7d) open--
  }
}

/** Where the string that begins at `start` ends; the end of the text when it doesn't. */
function endOfString(text: string, start: number): number {
  for (let at = text.indexOf('"', start + 1); at !== -1; at = text.indexOf('"', at + 1)) {
    let escape = at - 1
    while (text.charCodeAt(escape) === 0x5c) escape--
    if ((at - escape) % 2 === 1) return at
  }
  return text.length
}

/** A key can also be spelt with escapes, as in `"\u005f_proto__"`; any `\u` is reason enough to look at the parsed value. */
function mayNamePrototype(text: string): boolean {
  return text.includes('__proto__') || text.includes('constructor') || text.includes('\\u')
}

/** With a list of its own instead of recursion, since an application may set any depth. */
function refusePrototypeKeys(value: unknown): void {
  const open = [value]
  while (open.length > 0) {
    const next = open.pop()
    if (typeof next !== 'object' || next === null) continue
    for (const [key, member] of Object.entries(next)) {
      if (key === '__proto__' || (key === 'constructor' && hasPrototype(member))) throw new HttpFailure('prototype-key')
      if (typeof member === 'object') open.push(member)
    }
  }
}

const hasPrototype = (value: unknown): boolean => typeof value === 'object' && value !== null && Object.hasOwn(value, 'prototype')
