import type { Http1Limits } from './limits.ts'
import { malformed, Refusal } from './refusal.ts'

/** RFC 9112 §3. */
export interface RequestLine {
  readonly method: string
  /** Origin form, or `*`. */
  readonly target: string
  /** From a target in absolute form, which wins over `Host` (RFC 9112 §3.2.2). */
  readonly authority: string | undefined
  /** The target in absolute form is one of `https`. */
  readonly secure: boolean
  /** 1, or 0 for HTTP/1.0. */
  readonly minor: 0 | 1
}

const token = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/
/** Visible ASCII but for `#`, which the grammar does not have, and `\`, which others read as `/`. */
const target = /^[!"$-[\]-~]+$/
/** Whether these characters may stand in a target. */
export function isTarget(text: string): boolean {
  return target.test(text)
}

/** Whether this is a token (RFC 9110 §5.6.2), as methods and names of fields are. */
export function isToken(text: string): boolean {
  return token.test(text)
}

const absolute = /^http(s?):\/\/([^/?]*)(.*)$/i
/** Longer than any method that is registered. */
const METHOD_LIMIT = 32

/** The longest line that may still become a request: method, target and version with two spaces. */
export function longestLine(limits: Http1Limits): number {
  return METHOD_LIMIT + limits.target + 10
}

/** Reads a line without its CRLF. Throws {@link Refusal}. */
export function readRequestLine(line: string, limits: Http1Limits): RequestLine {
  const end = line.length - 9
  const space = line.indexOf(' ')
  if (space < 1 || space >= end || line.charCodeAt(end) !== 32) throw wrongLine(line, limits)
  const minor = line.endsWith('HTTP/1.1') ? 1 : line.endsWith('HTTP/1.0') ? 0 : undefined
  if (minor === undefined) throw wrongLine(line, limits)
  const method = methodOf(line, space)
  const asked = line.slice(space + 1, end)
  if (asked.length > limits.target) throw new Refusal('target-too-long', 'long target')
  if (!target.test(asked)) throw malformed('characters of the target')
  // A tunnel is what a proxy digs.
  if (method === 'CONNECT') throw new Refusal('not-implemented', 'CONNECT')
  if (asked.charCodeAt(0) === 47) return { method, target: asked, authority: undefined, secure: false, minor }
  if (asked === '*') {
    if (method === 'OPTIONS') return { method, target: asked, authority: undefined, secure: false, minor }
    throw malformed('form of the target')
  }
  const match = absolute.exec(asked)
  if (match === null) throw malformed('form of the target')
  const [, secure = '', authority = '', rest = ''] = match
  return { method, target: rest.startsWith('/') ? rest : `/${rest}`, authority, secure: secure !== '', minor }
}

function methodOf(line: string, end: number): string {
  // Constants, so that nobody keeps the whole head alive for a word, and comparing is comparing pointers.
  if (end === 3 && line.startsWith('GET')) return 'GET'
  if (end === 4 && line.startsWith('POST')) return 'POST'
  const method = line.slice(0, end)
  if (!token.test(method)) throw malformed('method')
  if (end > METHOD_LIMIT) throw new Refusal('not-implemented', 'long method')
  return method
}

/** Why a line is none; of several reasons the one that a peer can do something about. */
function wrongLine(line: string, limits: Http1Limits): Refusal {
  const match = /^([^ ]+) ([^ ]+) HTTP\/(\d)\.(\d)$/.exec(line)
  if (match === null || !token.test(match[1] as string) || !target.test(match[2] as string)) return malformed('request line')
  if ((match[2] as string).length > limits.target) return new Refusal('target-too-long', 'long target')
  return new Refusal('version-not-supported', 'version')
}

/** What to say of a beginning that is too long to become a request line. */
export function overlongLine(start: string): Refusal {
  const space = start.indexOf(' ')
  const method = space === -1 ? start.slice(0, METHOD_LIMIT + 1) : start.slice(0, space)
  if (!token.test(method)) return malformed('method')
  return method.length > METHOD_LIMIT ? new Refusal('not-implemented', 'long method') : new Refusal('target-too-long', 'long target')
}
