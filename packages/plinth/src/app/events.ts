import type { Incoming, Outgoing } from '../contract.ts'
import { isThenable } from '../internal/thenable.ts'

/** One request as listeners see it. The same object from `start` to `sent`; later stages fill more of it. */
export interface RequestRecord {
  readonly incoming: Incoming
  readonly requestId: string
  /** `performance.now()` when the request came in. */
  readonly startedAt: number
  /** From `matched` on; `undefined` where no route matched. */
  readonly template: string | undefined
  /** From `handled` on. */
  readonly status: number | undefined
  /** From `handled` on: what is being sent. */
  readonly answer: Outgoing | undefined
  /** What was thrown and nobody expected, with `failed`. */
  readonly error: unknown
  /** With `sent`: false when the client went before the last byte. */
  readonly delivered: boolean | undefined
  /** What listeners keep for themselves from stage to stage: a span, say. */
  readonly notes: Map<unknown, unknown>
  /** Fields that every log line of the request bears beside `requestId` and `route`. What `start` adds is in all of them. */
  readonly logFields: { [name: string]: unknown }
}

/** What happens to a request, in this order; `failed` only for errors that no guard, `catch` or problem expected. */
export interface AppEvents {
  start: RequestRecord
  matched: RequestRecord
  handled: RequestRecord
  failed: RequestRecord
  sent: RequestRecord
}

export type EventName = keyof AppEvents
export const eventNames: ReadonlySet<string> = new Set<EventName>(['start', 'matched', 'handled', 'failed', 'sent'])
type Listener = (record: RequestRecord) => void

/** The listeners of one application. A listener that throws is reported and never reaches the request. */
export class Events {
  readonly start: Listener[] = []
  readonly matched: Listener[] = []
  readonly handled: Listener[] = []
  readonly failed: Listener[] = []
  readonly sent: Listener[] = []
  /** True once anybody listens to anything but failures; without it no record is made. */
  observed = false
  readonly #report: (error: unknown) => void

  constructor(report: (error: unknown) => void) {
    this.#report = report
  }

  on(event: EventName, listener: Listener): void {
    this[event].push(listener)
    if (event !== 'failed') this.observed = true
  }

  emit(event: EventName, record: RequestRecord): void {
    const listeners = this[event]
    for (let i = 0; i < listeners.length; i++) {
      try {
        // Typed as giving nothing, which lets asynchronous ones in: what these reject with would end the process.
        const given: unknown = (listeners[i] as (record: RequestRecord) => unknown)(record)
        if (isThenable(given)) given.then(undefined, this.#report)
      } catch (error) {
        this.#report(error)
      }
    }
  }
}
