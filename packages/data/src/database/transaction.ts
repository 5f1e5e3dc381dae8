import type { Request, Result } from './connection.ts'
import type { QueryOptions, Session, TransactionOptions } from './contract.ts'
import { here, inside } from './ambient.ts'
import { sqlstateOf, TransactionError } from './errors.ts'
import { Scope } from './scope.ts'
import type { Lease } from './source.ts'
import type { SqlEngine } from './sql-engine.ts'

/** One transaction on a connection of its own, from BEGIN to its end. */
export class Transaction {
  readonly engine: SqlEngine
  readonly options: TransactionOptions
  readonly #lease: Lease
  readonly #signal: AbortSignal | undefined
  readonly #idleMs: number
  #idle: ReturnType<typeof setTimeout> | undefined
  #underWay = 0
  #over = false
  #fail!: (error: unknown) => void
  /** Rejects when the transaction is given up while its work still runs. */
  readonly #givenUp: Promise<never>
  /** Why it was given up; whatever is asked afterwards is refused with this. */
  failure: { readonly error: unknown } | undefined

  constructor(engine: SqlEngine, lease: Lease, options: TransactionOptions, signal: AbortSignal | undefined, idleMs: number) {
    this.engine = engine
    this.options = options
    this.#lease = lease
    this.#signal = signal
    this.#idleMs = idleMs
    this.#givenUp = new Promise((_, reject) => (this.#fail = reject))
    // Nobody may be waiting for it any more.
    this.#givenUp.catch(() => {})
  }

  /** Commits what `work` did, or takes it back. Gives the lease back either way. */
  async run<T>(work: (session: Session) => Promise<T>): Promise<{ readonly value: T; readonly scope: Scope }> {
    const { timeoutMs } = this.options
    const signal = this.#signal
    const aborted = (): void => this.#giveUp(signal?.reason)
    const timer =
      timeoutMs === undefined || timeoutMs === 0
        ? undefined
        : setTimeout(() => {
            const fix = 'give it a longer timeoutMs, or do less in it'
            this.#giveUp(new TransactionError('transaction-timeout', `The transaction did not end within ${timeoutMs} ms`, fix))
          }, timeoutMs)
    const scope = new Scope(this, undefined)
    try {
      await this.#send(beginOf(this.options))
      signal?.addEventListener('abort', aborted)
      if (signal?.aborted) throw signal.reason
      this.#watch()
      const value = await Promise.race([inside({ up: here(), scope }, () => work(scope)), this.#givenUp])
      scope.end()
      await this.#commit()
      return { value, scope }
    } catch (error) {
      scope.end()
      await this.#rollBack()
      throw error
    } finally {
      this.#over = true
      clearTimeout(timer)
      clearTimeout(this.#idle)
      signal?.removeEventListener('abort', aborted)
      this.#lease.release()
    }
  }

  /** A savepoint: what `work` rejects with takes back what happened since. */
  async nest<T>(outer: Scope, work: (session: Session) => Promise<T>): Promise<T> {
    outer.usable('an inner transaction')
    const scope = new Scope(this, outer)
    outer.inner = scope
    const name = `plinth_${scope.depth}`
    try {
      await this.execute({ text: `SAVEPOINT ${name}` }, {}, false)
      let value: T
      try {
        value = await inside({ up: here(), scope }, () => work(scope))
        scope.end()
        await this.#release(name)
      } catch (error) {
        scope.end()
        if (this.failure === undefined) await this.#send(`ROLLBACK TO SAVEPOINT ${name}; RELEASE SAVEPOINT ${name}`)
        throw error
      }
      outer.effects.push(...scope.effects)
      return value
    } finally {
      outer.inner = undefined
    }
  }

  async execute(request: Request, options: QueryOptions, often: boolean): Promise<Result> {
    if (this.failure !== undefined) throw this.failure.error
    clearTimeout(this.#idle)
    this.#underWay++
    try {
      return await this.engine.sendOn(
        this.#lease.connection,
        request,
        { timeoutMs: options.timeoutMs, signal: options.signal ?? this.#signal },
        often,
      )
    } finally {
      if (--this.#underWay === 0) this.#watch()
    }
  }

  /** Waits for work that asks nothing more: it would hold its locks, and a connection, for ever. */
  #watch(): void {
    const ms = this.#idleMs
    if (ms === 0 || this.#over || this.failure !== undefined) return
    this.#idle = setTimeout(() => {
      const fix = 'end it before waiting for something else, or raise idleMs'
      this.#giveUp(new TransactionError('transaction-idle', `A transaction asked nothing for ${ms} ms, so it was taken back`, fix))
    }, ms)
  }

  #giveUp(error: unknown): void {
    if (this.failure !== undefined) return
    this.failure = { error }
    this.#lease.connection.interrupt()
    this.#fail(error)
  }

  async #commit(): Promise<void> {
    clearTimeout(this.#idle)
    if (this.failure !== undefined) throw this.failure.error
    // Nothing interrupts it: whoever stopped waiting could not say whether it happened.
    const { command } = await this.#lease.connection.end('COMMIT', this.engine.endMs)
    if (command !== 'COMMIT') throw swallowed()
  }

  async #release(name: string): Promise<void> {
    if (this.failure !== undefined) throw this.failure.error
    try {
      await this.#send(`RELEASE SAVEPOINT ${name}`)
    } catch (error) {
      throw sqlstateOf(error) === '25P02' ? swallowed(error) : error
    }
  }

  /**
   * Waited for, so that whoever is told of a failure and asks again at once does not meet the locks of what failed. Not where the
   * transaction was given up: the statement that it hangs in may be long in ending, and the connection is given back only then.
   */
  async #rollBack(): Promise<void> {
    const ended = this.#lease.connection.end('ROLLBACK', this.engine.endMs).catch(() => {})
    if (this.failure === undefined) await ended
  }

  #send(text: string): Promise<Result> {
    return this.#lease.connection.run({ text }, undefined, { signal: undefined, timeoutMs: this.engine.timeoutMs })
  }
}

function beginOf({ isolation, readOnly }: TransactionOptions): string {
  return `BEGIN${isolation === undefined ? '' : ` ISOLATION LEVEL ${isolation.toUpperCase()}`}${readOnly === true ? ' READ ONLY' : ''}`
}

function swallowed(cause?: unknown): TransactionError {
  return new TransactionError(
    'transaction-aborted',
    'A statement failed inside the transaction and its error was caught, so that nothing of the transaction remains',
    'let the error through, or put the statement that may fail into an inner transaction(…)',
    cause,
  )
}

/** SQLSTATE 40001 and 40P01: the same work may well succeed when it runs again. */
export function worthRetrying(error: unknown): boolean {
  const state = sqlstateOf(error)
  return state === '40001' || state === '40P01'
}
