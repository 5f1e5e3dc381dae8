import type { Incoming } from '../contract.ts'
import type { RequestContext } from './context.ts'
import type { Container } from './container.ts'
import type { Events } from './events.ts'
import type { Logger } from './logger.ts'
import { within } from './within.ts'

const alphabet = 'abcdefghijklmnopqrstuvwxyz0123456789'

/** Not for secrets. For those there is `crypto`, the first use of which makes Node load all of it: 2 MiB that an idle server keeps. */
function randomText(length: number): string {
  let text = ''
  while (text.length < length) text += alphabet[Math.floor(Math.random() * alphabet.length)]
  return text
}

/** What the requests of one built application share. */
export class Engine {
  readonly container: Container
  readonly events: Events
  readonly log: Logger
  /** Finds a request's id in what came in; `undefined` makes one. From a module's option `requestId`. */
  idOf: ((incoming: Incoming) => string | undefined) | undefined
  /** Requests whose handlers are waited for. */
  inFlight = 0
  readonly #background = new Set<Promise<unknown>>()
  #idPrefix: string | undefined
  #idCount = 0

  constructor(container: Container, events: Events, log: Logger) {
    this.container = container
    this.events = events
    this.log = log
  }

  /** Unique in this process and hard to confuse with another's: a random prefix and a count. Not a secret. */
  requestId(incoming: Incoming): string {
    const given = this.#given(incoming)
    if (given !== undefined) return given
    this.#idPrefix ??= randomText(10)
    return `${this.#idPrefix}-${(++this.#idCount).toString(36)}`
  }

  /** An id is asked for where an error is told; one more error there would leave the request without any answer. */
  #given(incoming: Incoming): string | undefined {
    try {
      return this.idOf?.(incoming)
    } catch (error) {
      this.log.error({ err: error }, 'the function requestId threw')
      return undefined
    }
  }

  after(work: Promise<unknown>, ctx: RequestContext): void {
    const tracked = Promise.resolve(work).then(
      () => void this.#background.delete(tracked),
      (error: unknown) => {
        this.#background.delete(tracked)
        ctx.log.error({ err: error }, 'work after the answer failed')
      },
    )
    this.#background.add(tracked)
    ctx.incoming.waitUntil?.(tracked)
  }

  /** Resolves when all background work has ended, also what that work began; false when `ms` passed first. */
  async drain(ms: number): Promise<boolean> {
    const until = Date.now() + ms
    while (this.#background.size > 0) {
      const left = until - Date.now()
      if (left <= 0 || !(await within(Promise.all(this.#background), left))) return false
    }
    return true
  }
}
