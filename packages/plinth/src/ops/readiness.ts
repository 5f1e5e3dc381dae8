import { Application, type Built, type Logger, service, type Service } from '../app/index.ts'
import { maskUrls } from '../internal/secret-names.ts'

/** What a contributor gives: nothing when it is well; it throws or rejects when it is not. */
export type ReadinessCheck = (signal: AbortSignal) => unknown

/** How a readiness check is run. */
export interface CheckOptions {
  /** Milliseconds after which the check counts as failed. Default 2,000. */
  readonly timeoutMs?: number
}

/** What one readiness check came to. */
export interface CheckResult {
  readonly status: 'ok' | 'failing'
  /** How long it took, in milliseconds. */
  readonly ms: number
  /** Why it fails, for whoever may read it. */
  readonly reason?: string
}

/** What all readiness checks came to. */
export interface ReadinessReport {
  /** `closing` from the moment in which the application begins to close. */
  readonly status: 'ok' | 'failing' | 'closing'
  readonly checks: { readonly [name: string]: CheckResult }
}

/** Whether the application can serve: asked by `/readyz`, answered by whatever it stands on. */
export interface Readiness {
  /**
   * Adds a contributor, as a starter does that opens a database. Gives a function that takes it out again.
   * @throws {TypeError} when the name is taken or `timeoutMs` is no positive number.
   */
  add(name: string, check: ReadinessCheck, options?: CheckOptions): () => void
  /** Never rejects. Asks each contributor at most once a second, however often it is called. */
  report(): Promise<ReadinessReport>
}

const TIMEOUT_MS = 2_000
const CACHE_MS = 1_000
const MAX_REASON = 300

/** `use(Readiness).add('database', (signal) => pool.ping(signal))` in the service that opens the pool. */
export const Readiness: Service<Readiness> = service('readiness', ({ use }): Readiness => new ReadinessChecks(use(Application)))

class ReadinessChecks implements Readiness {
  readonly #app: Built
  readonly #contributors = new Map<string, Contributor>()

  constructor(app: Built) {
    this.#app = app
  }

  add(name: string, check: ReadinessCheck, options: CheckOptions = {}): () => void {
    const { timeoutMs = TIMEOUT_MS } = options
    if (this.#contributors.has(name))
      throw new TypeError(`Two contributors to readiness are called '${name}': give one of them another name`)
    if (!(timeoutMs > 0 && timeoutMs <= 60_000))
      throw new TypeError(`The check '${name}' has timeoutMs ${timeoutMs}: it must be above 0 and at most 60,000`)
    const contributor = new Contributor(name, check, timeoutMs, this.#app.log)
    this.#contributors.set(name, contributor)
    return () => {
      if (this.#contributors.get(name) === contributor) this.#contributors.delete(name)
    }
  }

  async report(): Promise<ReadinessReport> {
    // What it stands on may be closing already, and nobody needs to know how it is.
    if (!this.#app.ready) return { status: 'closing', checks: {} }
    const checks: { [name: string]: CheckResult } = {}
    for (const [name, result] of await Promise.all([...this.#contributors.values()].map((it) => it.named()))) checks[name] = result
    if (!this.#app.ready) return { status: 'closing', checks: {} }
    return { status: Object.values(checks).every((it) => it.status === 'ok') ? 'ok' : 'failing', checks }
  }
}

/** One check: at most one runs at a time, so that probes can't pile up on a database that hangs. */
class Contributor {
  readonly #name: string
  readonly #check: ReadinessCheck
  readonly #timeoutMs: number
  readonly #log: Logger
  #asking: Promise<CheckResult> | undefined
  #pending: { readonly since: number } | undefined
  #last: { readonly result: CheckResult; readonly at: number } | undefined

  constructor(name: string, check: ReadinessCheck, timeoutMs: number, log: Logger) {
    this.#name = name
    this.#check = check
    this.#timeoutMs = timeoutMs
    this.#log = log
  }

  async named(): Promise<readonly [string, CheckResult]> {
    if (this.#last !== undefined && performance.now() - this.#last.at < CACHE_MS) return [this.#name, this.#last.result]
    this.#asking ??= this.#ask().finally(() => (this.#asking = undefined))
    return [this.#name, await this.#asking]
  }

  async #ask(): Promise<CheckResult> {
    const start = performance.now()
    let reason: string | undefined
    try {
      await this.#within(start)
    } catch (error) {
      // Drivers put the address they could not reach into their messages, with the password that was in it.
      reason = maskUrls(error instanceof Error ? error.message : String(error)).slice(0, MAX_REASON)
    }
    const at = performance.now()
    const ms = Math.round((at - start) * 100) / 100
    const result: CheckResult = reason === undefined ? { status: 'ok', ms } : { status: 'failing', ms, reason }
    this.#tell(result)
    this.#last = { result, at }
    return result
  }

  async #within(start: number): Promise<void> {
    const limit = this.#timeoutMs
    // A check that ignores its signal still occupies what it asked; it is given up only after ten times its limit.
    if (this.#pending !== undefined && start - this.#pending.since < limit * 10)
      throw new Error('the check before this one has not ended yet')
    const own = (this.#pending = { since: start })
    const controller = new AbortController()
    const work = Promise.resolve().then(() => this.#check(controller.signal))
    const done = (): void => {
      if (this.#pending === own) this.#pending = undefined
    }
    work.then(done, done)
    let timer: ReturnType<typeof setTimeout> | undefined
    try {
      await Promise.race([
        work,
        new Promise((_, reject) => {
          timer = setTimeout(() => {
            const late = new Error(`no answer within ${limit} ms`)
            controller.abort(late)
            reject(late)
          }, limit)
        }),
      ])
    } finally {
      clearTimeout(timer)
    }
  }

  /** Told when it changes, not at every probe. */
  #tell(result: CheckResult): void {
    const before = this.#last?.result.status ?? 'ok'
    if (result.status === before) return
    if (result.status === 'ok') this.#log.info({ check: this.#name }, 'ready again')
    else this.#log.warn({ check: this.#name, reason: result.reason }, 'not ready')
  }
}
