import type { Outgoing } from '../../contract.ts'
import { Answer } from '../../http/answer.ts'
import { reasonPhrases } from './reason-phrases.ts'

/** What the transport says itself: how a message ends, and what becomes of the connection, of which an answer can ask only the end (RFC 9112 §6, §9.6). */
const own: ReadonlySet<string> = new Set(['connection', 'keep-alive', 'transfer-encoding', 'date', 'upgrade'])
/** Lines as RFC 9112 §5 has them. Whoever made an answer past all checks must not write a second one with it. */
const block = /^(?:[!#$%&'*+\-.^_`|~0-9A-Za-z]+: [\t\x20-\x7e\x80-\xff]*\r\n)*$/

/** What a head says of the body's length: a number of bytes, that which the answer itself announces, or nothing. */
export type Length = number | 'announced' | undefined

/** Heads of lists that a route shares among its answers, by list and status. */
const known = new WeakMap<readonly string[], Map<number, string>>()

/** The status line and the fields that the answer brings, up to where the transport's own begin. Throws for what can't be a head. */
export function headStart(outgoing: Outgoing, length: Length): string {
  const { headers, status } = outgoing
  if (length === 'announced' || !(outgoing instanceof Answer) || !outgoing.isShared)
    return makeStart(status, headers, length === 'announced')
  let byStatus = known.get(headers)
  if (byStatus === undefined) known.set(headers, (byStatus = new Map()))
  let start = byStatus.get(status)
  if (start === undefined) byStatus.set(status, (start = makeStart(status, headers, false)))
  return start
}

function makeStart(status: number, headers: readonly string[], keepLength: boolean): string {
  if (!Number.isInteger(status) || status < 200 || status > 999) throw new RangeError(`${status} is no status of an answer`)
  let lines = ''
  let lengths = 0
  for (let i = 0; i < headers.length; i += 2) {
    const name = headers[i] as string
    // RFC 9110 §15.5.22: what to upgrade to. It is about this connection alone, and has to say so (§7.8).
    if (status === 426 && name === 'upgrade') lines += `upgrade: ${headers[i + 1]}\r\nconnection: upgrade\r\n`
    // A second length would be how the next answer is taken for a part of this one.
    if (own.has(name) || (name === 'content-length' && (!keepLength || ++lengths > 1))) continue
    lines += `${name}: ${headers[i + 1]}\r\n`
  }
  if (!block.test(lines)) throw new TypeError('A header field of this answer has characters that it must not have')
  return `HTTP/1.1 ${status} ${reasonPhrases.get(status) ?? ''}\r\n${lines}`
}
