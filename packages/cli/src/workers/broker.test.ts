import type { Built, Logger } from 'plinth'
import { PubSub } from 'plinth/channels'
import { type RateStore, RateStores } from 'plinth/middleware'
import { MetricsText } from 'plinth/ops'
import { pubSubConformance, rateStoreConformance } from 'plinth/testing/conformance'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { Broker, type Member } from './broker.ts'
import { Common } from './common.ts'
import type { Shared } from './protocol.ts'

const nothing = (): void => {}
const silent: Logger = { debug: nothing, info: nothing, warn: nothing, error: nothing, child: () => silent }

/** A worker without a process: what is said goes through JSON and comes in a later turn, as between processes. */
class Worker implements Member {
  readonly id: number
  readonly place: string
  readonly common: Common
  readonly rateStore: RateStore
  readonly pubSub: PubSub
  readonly metricsText: MetricsText
  readonly received: Shared[] = []
  ready = true
  connected = true
  /** While set nothing reaches the worker. */
  held: (() => void)[] | undefined

  constructor(broker: Broker, id: number, own = '') {
    this.id = id
    this.place = String(id)
    this.common = new Common((message) => {
      if (this.connected) setImmediate(() => broker.hear(this, JSON.parse(JSON.stringify(message))))
      return this.connected
    }, silent)
    const valueOf = <T>(service: unknown): T => this.common.replacements.find((it) => it.service === service)!.value as T
    this.rateStore = valueOf<RateStores>(RateStores)('limit#1')
    this.pubSub = valueOf(PubSub)
    this.metricsText = valueOf(MetricsText)
    this.common.serves({ use: () => ({ text: () => own }) } as unknown as Built)
    broker.join(this)
  }

  send(message: Shared, sent: () => void): void {
    const deliver = (): void => {
      this.received.push(message)
      this.common.hear(JSON.parse(JSON.stringify(message)))
      sent()
    }
    if (this.held === undefined) setImmediate(deliver)
    else this.held.push(deliver)
  }
}

const workers = (broker = new Broker()): readonly [Worker, Worker] => [new Worker(broker, 1), new Worker(broker, 2)]

rateStoreConformance(
  'the store of a worker',
  () => {
    vi.useFakeTimers({ toFake: ['performance'] })
    const [{ rateStore }] = workers()
    return { store: rateStore, advance: (ms) => void vi.advanceTimersByTime(ms), dispose: () => void vi.useRealTimers() }
  },
  { unit: 1_000 },
)

pubSubConformance('the pub/sub of workers', () => {
  const [one, other] = workers()
  return { one: one.pubSub, other: other.pubSub }
})

afterEach(() => void vi.useRealTimers())

describe('workers', () => {
  test('take from one budget', async () => {
    const [one, other] = workers()
    const rule = { limit: 10, windowMs: 60_000 }
    const taken = await Promise.all(Array.from({ length: 60 }, async (_, i) => (i % 2 === 0 ? one : other).rateStore.take('ada', rule)))
    expect(taken.filter((it) => it.allowed)).toHaveLength(10)
  })

  test('ask once for what is asked in one turn', async () => {
    const [one] = workers()
    const rule = { limit: 3, windowMs: 60_000 }
    await Promise.all(Array.from({ length: 20 }, async () => one.rateStore.take('ada', rule)))
    expect(one.received.map(({ type }) => type)).toEqual(['taken'])
  })

  test('fail where the primary has gone, instead of waiting', async () => {
    const [one] = workers()
    const taken = one.rateStore.take('ada', { limit: 1, windowMs: 1_000 })
    one.connected = false
    one.common.abandoned()
    await expect(taken).rejects.toThrow('has ended')
    await expect(one.rateStore.take('ada', { limit: 1, windowMs: 1_000 })).rejects.toThrow('has ended')
  })

  test('hear themselves where the primary has gone', async () => {
    const [one] = workers()
    one.connected = false
    const heard = new Promise((resolve) => one.pubSub.subscribe('t', resolve))
    one.pubSub.publish('t', 'alone')
    expect(await heard).toBe('alone')
  })

  test('that do not keep up lose messages rather than fill the primary, and are told so once they do', async () => {
    const [one, other] = workers(new Broker({ maxWaiting: 1_000 }))
    const heard: unknown[] = []
    const missed = new Promise<void>((resolve) => other.pubSub.subscribe('t', (message) => void heard.push(message), resolve))
    const mine = new Promise<void>((resolve) => one.pubSub.subscribe('t', (message) => message === 'last' && resolve()))
    await new Promise((resolve) => setImmediate(() => setImmediate(resolve)))
    other.held = []
    for (let i = 0; i < 100; i++) {
      one.pubSub.publish('t', 'x'.repeat(100))
      await new Promise(setImmediate)
    }
    one.pubSub.publish('t', 'last')
    await mine
    expect(other.held.length).toBeLessThanOrEqual(10)
    const held = other.held
    other.held = undefined
    for (const deliver of held) deliver()
    await missed
    expect(heard.length).toBe(held.length)
    const next = new Promise((resolve) => other.pubSub.subscribe('t', resolve))
    await new Promise((resolve) => setImmediate(() => setImmediate(resolve)))
    one.pubSub.publish('t', 'heard again')
    expect(await next).toBe('heard again')
  })

  test.each([
    ['many at once', Array.from({ length: 20 }, () => 'x'.repeat(100))],
    ['one that is too long by itself', ['x'.repeat(2_000)]],
  ])('are told of what was dropped of %s, although nothing waits', async (_, messages) => {
    const [one, other] = workers(new Broker({ maxWaiting: 1_000 }))
    const heard: unknown[] = []
    const missed = new Promise<void>((resolve) => other.pubSub.subscribe('t', (message) => void heard.push(message), resolve))
    await new Promise((resolve) => setImmediate(() => setImmediate(resolve)))
    for (const message of messages) one.pubSub.publish('t', message)
    await missed
    expect(heard.length).toBe(messages.length === 1 ? 0 : 9)
  })
})

const text = (requests: number, memory: number): string => `# HELP requests_total Requests.
# TYPE requests_total counter
requests_total{route="/"} ${requests}
# HELP memory_bytes Memory.
# TYPE memory_bytes gauge
memory_bytes ${memory}
`

describe('metrics of workers', () => {
  test('are told as one by any of them', async () => {
    const broker = new Broker()
    const [one] = [new Worker(broker, 1, text(2, 10)), new Worker(broker, 2, text(3, 20))]
    expect(await one.metricsText('prometheus', 'own')).toBe(`# HELP requests_total Requests.
# TYPE requests_total counter
requests_total{route="/"} 5
# HELP memory_bytes Memory.
# TYPE memory_bytes gauge
memory_bytes{worker="1"} 10
memory_bytes{worker="2"} 20
`)
  })

  test('leave out who does not answer, and who does not serve yet', async () => {
    const broker = new Broker({ metricsMs: 20 })
    const [one, silentOne, booting] = [1, 2, 3].map((id) => new Worker(broker, id, text(id, 0)))
    silentOne!.held = []
    booting!.ready = false
    expect(await one!.metricsText('prometheus', 'own')).toContain('requests_total{route="/"} 1\n')
  })

  test('never fall, whoever is late, crashes, or ends while they are asked for', async () => {
    const broker = new Broker({ metricsMs: 20 })
    const [one, two] = [new Worker(broker, 1, text(2, 10)), new Worker(broker, 2, text(3, 20))]
    const requests = async () => /requests_total\S+ (\d+)/.exec(await one.metricsText('prometheus', 'own'))?.[1]
    expect(await requests()).toBe('5')
    two.held = []
    expect(await requests()).toBe('5')
    broker.leave(two)
    expect(await requests()).toBe('5')
    const three = new Worker(broker, 3, text(4, 0))
    expect(await requests()).toBe('9')
    one.held = []
    const asked = three.metricsText('prometheus', 'own')
    await new Promise((resolve) => setImmediate(() => setImmediate(resolve)))
    three.common.leave()
    broker.leave(one)
    expect(await asked).toContain('requests_total{route="/"} 9\n')
  })

  test('have gauges with a label of the same name', async () => {
    const broker = new Broker()
    const one = new Worker(broker, 1, '# TYPE g gauge\ng{worker="a"} 1\n')
    expect(await one.metricsText('prometheus', 'own')).toContain('g{worker="a",plinth_worker="1"} 1\n')
  })

  test('keep counting what workers counted that have ended, in both formats', async () => {
    const broker = new Broker()
    const [one, two] = [new Worker(broker, 1, text(2, 10)), new Worker(broker, 2, text(3, 20))]
    two.common.leave()
    await new Promise((resolve) => setImmediate(() => setImmediate(resolve)))
    broker.leave(two)
    const all = await one.metricsText('prometheus', 'own')
    expect(all).toContain('requests_total{route="/"} 5\n')
    expect(all).not.toContain('worker="2"')
    const open = `# HELP requests Requests.\n# TYPE requests counter\nrequests_total{role="5"} 2\n# EOF\n`
    const [three, four] = [new Worker(broker, 3, open), new Worker(broker, 4, open)]
    broker.leave(one)
    three.common.leave()
    await new Promise((resolve) => setImmediate(() => setImmediate(resolve)))
    broker.leave(three)
    const told = await four.metricsText('openmetrics', 'own')
    expect(told).toContain('requests_total{role="5"} 4\n')
    expect(told.endsWith('# EOF\n')).toBe(true)
  })

  test('are those of one, and say so, where the primary has gone', async () => {
    const [one] = workers()
    one.connected = false
    expect(await one.metricsText('prometheus', 'own\n')).toBe('# The other workers did not answer: these are the figures of one.\nown\n')
    expect(await one.metricsText('openmetrics', 'own\n')).toBe('own\n')
  })
})
