import { type Built, type Context, problem } from '../app/index.ts'
import { builtin, onWorkers } from '../internal/builtin.ts'
import type { LoadCounts, ShedReason } from './load.ts'

interface Utilization {
  readonly utilization: number
}
interface PerfHooks {
  monitorEventLoopDelay?(options: { readonly resolution: number }): DelayMonitor
  readonly performance: { eventLoopUtilization?(since?: Utilization): Utilization }
}
interface DelayMonitor {
  percentile(percent: number): number
  enable(): boolean
  disable(): boolean
  reset(): void
}
interface Timers {
  setImmediate(run: () => void): unknown
}

/** What decides when a process has too much to do. */
export interface LoadLimits {
  /** Milliseconds. */
  readonly maxDelay: number
  readonly maxInFlight: number
  readonly exempt: ReadonlySet<string>
}

const LOOK_MS = 100
const RESOLUTION_MS = 10
/** While it is late: how long requests are begun in one turn of the event loop. The rest of the turn refuses, so refusals are soon. */
const TURN_MS = 5
/** An event loop that rests for a tenth of its time keeps up with what comes. */
const BUSY = 0.9
/** One that rests less than this has all that it can do: more at once would only wait for each other. */
const FULL = 0.97
/** So many looks in a row have to find it rested, and nobody refused. */
const CALM_LOOKS = 3
/** So many that find it without any rest, and late by this share of what it may be at most, are no mishap: more comes than can be done. */
const LATE_LOOKS = 3
const LATE_SHARE = 0.5
/** What once was late may be a mishap, or a machine that others use: so many are answered at once nevertheless, until the next look. */
const AT_FIRST = 16
/** While it is late: what is begun at once is so much that the loop is about this late. Refusals can't leave sooner than it turns. */
const AIM_MS = 4
const LOG_EVERY_MS = 10_000
/** Of what was being answered, this share may be when the loop never rests and is later than it should; very late, in proportion. */
const LESS = 0.7
const LEAST = 0.02
const VERY_LATE_MS = 20
/** So much more when it rests, and when it rests most of its time. */
const MORE = 1.25
const MUCH_MORE = 2
const IDLE = 0.5

/**
 * Watches how late the event loop is, and decides for each request whether it is begun. What is judged is the delay alone as long as it
 * is small; a request then costs a look at two numbers. Once late, it stays strict until the loop rests again: by the delay
 * alone it would let everybody in as soon as refusing has helped, and be late again.
 */
export class LoadMonitor {
  readonly #app: Built
  readonly #limits: LoadLimits
  readonly #counts: LoadCounts
  readonly #hooks: PerfHooks | undefined
  readonly #delay: DelayMonitor | undefined
  readonly #timer: ReturnType<typeof setInterval> | undefined
  /** Always the same one: a stack costs, and whoever is refused asks often. */
  readonly #refusal = problem('overloaded', undefined, { headers: { 'retry-after': '1' } })
  #overloaded = false
  #allowed: number
  #calm = 0
  #late = 0
  /** Since the last look: the most that were being answered at once, and those refused. */
  #most = 0
  #refused = 0
  #turnAt = 0
  #lookedAt = performance.now()
  #utilization: Utilization | undefined
  #loggedAt = Number.NEGATIVE_INFINITY

  constructor(app: Built, limits: LoadLimits, counts: LoadCounts) {
    this.#app = app
    this.#limits = limits
    this.#counts = counts
    this.#allowed = limits.maxInFlight
    // Workers allow no timers where an application is built, and start another instance by themselves.
    this.#hooks = onWorkers || limits.maxDelay === Infinity ? undefined : builtin<PerfHooks>('node:perf_hooks')
    try {
      this.#delay = this.#hooks?.monitorEventLoopDelay?.({ resolution: RESOLUTION_MS })
      this.#delay?.enable()
    } catch {
      // Deno and older Bun have the name without what it does.
      this.#delay = undefined
    }
    if (this.#delay === undefined) return
    this.#utilization = this.#hooks?.performance.eventLoopUtilization?.()
    const timer = (this.#timer = setInterval(() => this.#look(), LOOK_MS))
    ;(timer as { unref?(): void }).unref?.()
  }

  /** @throws {Problem} 503 `overloaded`. */
  admit(ctx: Context): void {
    if (!this.#overloaded && this.#app.inFlight < this.#allowed) return
    this.#judge(ctx)
  }

  end(): void {
    clearInterval(this.#timer)
    this.#delay?.disable()
  }

  #judge(ctx: Context): void {
    if (this.#limits.exempt.has(ctx.template)) return
    const { inFlight } = this.#app
    if (inFlight >= this.#most) this.#most = inFlight + 1
    if (inFlight >= this.#allowed) throw this.#refuse('in_flight')
    const now = performance.now()
    // The first of a turn is always begun: where one request alone takes long, refusing it would help nobody.
    if (this.#turnAt === 0) {
      this.#turnAt = now
      builtin<Timers>('node:timers')?.setImmediate(() => (this.#turnAt = 0))
    } else if (now - this.#turnAt > TURN_MS) throw this.#refuse('delay')
  }

  #refuse(reason: ShedReason): Error {
    this.#counts.refused[reason]++
    this.#refused++
    const now = performance.now()
    if (now - this.#loggedAt >= LOG_EVERY_MS) {
      this.#loggedAt = now
      this.#app.log.warn({ reason, inFlight: this.#app.inFlight }, 'overloaded: requests are refused')
    }
    return this.#refusal
  }

  #look(): void {
    const monitor = this.#delay as DelayMonitor
    const now = performance.now()
    const late = now - this.#lookedAt - LOOK_MS
    const usual = monitor.percentile(90) / 1e6 - RESOLUTION_MS
    monitor.reset()
    this.#lookedAt = now
    const { performance: clock } = this.#hooks as PerfHooks
    const busy = clock.eventLoopUtilization?.(this.#utilization).utilization ?? 1
    this.#utilization = clock.eventLoopUtilization?.()
    // After a turn that took long this runs before what came in meanwhile is read; the monitor's own timer may come only after it.
    this.#judgeDelay(Math.max(late, Number.isFinite(usual) ? usual : 0), busy)
  }

  #judgeDelay(delay: number, busy: number): void {
    const { maxDelay, maxInFlight } = this.#limits
    const most = this.#most
    const refused = this.#refused
    this.#most = this.#refused = 0
    if (!this.#overloaded) {
      this.#late = busy >= FULL && delay > maxDelay * LATE_SHARE ? this.#late + 1 : 0
      const lasts = this.#late >= LATE_LOOKS
      this.#overloaded = lasts || delay > maxDelay
      this.#calm = 0
      if (this.#overloaded) {
        this.#allow(Math.max(most, this.#app.inFlight), delay)
        if (!lasts) this.#allowed = Math.min(maxInFlight, Math.max(AT_FIRST, this.#allowed))
      }
      return
    }
    this.#calm = busy < BUSY && refused === 0 ? this.#calm + 1 : 0
    if (this.#calm >= CALM_LOOKS) {
      this.#overloaded = false
      this.#late = 0
      this.#allowed = maxInFlight
    } else if (busy >= FULL && delay > AIM_MS) this.#allow(Math.min(this.#allowed, most), delay)
    else if (busy < FULL) this.#allowed = Math.min(maxInFlight, Math.ceil(this.#allowed * (busy < IDLE ? MUCH_MORE : MORE)))
  }

  /** A share of so many, the smaller the later it is: looks come only as often as the loop turns. */
  #allow(count: number, delay: number): void {
    const share = delay > VERY_LATE_MS ? Math.max(LEAST, AIM_MS / delay) : LESS
    this.#allowed = Math.max(1, Math.floor(count * share))
  }
}
