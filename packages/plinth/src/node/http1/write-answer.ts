import type { Outgoing } from '../../contract.ts'
import { fieldOf } from '../field-of.ts'
import { type Ending, sliced } from './answer-stream.ts'
import type { Exchange } from './exchange.ts'
import { LONG_BODY } from './limits.ts'
import type { Outbox } from './outbox.ts'
import { headStart } from './write-head.ts'
import { isStream } from '../../internal/is-stream.ts'

/** What is left of an answer when its head is written. */
export interface Streamed {
  readonly body: ReadableStream<Uint8Array>
  readonly ending: Ending
  /** Whether the connection ends behind it. */
  readonly close: boolean
}

/** Writes an answer, or its head where the body takes its time: that comes back. Throws for what can't be a head. */
export function writeAnswer(exchange: Exchange, outgoing: Outgoing, close: boolean, date: string, out: Outbox): Streamed | undefined {
  const { status, body } = outgoing
  const tail = close ? `connection: close\r\n${date}\r\n` : `${date}\r\n`
  if (status === 204 || status === 304 || exchange.incoming.method === 'HEAD') {
    if (isStream(body)) void body.cancel().catch(() => {})
    out.add(headStart(outgoing, status === 204 ? undefined : 'announced') + tail)
    return undefined
  }
  if (body === null) {
    out.add(`${headStart(outgoing, 0)}content-length: 0\r\n${tail}`)
    return undefined
  }
  if (isStream(body)) return writeStreamHead(exchange, outgoing, body, close, date, out)
  const length = typeof body === 'string' ? Buffer.byteLength(body) : body.byteLength
  const head = `${headStart(outgoing, length)}content-length: ${length}\r\n${tail}`
  // One string for head and body, where a character is a byte in both.
  if (length <= LONG_BODY && typeof body === 'string' && length === body.length) {
    out.add(head + body)
    return undefined
  }
  const bytes = typeof body === 'string' ? Buffer.from(body) : body
  if (length > LONG_BODY) {
    out.add(head)
    return { body: sliced(bytes), ending: length, close }
  }
  out.addBytes(head, bytes)
  return undefined
}

function writeStreamHead(
  { minor }: Exchange,
  outgoing: Outgoing,
  body: ReadableStream<Uint8Array>,
  last: boolean,
  date: string,
  out: Outbox,
): Streamed {
  const announced = fieldOf(outgoing.headers, 'content-length')
  const known = announced !== undefined && /^\d{1,15}$/.test(announced)
  const ending: Ending = known ? Number(announced) : minor === 0 ? 'close' : 'chunked'
  const close = last || ending === 'close'
  out.add(
    headStart(outgoing, known ? 'announced' : undefined) +
      (ending === 'chunked' ? 'transfer-encoding: chunked\r\n' : '') +
      (close ? 'connection: close\r\n' : '') +
      `${date}\r\n`,
  )
  return { body, ending, close }
}
