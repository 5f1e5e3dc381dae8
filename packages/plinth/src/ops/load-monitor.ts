import { type Built, type Context, problem } from '../app/index.ts'
import { builtin } from '../internal/builtin.ts'
import type { LoadCounts, ShedReason } from './load.ts'
import { type LoopLook, LoopWatch } from './loop-watch.ts'
import { Pace } from './pace.ts'

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

/** With fewer under way, nobody is asked about. */
const FEW = 32
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
/**
 * What once was late may be a mishap, or a machine that others use: work for this share of the delay that may be is under way
 * nevertheless, and not fewer requests than this, until as many looks have said the same.
 */
const AT_FIRST_SHARE = 0.2
const AT_FIRST = 16
/** While it is late: what is begun at once is so much that the loop is about this late. Refusals can't leave sooner than it turns. */
const AIM_MS = 4
/**
 * Later than so many times that, and only this share of what was under way may be, down to so many: who shares the machine makes it late
 * too, and fewer would leave the loop idle while they wait.
 */
const VERY_LATE = 5
const LESS = 0.7
const LEAST = 8
/** So much more when it rests, and when it rests most of its time. */
const MORE = 1.25
const MUCH_MORE = 2
const IDLE = 0.5
/** How fast what a request costs is taken to be more than it was. Of a process that has hardly begun it tells nothing: all is slow at first. */
const DEARER = 1.1
const WARM = 200
const LOG_EVERY_MS = 10_000

/**
 * Watches how late the event loop is, and decides for each request whether it is begun. What is judged is the delay alone as long as it
 * is small; a request then costs a look at two numbers. Once late, it stays strict until the loop rests again: by the delay
 * alone it would let everybody in as soon as refusing has helped, and be late again.
 */
export class LoadMonitor {
  readonly #app: Built
  readonly #limits: LoadLimits
  readonly #counts: LoadCounts
  readonly #watch: LoopWatch | undefined
  readonly #few: number
  /** Always the same one: a stack costs, and whoever is refused asks often. */
  readonly #refusal = problem('overloaded', undefined, { headers: { 'retry-after': '1' } })
  readonly #pace = new Pace(AIM_MS)
  #overloaded = false
  #allowed: number
  #calm = 0
  #late = 0
  /** Milliseconds that a request takes of the loop, as far as is known; 0 before. How many that is known of. */
  #cost = 0
  #ended = 0
  /** What was under way at the last look, and since then: the most that were, those begun, and those refused. */
  #before = 0
  #most = 0
  #begun = 0
  #refused = 0
  /** When this turn of the loop was first asked in, 0 before; how many it has begun. */
  #turnAt = 0
  #together = 0
  #loggedAt = Number.NEGATIVE_INFINITY

  constructor(app: Built, limits: LoadLimits, counts: LoadCounts) {
    this.#app = app
    this.#limits = limits
    this.#counts = counts
    this.#allowed = limits.maxInFlight
    this.#watch = limits.maxDelay === Infinity ? undefined : LoopWatch.start((it) => this.look(it))
    this.#few = Math.min(FEW, limits.maxInFlight)
  }

  /** @throws {Problem} 503 `overloaded`. */
  admit(ctx: Context): void {
    this.#begun++
    if (!this.#overloaded && this.#app.inFlight < this.#few) return
    this.#judge(ctx)
  }

  /** What becomes of the next requests, by how the loop was since the last look. */
  look({ tookMs, lateMs, busy }: LoopLook): void {
    const ended = this.#begun + this.#before - this.#app.inFlight
    if (ended > 0) {
      this.#ended += ended
      // Whatever else the loop does, and a machine that others use, make it seem more than it is; nothing makes it seem less.
      const cost = (busy * tookMs) / ended
      this.#cost = this.#cost === 0 ? cost : Math.min(cost, this.#cost * DEARER)
    }
    if (this.#overloaded) this.#regulate(lateMs, busy)
    else this.#judgeDelay(lateMs, busy)
    this.#before = this.#app.inFlight
    this.#most = this.#begun = this.#refused = 0
  }

  end(): void {
    this.#watch?.end()
  }

  #judge(ctx: Context): void {
    if (this.#limits.exempt.has(ctx.template)) return
    const { inFlight } = this.#app
    if (inFlight >= this.#most) this.#most = inFlight + 1
    if (inFlight >= this.#allowed) throw this.#refuse('in_flight')
    if (this.#watch === undefined) return
    if (this.#turnAt === 0) this.#beginTurn()
    if (this.#overloaded) {
      // The clock is asked only where one may be begun: most are refused.
      if (!this.#pace.ready || performance.now() - this.#turnAt > this.#turnMs) throw this.#refuse('delay')
      this.#pace.take()
    } else if (++this.#together * this.#cost > this.#limits.maxDelay && this.#ended >= WARM) {
      // What one turn begins is due together: the loop will be too late, and look at itself only then.
      this.#overload(this.#limits.maxDelay * AT_FIRST_SHARE)
      throw this.#refuse('delay')
    }
  }

  /** Where it may be a mishap, a turn that takes long is no sign of too much: whoever shares the machine may have taken the time. */
  get #turnMs(): number {
    return this.#pace.holds ? TURN_MS : Math.max(TURN_MS, this.#limits.maxDelay * AT_FIRST_SHARE)
  }

  #beginTurn(): void {
    this.#turnAt = performance.now()
    this.#together = 0
    this.#pace.turn(this.#turnAt)
    builtin<Timers>('node:timers')?.setImmediate(() => (this.#turnAt = 0))
  }

  #refuse(reason: ShedReason): Error {
    this.#begun--
    this.#counts.refused[reason]++
    // The first of some, of which there are many.
    if (this.#refused++ === 0) this.#tell(reason)
    return this.#refusal
  }

  #tell(reason: ShedReason): void {
    const now = performance.now()
    if (now - this.#loggedAt < LOG_EVERY_MS) return
    this.#loggedAt = now
    this.#app.log.warn({ reason, inFlight: this.#app.inFlight }, 'overloaded: requests are refused')
  }

  #judgeDelay(late: number, busy: number): void {
    const { maxDelay } = this.#limits
    this.#late = busy >= FULL && late > maxDelay * LATE_SHARE ? this.#late + 1 : 0
    if (this.#late >= LATE_LOOKS || late > maxDelay) this.#overload(maxDelay * AT_FIRST_SHARE)
  }

  /** `ms` is how much work may be under way. */
  #overload(ms: number): void {
    this.#overloaded = true
    this.#calm = 0
    const count = this.#cost === 0 ? 0 : Math.floor(ms / this.#cost)
    this.#allowed = Math.min(this.#limits.maxInFlight, Math.max(AT_FIRST, count))
  }

  #regulate(late: number, busy: number): void {
    const { maxInFlight } = this.#limits
    this.#calm = busy < BUSY && this.#refused === 0 ? this.#calm + 1 : 0
    if (this.#calm >= CALM_LOOKS) {
      this.#overloaded = false
      this.#late = 0
      this.#allowed = maxInFlight
      this.#pace.free()
      return
    }
    // One request alone may make it later than that.
    const aim = Math.max(AIM_MS, 2 * this.#cost)
    if (busy < FULL) {
      const idle = busy < IDLE
      this.#late = 0
      this.#pace.sooner(this.#cost, busy < BUSY, idle)
      // Whatever bound does not hold anybody back stays, for when it must.
      if (this.#most > this.#allowed) this.#allowed = Math.min(maxInFlight, Math.ceil(this.#allowed * (idle ? MUCH_MORE : MORE)))
    } else if (late > aim && ++this.#late >= LATE_LOOKS) {
      this.#pace.later(this.#cost)
      if (late > VERY_LATE * aim) this.#allowed = Math.min(this.#allowed, Math.max(LEAST, Math.floor(this.#most * LESS)))
    }
  }
}
