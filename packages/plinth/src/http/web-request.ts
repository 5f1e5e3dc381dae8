import type { Incoming } from '../contract.ts'
import { HttpFailure } from './failures.ts'
import { limitStream } from './limit-stream.ts'
import { problem } from './problem.ts'

/** RFC 9110 §4.2.3: a host and perhaps a port. A `/`, `?`, `#` or `@` in it would make a URL of another path than the one that was routed. */
const authority = /^(?:[\w.~!$&'()*+,;=%-]+|\[[\da-f:.]+\])(?::\d*)?$/i
/** What a URL can't hold as it was sent: parsers take dot segments out, read a backslash as `/`, and end the path at `#`. */
// eslint-disable-next-line no-control-regex
const rewritten = /(?:^|\/)(?:\.|%2e){1,2}(?:\/|$)|[\\#\x00-\x20]/i
/** The Fetch standard (§4.6) lets no `Request` have these. */
const forbidden = /^(?:connect|trace|track)$/i
/** In any other case it would give them in this one, and `get` is not the method GET (RFC 9110 §9.1) that guards have judged. */
const recased = /^(?:delete|get|head|options|post|put)$/i

/**
 * The request as a web `Request`. Its body is the transport's stream, or what was gathered of it: whoever checks a signature wants the
 * bytes of a body that was parsed already.
 *
 * Its URL has the path that was routed and guarded, or there is none: refused with 400 is what a URL would rewrite, such as `/open/../admin`
 * behind a mount of `/open`. Refused with 501 are the methods that a `Request` can't have. Reading more than `bodyLimit` bytes of its body
 * rejects with `BodyTooLarge`.
 */
export function webRequest(incoming: Incoming, bodyLimit: number): Request {
  const { method, path, search } = incoming
  const host = incoming.header('host') || 'localhost'
  if (!authority.test(host)) throw badHost()
  if (rewritten.test(path))
    throw problem('malformed-path', undefined, { detail: 'The path has segments or characters that a URL would rewrite.' })
  if (forbidden.test(method) || (recased.test(method) && method !== method.toUpperCase())) throw problem('not-implemented')
  const url = `${incoming.peer.secure ? 'https' : 'http'}://${host}${path}${search === '' ? '' : `?${search}`}`
  if (!URL.canParse(url)) throw badHost()
  const init: RequestInit & { duplex?: 'half' } = {
    method,
    headers: [...incoming.headers()] as [string, string][],
    signal: incoming.signal,
  }
  const body = method === 'GET' || method === 'HEAD' ? null : incoming.stream()
  if (body) {
    init.body = limitStream(body, bodyLimit)
    init.duplex = 'half'
  }
  return new Request(url, init)
}

function badHost(): HttpFailure {
  return new HttpFailure('malformed-request', 'The Host must be a host name or an address, with a port where there is one.')
}
