import { MemoryRateStore } from 'plinth/middleware'
import type { MetricsFormat } from 'plinth/ops'
import { mergeMetrics, risingOnly } from './merge-metrics.ts'
import type { Asking, MetricsTexts, Shared } from './protocol.ts'

/** A worker as the broker sees it. `sent` is called when the message has left this process. */
export interface Member {
  readonly id: number
  /** The same for the one that takes its place: what metrics call it. */
  readonly place: string
  /** Whether it serves already, and still; else it can't say anything. */
  readonly ready: boolean
  send(message: Shared, sent: () => void): void
}

/** What may wait for a worker that does not read; beyond it messages are dropped, and it is told so. */
const MAX_WAITING = 4 * 1024 * 1024
/** Of a worker that is busy for so long, what it told before counts. */
const METRICS_MS = 800

interface Membership {
  readonly member: Member
  readonly topics: Set<string>
  /** Length of the messages that wait to be sent. */
  waiting: number
  /** Something was dropped: what comes is dropped too until the worker has been told, so that it never hears on unknowing. */
  missed: boolean
  /** What it told last of its metrics. */
  metrics: MetricsTexts | undefined
}

interface Gathering {
  readonly wanted: Set<number>
  readonly done: () => void
}

/** What the workers have in common, kept by their primary: budgets of rate limits, messages, and their metrics as one. */
export class Broker {
  readonly #members = new Map<number, Membership>()
  readonly #stores = new Map<string, MemoryRateStore>()
  readonly #gatherings = new Map<number, Gathering>()
  readonly #maxWaiting: number
  readonly #metricsMs: number
  /** Counts of workers that have ended. */
  #ended: MetricsTexts | undefined
  #asks = 0

  constructor({ maxWaiting = MAX_WAITING, metricsMs = METRICS_MS }: { readonly maxWaiting?: number; readonly metricsMs?: number } = {}) {
    this.#maxWaiting = maxWaiting
    this.#metricsMs = metricsMs
  }

  join(member: Member): void {
    this.#members.set(member.id, { member, topics: new Set(), waiting: 0, missed: false, metrics: undefined })
  }

  leave({ id }: Member): void {
    const left = this.#members.get(id)
    this.#members.delete(id)
    // Also of one that crashed, what it told last: were its counts lost, they would fall, which Prometheus takes for a new beginning.
    if (left?.metrics !== undefined) this.#keep(left.metrics)
    for (const gathering of this.#gatherings.values()) this.#gathered(gathering, id)
  }

  /** What a worker asks. */
  hear({ id }: Member, message: Asking): void {
    const from = this.#members.get(id)
    if (from === undefined) return
    switch (message.type) {
      case 'take': {
        const answers = message.asks.map(([ask, limiter, key, rule]) => [ask, this.#store(limiter).take(key, rule)] as const)
        return from.member.send({ type: 'taken', answers }, () => {})
      }
      case 'publish':
        return this.#publish(message.messages)
      case 'subscribe':
        return void from.topics.add(message.topic)
      case 'unsubscribe':
        return void from.topics.delete(message.topic)
      case 'ask-metrics':
        return this.#gather(from, message.ask, message.format)
      case 'own-metrics': {
        from.metrics = message.texts
        const gathering = message.ask === undefined ? undefined : this.#gatherings.get(message.ask)
        if (gathering !== undefined) this.#gathered(gathering, id)
      }
    }
  }

  #store(limiter: string): MemoryRateStore {
    let store = this.#stores.get(limiter)
    if (store === undefined) this.#stores.set(limiter, (store = new MemoryRateStore()))
    return store
  }

  #publish(messages: readonly (readonly [topic: string, text: string])[]): void {
    for (const it of this.#members.values()) {
      const heard: (readonly [string, string])[] = []
      let length = 0
      for (const message of messages) {
        if (!it.topics.has(message[0])) continue
        const more = length + message[0].length + message[1].length
        it.missed ||= it.waiting + more > this.#maxWaiting
        if (it.missed) break
        heard.push(message)
        length = more
      }
      if (heard.length > 0) this.#tell(it, heard, length)
      else if (it.missed && it.waiting === 0) this.#tellMissed(it)
    }
  }

  #tell(to: Membership, messages: readonly (readonly [string, string])[], length: number): void {
    to.waiting += length
    to.member.send({ type: 'heard', messages }, () => {
      to.waiting -= length
      if (to.missed && to.waiting === 0) this.#tellMissed(to)
    })
  }

  #tellMissed(to: Membership): void {
    to.missed = false
    to.member.send({ type: 'missed' }, () => {})
  }

  #gather(from: Membership, ask: number, format: MetricsFormat): void {
    const own = ++this.#asks
    const done = (): void => {
      clearTimeout(timer)
      this.#gatherings.delete(own)
      // Of one that is late, or ends, what it told before.
      const told = [...this.#members.values()].flatMap(({ member, metrics }) =>
        metrics === undefined ? [] : [{ worker: member.place, text: metrics[format] }],
      )
      const ended = this.#ended === undefined ? [] : [{ worker: 'ended', text: this.#ended[format] }]
      from.member.send({ type: 'metrics', ask, text: mergeMetrics([...told, ...ended]) }, () => {})
    }
    const timer = setTimeout(done, this.#metricsMs)
    const asked = [...this.#members.values()].filter(({ member }) => member.ready)
    this.#gatherings.set(own, { wanted: new Set(asked.map(({ member }) => member.id)), done })
    for (const { member } of asked) member.send({ type: 'tell-metrics', ask: own }, () => {})
  }

  #gathered({ wanted, done }: Gathering, id: number): void {
    if (wanted.delete(id) && wanted.size === 0) done()
  }

  #keep(texts: MetricsTexts): void {
    const added = (format: MetricsFormat): string =>
      mergeMetrics([this.#ended?.[format] ?? '', risingOnly(texts[format])].map((text) => ({ worker: '', text })))
    this.#ended = { prometheus: added('prometheus'), openmetrics: added('openmetrics') }
  }
}
