import { isHost } from '../../http/host.ts'
import type { AllowedHosts } from '../allowed-hosts.ts'
import type { Http1Limits } from '../http1/limits.ts'
import { malformed, Refusal, tooLarge } from '../http1/refusal.ts'
import { isTarget, isToken } from '../http1/request-line.ts'

/** Longer than any method that is registered. */
const METHOD_LIMIT = 32

/** Of these a second line is an attempt to be read in two ways. */
const single: ReadonlySet<string> = new Set(['host', 'content-length', 'content-type', 'authorization', 'origin', 'expect'])

/** What one request says before its body (RFC 9113 §8.3.1). */
export interface RequestHead {
  readonly method: string
  /** Path and query. */
  readonly target: string
  readonly host: string
  /** The fields, by name in lower case; lines of one name joined, as RFC 9110 §5.3 and RFC 9113 §8.2.3 say. */
  readonly fields: ReadonlyMap<string, string>
  /** The body's length, where it is announced. */
  readonly length: number | undefined
  /** Whether the client sends its body only when told to. */
  readonly continues: boolean
}

/**
 * Judges the fields of a request, flat: name, value, name, value, … What RFC 9113 calls malformed, pseudo-fields twice, fields of the
 * connection, characters that no field may have, lengths that the body does not keep, was refused by the platform. Throws a {@link Refusal}.
 */
export function readHead(raw: readonly string[], limits: Http1Limits, hosts: AllowedHosts | undefined): RequestHead {
  const pseudo: { [name: string]: string | undefined } = {}
  const fields = new Map<string, string>()
  let count = 0
  let size = 0
  for (let i = 0; i < raw.length; i += 2) {
    const name = raw[i] as string
    const value = raw[i + 1] as string
    if (name.startsWith(':')) {
      pseudo[name] = value
      continue
    }
    // As many bytes as the line would have in HTTP/1.1.
    const line = name.length + value.length + 2
    if (line > limits.fieldLine || ++count > limits.fieldCount || (size += line + 2) > limits.fields) throw tooLarge('fields')
    const before = fields.get(name)
    if (before !== undefined && single.has(name)) throw malformed('two fields of a kind that may come once')
    fields.set(name, before === undefined ? value : `${before}${name === 'cookie' ? '; ' : ', '}${value}`)
  }
  const method = methodOf(pseudo[':method'])
  const target = targetOf(pseudo[':path'], method, limits)
  const host = hostOf(pseudo[':authority'], fields.get('host'))
  if (hosts !== undefined && !hosts(host)) throw new Refusal('misdirected-request', 'authority')
  fields.set('host', host)
  return { method, target, host, fields, length: lengthOf(fields.get('content-length')), continues: expectation(fields.get('expect')) }
}

function methodOf(method: string | undefined): string {
  if (method === undefined || !isToken(method)) throw malformed('method')
  if (method.length > METHOD_LIMIT) throw new Refusal('not-implemented', 'long method')
  // A tunnel is what a proxy digs, and WebSockets (RFC 8441) are opened over HTTP/1.1.
  if (method === 'CONNECT') throw new Refusal('not-implemented', 'CONNECT')
  return method
}

function targetOf(path: string | undefined, method: string, limits: Http1Limits): string {
  if (path === undefined) throw malformed('form of the target')
  if (path.length > limits.target) throw new Refusal('target-too-long', 'long target')
  if (!isTarget(path)) throw malformed('characters of the target')
  if (!path.startsWith('/') && !(path === '*' && method === 'OPTIONS')) throw malformed('form of the target')
  return path
}

/** RFC 9113 §8.3.1: one of them at least, and where there are both they must agree: a proxy in front may have judged the other. */
function hostOf(authority: string | undefined, host: string | undefined): string {
  const named = authority ?? host
  if (named === undefined || !isHost(named)) throw malformed('authority')
  if (host !== undefined && host.toLowerCase() !== named.toLowerCase()) throw malformed('Host beside another authority')
  return named
}

function lengthOf(length: string | undefined): number | undefined {
  if (length === undefined) return undefined
  if (!/^(?:0|[1-9]\d*)$/.test(length)) throw malformed('Content-Length')
  const bytes = Number(length)
  if (!Number.isSafeInteger(bytes)) throw new Refusal('body-too-large', 'Content-Length')
  return bytes
}

function expectation(expect: string | undefined): boolean {
  if (expect === undefined) return false
  if (expect.toLowerCase() === '100-continue') return true
  throw new Refusal('expectation-failed', 'Expect')
}
