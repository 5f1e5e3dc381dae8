import { performance } from 'node:perf_hooks'
import type { Built, Outgoing, Running } from 'plinth'
import { RawConnection } from '../../packages/plinth/src/node/fixtures/raw-connection.ts'
import { Generator } from './generator.ts'
import { faultsOf, isHandlersOwn, type Seen } from './judge.ts'
import { Random } from './random.ts'
import { RawIncoming } from './raw-incoming.ts'
import { richApp, type RichApp } from './rich-app.ts'
import { bytesOf, describeSketch, type Sketch } from './sketch.ts'

export interface Report {
  readonly seed: number
  readonly count: number
  readonly overSocket: number
  readonly ms: number
  readonly slowest: number
  readonly statuses: { readonly [status: number]: number }
  /** At most twenty, each with the request that caused it. */
  readonly faults: readonly string[]
  /** Bytes by which the heap grew from the first tenth to the end. */
  readonly grown: number
}

const MOST_FAULTS = 20
const decoder = new TextDecoder()

/** Asks `count` requests drawn from `seed`: nine of ten through the dispatch, the tenth as bytes over a socket. */
export async function runRequests(count: number, seed: number): Promise<Report> {
  const rich = richApp()
  const built = await rich.application.build()
  const running = await built.listen({ port: 0, signals: false })
  const run = new Run(rich, built, running, seed)
  try {
    return await run.all(count)
  } finally {
    await running.close()
    rich.remove()
  }
}

class Run {
  readonly #rich: RichApp
  readonly #built: Built
  readonly #running: Running
  readonly #seed: number
  readonly #random: Random
  readonly #generator: Generator
  readonly #faults: string[] = []
  readonly #statuses: { [status: number]: number } = {}
  #slowest = 0
  #overSocket = 0

  constructor(rich: RichApp, built: Built, running: Running, seed: number) {
    this.#rich = rich
    this.#built = built
    this.#running = running
    this.#seed = seed
    this.#random = new Random(seed)
    this.#generator = new Generator(this.#random)
  }

  async all(count: number): Promise<Report> {
    const start = performance.now()
    let base = 0
    for (let i = 0; i < count && this.#faults.length < MOST_FAULTS; i++) {
      const onWire = this.#random.one(10)
      const asked = this.#generator.next(onWire)
      const { canary } = this.#generator
      const seen = onWire ? await this.#overWire(asked) : await this.#direct(asked)
      if (seen !== undefined) this.#judge(i, asked, canary, seen)
      if (i === Math.floor(count / 10)) base = heap()
      // Timers, sockets and collectors get their turn.
      if (i % 50 === 0) await new Promise((done) => setImmediate(done))
    }
    return {
      seed: this.#seed,
      count,
      overSocket: this.#overSocket,
      ms: performance.now() - start,
      slowest: this.#slowest,
      statuses: this.#statuses,
      faults: this.#faults,
      grown: heap() - base,
    }
  }

  #judge(index: number, asked: Sketch, canary: string, seen: Seen): void {
    this.#statuses[seen.status] = (this.#statuses[seen.status] ?? 0) + 1
    this.#slowest = Math.max(this.#slowest, seen.ms)
    const faults = faultsOf(asked, canary, seen)
    const logged = this.#rich.errors()
    if (logged.length > 0 && !isHandlersOwn(asked)) faults.push(`logged: ${logged.join('\n')}`)
    if (faults.length > 0) this.#faults.push(`request ${index} of seed ${this.#seed}: ${faults.join('; ')}\n  ${describeSketch(asked)}`)
  }

  async #direct(asked: Sketch): Promise<Seen> {
    const incoming = new RawIncoming(asked)
    const start = performance.now()
    const outgoing = await this.#built.dispatch(incoming)
    const { text, whole } = await this.#read(outgoing)
    const ms = performance.now() - start
    incoming.sent?.(whole)
    const headers: [string, string][] = []
    for (let i = 0; i < outgoing.headers.length; i += 2) headers.push([outgoing.headers[i] as string, outgoing.headers[i + 1] as string])
    return { status: outgoing.status, headers, body: text, ms }
  }

  async #read({ body }: Outgoing): Promise<{ text: string; whole: boolean }> {
    if (body === null) return { text: '', whole: true }
    if (typeof body === 'string') return { text: body, whole: true }
    if (body instanceof Uint8Array) return { text: decoder.decode(body), whole: true }
    const reader = body.getReader()
    let text = ''
    // Some clients go in the middle.
    const most = this.#random.one(8) ? 0 : Infinity
    for (let chunks = 0; chunks <= most; chunks++) {
      const { done, value } = await reader
        .read()
        .catch((error: unknown) => ({ done: true, value: new TextEncoder().encode(`broken: ${String(error)}`) }))
      if (value !== undefined) text += decoder.decode(value)
      if (done) return { text, whole: true }
    }
    await reader.cancel(new Error('gone'))
    return { text, whole: false }
  }

  /** `undefined` where the server rightly goes on waiting, or closed without a word. */
  async #overWire(asked: Sketch): Promise<Seen | undefined> {
    this.#overSocket++
    const random = this.#random
    let bytes = bytesOf(asked, random.one(2))
    let spoilt =
      asked.headers.some(([name]) => name === 'content-length' || name === 'transfer-encoding') ||
      /[^\x21-\xff]/.test(asked.path + asked.method)
    if (random.one(4)) {
      spoilt = true
      bytes = this.#spoil(bytes)
    }
    const connection = await new RawConnection(this.#running.port).opened()
    const start = performance.now()
    try {
      if (random.one(3)) {
        const half = random.below(bytes.length)
        connection.send(bytes.subarray(0, half))
        await new Promise((done) => setImmediate(done))
        connection.send(bytes.subarray(half))
      } else connection.send(bytes)
      if (random.one(20)) return undefined // It went away without waiting.
      const answer = await connection.answer(spoilt ? 60 : 2_000, /^\s*HEAD /.test(bytes.subarray(0, 20).toString('latin1')))
      return { ...answer, body: utf8(answer.body), ms: performance.now() - start }
    } catch (error) {
      // CONNECT is refused by closing. What is spoilt may leave the server waiting for the rest.
      if (!spoilt && asked.method !== 'CONNECT') this.#faults.push(`seed ${this.#seed}: ${String(error)}\n  ${describeSketch(asked)}`)
      return undefined
    } finally {
      if (random.one(2)) connection.destroy()
      else connection.reset()
    }
  }

  #spoil(bytes: Buffer): Buffer {
    const random = this.#random
    const at = random.below(bytes.length)
    switch (random.below(4)) {
      case 0:
        return bytes.subarray(0, at)
      case 1: {
        const copy = Buffer.from(bytes)
        copy[at] = random.below(256)
        return copy
      }
      case 2:
        return Buffer.concat([bytes.subarray(0, at), random.bytes(random.pick([1, 3, 20])), bytes.subarray(at)])
      default:
        return Buffer.concat([bytes, bytes.subarray(0, at)])
    }
  }
}

function utf8(text: string): string {
  return Buffer.from(text, 'latin1').toString('utf8')
}

function heap(): number {
  ;(globalThis as { gc?: () => void }).gc?.()
  return process.memoryUsage().heapUsed
}
