import type { Built, Logger, Replacement } from 'plinth'
import { encodeMessage, Hearers, PubSub } from 'plinth/channels'
import { type RateRule, RateStores, type RateTaken } from 'plinth/middleware'
import { Metrics, type MetricsFormat, MetricsText } from 'plinth/ops'
import type { Asking, MetricsTexts, Shared } from './protocol.ts'

/** The primary answers sooner, also for workers that do not. */
const METRICS_MS = 1_000
/** What waits for a primary that does not answer; beyond it asking fails at once. */
const MAX_TAKING = 10_000

interface Waiting<T> {
  readonly resolve: (value: T) => void
  readonly reject: (error: Error) => void
}

/**
 * What a worker has in common with the others: it asks the primary, which keeps it. What is asked in one turn of the event loop goes
 * out as one message.
 */
export class Common {
  readonly #send: (message: Asking) => boolean
  readonly #hearers: Hearers
  readonly #taking = new Map<number, Waiting<RateTaken>>()
  readonly #metrics = new Map<number, Waiting<string>>()
  #asks: [ask: number, limiter: string, key: string, rule: RateRule][] = []
  #messages: [topic: string, text: string][] = []
  #gathering = false
  #count = 0
  #built: Built | undefined

  /** `send` says whether the primary is still there. */
  constructor(send: (message: Asking) => boolean, log: Logger) {
    this.#send = send
    this.#hearers = new Hearers(log)
  }

  /** What an application is built with, so that it uses this in the place of what is its own. */
  get replacements(): readonly Replacement[] {
    return [
      RateStores.with((limiter) => ({ take: (key, rule) => this.#take(limiter, key, rule) })),
      PubSub.with({
        publish: (topic, message) => this.#publish(topic, encodeMessage(message)),
        subscribe: (topic, heard, missed) =>
          this.#hearers.add(
            topic,
            { heard, missed },
            () => this.#sendNow({ type: 'subscribe', topic }),
            () => this.#sendNow({ type: 'unsubscribe', topic }),
          ),
      }),
      MetricsText.with((format, own) => this.#askMetrics(format, own)),
    ]
  }

  /** Whose own metrics are told to the others. */
  serves(built: Built): void {
    this.#built = built
  }

  /** What the primary says. */
  hear(message: Shared): void {
    switch (message.type) {
      case 'taken':
        for (const [ask, taken] of message.answers) this.#settle(this.#taking, ask, taken)
        return
      case 'heard':
        for (const [topic, text] of message.messages) this.#hearers.tell(topic, text)
        return
      case 'missed':
        return this.#hearers.tellMissed()
      case 'metrics':
        return this.#settle(this.#metrics, message.ask, message.text)
      case 'tell-metrics':
        return void this.#send({ type: 'own-metrics', ask: message.ask, texts: this.#ownMetrics() })
    }
  }

  /** What was counted here must not be lost with this worker. */
  leave(): void {
    this.#flush()
    this.#send({ type: 'own-metrics', texts: this.#ownMetrics() })
  }

  /** Nobody answers any more. */
  abandoned(): void {
    const error = new Error('the process that the workers share has ended')
    for (const waiting of [this.#taking, this.#metrics]) {
      for (const { reject } of waiting.values()) reject(error)
      waiting.clear()
    }
  }

  #take(limiter: string, key: string, rule: RateRule): Promise<RateTaken> {
    if (this.#taking.size >= MAX_TAKING) return Promise.reject(new Error('the process that the workers share does not answer'))
    return new Promise((resolve, reject) => {
      const ask = ++this.#count
      this.#taking.set(ask, { resolve, reject })
      this.#asks.push([ask, limiter, key, rule])
      this.#gather()
    })
  }

  #publish(topic: string, text: string): void {
    this.#messages.push([topic, text])
    this.#gather()
  }

  #gather(): void {
    if (this.#gathering) return
    this.#gathering = true
    setImmediate(() => this.#flush())
  }

  #flush(): void {
    this.#gathering = false
    const [asks, messages] = [this.#asks, this.#messages]
    this.#asks = []
    this.#messages = []
    if (asks.length > 0 && !this.#send({ type: 'take', asks })) this.abandoned()
    if (messages.length > 0 && !this.#send({ type: 'publish', messages })) {
      // Alone, it is at least heard here.
      for (const [topic, text] of messages) this.#hearers.tell(topic, text)
    }
  }

  /** Not before what was asked earlier. */
  #sendNow(message: Asking): void {
    this.#flush()
    this.#send(message)
  }

  async #askMetrics(format: MetricsFormat, own: string): Promise<string> {
    const ask = ++this.#count
    let timer: NodeJS.Timeout | undefined
    try {
      return await new Promise<string>((resolve, reject) => {
        this.#metrics.set(ask, { resolve, reject })
        timer = setTimeout(() => reject(new Error('no answer in time')), METRICS_MS)
        if (!this.#send({ type: 'ask-metrics', ask, format })) reject(new Error('the primary has ended'))
      })
    } catch {
      // OpenMetrics knows no comments.
      return format === 'openmetrics' ? own : `# The other workers did not answer: these are the figures of one.\n${own}`
    } finally {
      clearTimeout(timer)
      this.#metrics.delete(ask)
    }
  }

  #ownMetrics(): MetricsTexts {
    const metrics = this.#built?.use(Metrics)
    return { prometheus: metrics?.text('prometheus') ?? '', openmetrics: metrics?.text('openmetrics') ?? '' }
  }

  #settle<T>(waiting: Map<number, Waiting<T>>, ask: number, value: T): void {
    waiting.get(ask)?.resolve(value)
    waiting.delete(ask)
  }
}
