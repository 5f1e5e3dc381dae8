import { Application, type Logger, service, type Service } from '../app/index.ts'

/** Hears what is published under a topic: the message as JSON gives it back. */
export type Heard = (message: unknown) => void

/**
 * Hands messages to whoever hears a topic at that moment, in every process that serves the application. At most once: nothing is
 * kept for who comes later. Of one publisher they arrive in the order in which they were published.
 */
export interface PubSub {
  /**
   * `message` is anything that JSON can say; each hearer gets a copy of its own, after the call has returned.
   * @throws {TypeError} where JSON can not say it.
   */
  publish(topic: string, message: unknown): void
  /**
   * Hears from now on, here and now for what this process publishes, for others' as soon as they know. `missed` is called where
   * messages may have been lost: whoever must not miss any looks again. Disposing the result ends both.
   */
  subscribe(topic: string, heard: Heard, missed?: () => void): Disposable
}

/** `use(PubSub).publish('posts', { id: 7 })`. In memory; `plinth start --workers` lets all workers hear. */
export const PubSub: Service<PubSub> = service('pub-sub', ({ use }): PubSub => new MemoryPubSub(use(Application).log))

/** What JSON makes of a message. */
export function encodeMessage(message: unknown): string {
  const text = JSON.stringify(message) as string | undefined
  if (text === undefined) throw new TypeError(`publish: ${typeof message} is nothing that JSON can say`)
  return text
}

interface Hearer {
  readonly heard: Heard
  readonly missed: (() => void) | undefined
}

/** Who hears which topic in this process. */
export class Hearers {
  readonly #log: Logger
  readonly #topics = new Map<string, Set<Hearer>>()

  constructor(log: Logger) {
    this.#log = log
  }

  /** `first` and `last`: told when a topic gets its first hearer, and when it loses its last. */
  add(topic: string, { heard, missed }: Hearer, first: () => void = () => {}, last: () => void = () => {}): Disposable {
    const own: Hearer = { heard, missed }
    const hearers = this.#topics.get(topic)
    if (hearers === undefined) {
      this.#topics.set(topic, new Set([own]))
      first()
    } else hearers.add(own)
    return {
      [Symbol.dispose]: () => {
        const now = this.#topics.get(topic)
        if (now?.delete(own) !== true || now.size > 0) return
        this.#topics.delete(topic)
        last()
      },
    }
  }

  /** Hands everybody a copy. What one of them throws is logged, and the others hear all the same. */
  tell(topic: string, text: string): void {
    for (const { heard } of [...(this.#topics.get(topic) ?? [])]) this.#run(topic, () => heard(JSON.parse(text)))
  }

  /** Tells everybody, of every topic, that something may have been lost. */
  tellMissed(): void {
    for (const [topic, hearers] of [...this.#topics]) for (const { missed } of [...hearers]) this.#run(topic, () => missed?.())
  }

  #run(topic: string, call: () => void): void {
    try {
      call()
    } catch (error) {
      this.#log.error({ err: error, topic }, 'a hearer of a topic threw')
    }
  }
}

/** Within this process. */
export class MemoryPubSub implements PubSub {
  readonly #hearers: Hearers

  constructor(log: Logger) {
    this.#hearers = new Hearers(log)
  }

  publish(topic: string, message: unknown): void {
    const text = encodeMessage(message)
    queueMicrotask(() => this.#hearers.tell(topic, text))
  }

  subscribe(topic: string, heard: Heard, missed?: () => void): Disposable {
    return this.#hearers.add(topic, { heard, missed })
  }
}
