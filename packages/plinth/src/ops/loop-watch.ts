import { builtin, onWorkers } from '../internal/builtin.ts'

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

const LOOK_MS = 100
const RESOLUTION_MS = 10

/** How the event loop was since the last look. */
export interface LoopLook {
  readonly tookMs: number
  /** How late it was, in nine of ten samples. */
  readonly lateMs: number
  /** The share of its time in which it did not rest. */
  readonly busy: number
}

/** Looks at the event loop ten times a second, where the platform tells of it. */
export class LoopWatch {
  readonly #hooks: PerfHooks
  readonly #delay: DelayMonitor
  readonly #timer: ReturnType<typeof setInterval>
  #lookedAt: number = performance.now()
  #utilization: Utilization | undefined

  /** `undefined` where nothing can be watched. */
  static start(look: (it: LoopLook) => void): LoopWatch | undefined {
    // Workers allow no timers where an application is built, and start another instance by themselves.
    const hooks = onWorkers ? undefined : builtin<PerfHooks>('node:perf_hooks')
    try {
      const delay = hooks?.monitorEventLoopDelay?.({ resolution: RESOLUTION_MS })
      delay?.enable()
      return hooks && delay && new LoopWatch(hooks, delay, look)
    } catch {
      // Deno and older Bun have the name without what it does.
      return undefined
    }
  }

  private constructor(hooks: PerfHooks, delay: DelayMonitor, look: (it: LoopLook) => void) {
    this.#hooks = hooks
    this.#delay = delay
    this.#utilization = hooks.performance.eventLoopUtilization?.()
    this.#timer = setInterval(() => look(this.#look()), LOOK_MS)
    ;(this.#timer as { unref?(): void }).unref?.()
  }

  end(): void {
    clearInterval(this.#timer)
    this.#delay.disable()
  }

  #look(): LoopLook {
    const now = performance.now()
    const tookMs = now - this.#lookedAt
    this.#lookedAt = now
    const usual = this.#delay.percentile(90) / 1e6 - RESOLUTION_MS
    this.#delay.reset()
    const { performance: clock } = this.#hooks
    const busy = clock.eventLoopUtilization?.(this.#utilization).utilization ?? 1
    this.#utilization = clock.eventLoopUtilization?.()
    // After a turn that took long this runs before what came in meanwhile is read; the monitor's own timer may come only after it.
    return { tookMs, lateMs: Math.max(tookMs - LOOK_MS, Number.isFinite(usual) ? usual : 0), busy }
  }
}
