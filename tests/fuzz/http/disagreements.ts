import type { Reading } from './readers.ts'

/**
 * What we refuse and llhttp in its strict mode takes, by our reason, each with why. A refusal for a reason that is not listed is a mistake
 * of ours until somebody has thought about it.
 */
export const stricter: { readonly [reason: string]: string } = {
  'characters of the target': 'RFC 9112 §3.2 has no `#`, and others read `\\` as `/`; bytes above ASCII are for whoever decodes them twice',
  'form of the target': 'a path, an absolute URL or, for OPTIONS, `*`; anything else is for proxies',
  'number of Host fields': 'RFC 9112 §3.2: of two, a proxy in front may have judged the other',
  Host: 'RFC 9112 §3.2: a value that names no host gets 400',
  authority: 'the same for an absolute target',
  scheme: 'RFC 9110 §7.4: a target of https over a connection without TLS gets 421',
  'two fields of a kind that may come once':
    'two Content-Type, Authorization, Origin, Upgrade or Expect: each reader may believe another one',
  'Content-Length': 'digits without a leading zero and no more than a number can hold',
  'Transfer-Encoding': 'nothing but `chunked`; quotes, empty members and doublets are smuggling',
  'Transfer-Encoding in HTTP/1.0': 'RFC 9112 §6.1: HTTP/1.0 has no codings',
  'Transfer-Encoding beside Content-Length': 'RFC 9112 §6.1: the pair is how requests are smuggled',
  'another coding before chunked': 'RFC 9112 §6.1: 501, since nobody here decodes it',
  'empty lines': 'RFC 9112 §2.2 wants at least one passed over; we stop at two',
  'chunk size': 'at most 16 digits, and extensions as RFC 9112 §7.1.1 has them',
  'chunk extensions': 'bounded',
  trailer: 'field lines as anywhere',
  trailers: 'bounded',
  'framing in a trailer': 'RFC 9110 §6.5.1: no field there may change how the message is read',
  'long fields': 'bounded',
  fields: 'bounded',
  'long target': 'bounded',
  'long method': 'no method is that long',
  method: 'a token',
  CONNECT: 'we are no proxy',
  Expect: 'RFC 9110 §10.1.1: 417 for what we can not meet',
  version: 'HTTP/1.0 and 1.1; llhttp also takes 0.9 and 2.0',
  'request line': 'single spaces, and HTTP in capitals',
  'line end': 'CR and LF together, at once and not only where the head has ended',
  'field line': 'RFC 9112 §5: no control characters but TAB, no folding, no blank before the colon',
  'end of a chunk': 'CR and LF',
}

/** What is wrong with our reading beside llhttp's; undefined where they agree or ours is stricter for a listed reason. */
export function disagreement(ours: Reading, theirs: Reading): string | undefined {
  const { requests, refused } = ours
  for (const [at, mine] of requests.entries()) {
    const other = theirs.requests[at]
    // It knows its own list of methods alone; what we do not route we answer with 501.
    if (other === undefined && theirs.refused === 'HPE_INVALID_METHOD') return undefined
    // An upgrade that nobody takes is passed over (RFC 9110 §7.8), so what follows is a request; llhttp has left HTTP by then, and node:http
    // goes on with the next packet only: what stood behind the request in its own is lost there.
    if (theirs.requests.slice(0, at).some((it) => it.last)) return undefined
    if (other === undefined)
      return `we took request ${at + 1} (${mine.method} ${mine.target}), llhttp did not: ${theirs.refused ?? 'it waits'}`
    const target = other.target.replace(/^https?:\/\/[^/?]*/i, '').replace(/^(?!\/|\*)/, '/')
    for (const [what, one, two] of [
      ['method', mine.method, other.method],
      ['target', mine.target, target],
      ['fields', mine.fields, other.fields],
      ['body', mine.body, other.body],
    ] as const) {
      if (one !== two && !(what === 'target' && one === two.replace(/\?$/, '')))
        return `request ${at + 1}: ${what} is ${JSON.stringify(one)}, for llhttp ${JSON.stringify(two)}`
    }
  }
  if (theirs.requests.length <= requests.length) return undefined
  // We do not keep connections of HTTP/1.0, nor one whose client says `close` and a tab, in which llhttp sees no `close`.
  if (refused === undefined && theirs.requests[requests.length - 1]?.last === true) return undefined
  if (refused === undefined) return `llhttp took ${theirs.requests.length} requests, we ${requests.length}, and refused nothing`
  return refused in stricter ? undefined : `we refused for "${refused}", which is no listed reason`
}
