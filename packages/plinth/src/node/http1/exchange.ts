import type { Outgoing } from '../../contract.ts'
import type { Fields } from './fields.ts'
import type { Http1Incoming } from './http1-incoming.ts'
import type { RequestBody } from './request-body.ts'
import type { RequestLine } from './request-line.ts'
import { isStream } from '../../internal/is-stream.ts'

/** One request that has no complete answer on the wire yet. */
export class Exchange {
  readonly incoming: Http1Incoming
  readonly body: RequestBody | undefined
  /** The connection ends behind its answer. */
  readonly last: boolean
  readonly line: RequestLine
  readonly fields: Fields
  readonly minor: 0 | 1
  /** The client sends its body only when told to (RFC 9110 §10.1.1), and nobody has told it yet. */
  awaitsContinue: boolean
  /** Somebody reads the body. */
  wanted = false
  outgoing: Outgoing | undefined = undefined
  streaming = false

  constructor(incoming: Http1Incoming, body: RequestBody | undefined, line: RequestLine, fields: Fields) {
    this.incoming = incoming
    this.body = body
    this.last = fields.close
    this.line = line
    this.fields = fields
    this.minor = fields.minor
    this.awaitsContinue = fields.continues && body?.received === 0
  }

  /** Nobody is there to read the answer. A stream that has begun is ended by who copies it. */
  drop(): void {
    if (this.streaming) return
    if (isStream(this.outgoing?.body)) void this.outgoing.body.cancel().catch(() => {})
    this.incoming.sent?.(false)
  }
}
