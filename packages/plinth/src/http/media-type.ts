import { HttpFailure } from './failures.ts'

/** A parsed `Content-Type`. */
export interface MediaType {
  /** `type/subtype` in lower case. */
  readonly essence: string
  /** Names in lower case, values as they were sent, unquoted. */
  readonly parameters: ReadonlyMap<string, string>
}

const token = "[!#$%&'*+\\-.^_`|~0-9A-Za-z]+"
const essenceAt = new RegExp(`${token}/${token}`, 'y')
const parameterAt = new RegExp(
  `[ \\t]*;[ \\t]*(?:(${token})=(?:(${token})|"((?:[\\t \\x21\\x23-\\x5b\\x5d-\\x7e\\x80-\\xff]|\\\\[\\t\\x20-\\x7e\\x80-\\xff])*)"))?`,
  'y',
)
/** Longer than any real one; keeps the work on a hostile header small. */
const MAX_LENGTH = 1_024
const MAX_PARAMETERS = 16

const none: ReadonlyMap<string, string> = new Map()
const utf8: ReadonlyMap<string, string> = new Map([['charset', 'utf-8']])
const common: ReadonlyMap<string, MediaType> = new Map([
  ['application/json', { essence: 'application/json', parameters: none }],
  ['application/json; charset=utf-8', { essence: 'application/json', parameters: utf8 }],
  ['application/json;charset=utf-8', { essence: 'application/json', parameters: utf8 }],
  ['application/json;charset=UTF-8', { essence: 'application/json', parameters: utf8 }],
  ['application/x-www-form-urlencoded', { essence: 'application/x-www-form-urlencoded', parameters: none }],
  ['text/plain', { essence: 'text/plain', parameters: none }],
  ['text/plain;charset=UTF-8', { essence: 'text/plain', parameters: utf8 }],
])

/**
 * Parses a `Content-Type` (RFC 9110 §8.3.1) to the letter: no words after the type, no spaces around `=`, no parameter twice.
 * Where two readers of one header disagree, a body passes the first as harmless text and reaches the second as JSON.
 * Throws `HttpFailure` 415 `unsupported-media-type`.
 */
export function parseMediaType(value: string): MediaType {
  return common.get(value) ?? parse(value)
}

function parse(value: string): MediaType {
  if (value.length > MAX_LENGTH) throw malformed()
  essenceAt.lastIndex = 0
  const essence = essenceAt.exec(value)?.[0]
  if (essence === undefined) throw malformed()
  const parameters = new Map<string, string>()
  let at = essence.length
  for (let count = 0; at < value.length; count++) {
    parameterAt.lastIndex = at
    const match = parameterAt.exec(value)
    if (match === null || count === MAX_PARAMETERS) throw malformed()
    at += match[0].length
    // An empty parameter, as in `text/html;`, is in the grammar (§5.6.6).
    if (match[1] === undefined) continue
    const name = match[1].toLowerCase()
    if (parameters.has(name)) throw malformed()
    parameters.set(name, match[2] ?? (match[3] ?? '').replace(/\\(.)/g, '$1'))
  }
  return { essence: essence.toLowerCase(), parameters }
}

function malformed(): HttpFailure {
  return new HttpFailure('unsupported-media-type', 'The Content-Type must be one type/subtype with well-formed parameters.')
}

/**
 * Throws `HttpFailure` 415 for text that says it is in anything but UTF-8. Absent means UTF-8: RFC 8259 §8.1 for JSON,
 * and what every browser sends for forms and text.
 */
export function requireUtf8(type: MediaType): void {
  const charset = type.parameters.get('charset')
  if (charset === undefined || charset === 'utf-8') return
  const lower = charset.toLowerCase()
  if (lower !== 'utf-8' && lower !== 'utf8') throw new HttpFailure('unsupported-media-type', 'The charset of the body must be UTF-8.')
}

/** `application/json`, or any type with the suffix `+json` (RFC 6839 §3.1). */
export function isJson(essence: string): boolean {
  return essence === 'application/json' || essence.endsWith('+json')
}
