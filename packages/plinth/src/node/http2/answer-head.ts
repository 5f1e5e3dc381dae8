import type { OutgoingHttpHeaders } from 'node:http2'
import type { Outgoing } from '../../contract.ts'
import { isToken } from '../http1/request-line.ts'

/** Of the connection, which is none of an answer's business (RFC 9113 §8.2.2), and what the transport says itself. */
const dropped: ReadonlySet<string> = new Set([
  'connection',
  'keep-alive',
  'proxy-connection',
  'transfer-encoding',
  'upgrade',
  'date',
  'content-length',
])
/** RFC 9110 §5.5. Whoever made an answer past all checks must not get another field past them with it. */
const value = /^[\t\x20-\x7e\x80-\xff]*$/

/** The fields of an answer as the platform takes them. `length` is that of the body, where it is known. Throws for what can't be a head. */
export function answerHead({ status, headers }: Outgoing, length: number | undefined): OutgoingHttpHeaders {
  if (!Number.isInteger(status) || status < 200 || status > 999) throw new RangeError(`${status} is no status of an answer`)
  const fields: OutgoingHttpHeaders = Object.create(null) as OutgoingHttpHeaders
  fields[':status'] = status
  for (let i = 0; i < headers.length; i += 2) {
    const name = headers[i] as string
    const text = headers[i + 1] as string
    if (!isToken(name) || !value.test(text)) throw new TypeError('A header field of this answer has characters that it must not have')
    if (dropped.has(name)) continue
    const before = fields[name]
    if (before === undefined) fields[name] = text
    else if (Array.isArray(before)) before.push(text)
    else fields[name] = [before as string, text]
  }
  if (length !== undefined) fields['content-length'] = length
  return fields
}
