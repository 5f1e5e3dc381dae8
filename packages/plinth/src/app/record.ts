import type { Incoming, Outgoing } from '../contract.ts'
import type { RequestContext } from './context.ts'
import type { RequestRecord } from './events.ts'

/** The one record of a request that all its events carry. */
export class RequestNotes implements RequestRecord {
  readonly incoming: Incoming
  readonly startedAt: number = performance.now()
  status: number | undefined = undefined
  answer: Outgoing | undefined = undefined
  error: unknown = undefined
  delivered: boolean | undefined = undefined
  readonly #ctx: RequestContext
  #notes: Map<unknown, unknown> | undefined = undefined
  #logFields: { [name: string]: unknown } | undefined = undefined

  constructor(ctx: RequestContext) {
    this.#ctx = ctx
    this.incoming = ctx.incoming
  }

  get requestId(): string {
    return this.#ctx.requestId
  }
  get template(): string | undefined {
    return this.incoming.template
  }
  get notes(): Map<unknown, unknown> {
    return (this.#notes ??= new Map())
  }
  get logFields(): { [name: string]: unknown } {
    return (this.#logFields ??= {})
  }
}
