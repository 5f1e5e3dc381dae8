import { inside, requestSignal, scopeBehindBarrier, scopeHere } from './ambient.ts'
import { type Connection, isStale, type Request, type Result } from './connection.ts'
import type { Engine, QueryOptions, Row, Session, Statement, TransactionOptions } from './contract.ts'
import { DatabaseUnavailable, QueryTimeout, TransactionError } from './errors.ts'
import { checkNested, type Effect } from './scope.ts'
import type { Source } from './source.ts'
import { type Known, Statements, took } from './statements.ts'
import { Transaction, worthRetrying } from './transaction.ts'

/** Settings that both kinds of engine share, all of them decided. */
export interface CommonSettings {
  readonly timeoutMs: number
  readonly idleMs: number
  readonly prepare: boolean
  readonly report: (error: unknown, what: string) => void
}

/** How long a COMMIT or ROLLBACK may hang before the connection is given up, beyond what a statement may take. */
const END_GRACE_MS = 5_000
/** A statement that must be quicker than this has a connection of its own, where it can be stopped. */
const SHARED_MS = 1_000
const RETRY_MS = 10
const LONGEST_RETRY_MS = 1_000

const open = new Set<SqlEngine>()

/** Every engine of this process that is open. */
export function openEngines(): ReadonlySet<SqlEngine> {
  return open
}

/** Both engines: what is asked, with what limits, in which transaction. Where connections come from is the source's. */
export class SqlEngine implements Engine {
  readonly kind: 'embedded' | 'server'
  readonly timeoutMs: number
  /** Milliseconds for COMMIT and ROLLBACK; 0 where the database can't be left alone with them. */
  readonly endMs: number
  readonly source: Source
  readonly #settings: CommonSettings
  readonly #statements: Statements
  #closing: Promise<void> | undefined

  constructor(source: Source, settings: CommonSettings) {
    this.kind = source.kind
    this.source = source
    this.timeoutMs = settings.timeoutMs
    this.endMs = source.kind === 'server' && settings.timeoutMs !== 0 ? settings.timeoutMs + END_GRACE_MS : 0
    this.#settings = settings
    this.#statements = new Statements(settings.prepare)
    open.add(this)
  }

  async query({ text, values, name }: Statement, options: QueryOptions = {}): Promise<readonly Row[]> {
    try {
      return (await this.#ask({ text, values }, options, name !== undefined)).rows
    } catch (error) {
      throw traced(error)
    }
  }

  async script(text: string, options: QueryOptions = {}): Promise<void> {
    const limits = { timeoutMs: options.timeoutMs ?? 0, signal: options.signal }
    const scope = scopeHere(this)
    if (scope !== undefined) return scope.script(text, limits)
    await this.#alone(limits, async (connection) => {
      try {
        await this.sendOn(connection, { text }, limits, false)
      } catch (error) {
        // It may have begun a transaction before it failed.
        connection.end('ROLLBACK', this.endMs).catch(() => {})
        throw error
      }
    })
  }

  /** The whole of what `pg` gives, for Drizzle. */
  async execute(request: Request, options: QueryOptions, often = false): Promise<Result> {
    try {
      return await this.#ask(request, options, often)
    } catch (error) {
      throw traced(error)
    }
  }

  #ask(request: Request, options: QueryOptions, often: boolean): Promise<Result> {
    const scope = scopeHere(this)
    if (scope !== undefined) return scope.execute(request, options, often)
    const known = this.#statements.use(request.text, often)
    const elsewhere = (): Promise<Result> => this.#askAlone(request, known, options)
    if (known === undefined || (options.timeoutMs ?? this.timeoutMs) < SHARED_MS) return elsewhere()
    // Whoever went away is not told: the answer of a read that ends in a blink is not worth stopping.
    return this.source.read?.(request, known, elsewhere) ?? elsewhere()
  }

  #askAlone(request: Request, known: Known | undefined, options: QueryOptions): Promise<Result> {
    return this.#alone(options, async (connection) => {
      const limits = this.#limits(options)
      const start = performance.now()
      try {
        const result = await connection.run(request, known, limits)
        if (known?.reads === true) took(known, performance.now() - start, true)
        return result
      } catch (error) {
        if (!isStale(error)) throw error
        // Tables have changed since the statement was prepared. It did nothing yet, and is prepared anew.
        return connection.run(request, known, limits)
      }
    })
  }

  /** On a connection that one has already. */
  sendOn(connection: Connection, request: Request, options: QueryOptions, often: boolean): Promise<Result> {
    const known = request.values === undefined ? undefined : this.#statements.use(request.text, often)
    return connection.run(request, known, this.#limits(options))
  }

  async transaction<T>(options: TransactionOptions, work: (session: Session) => Promise<T>): Promise<T> {
    const outer = scopeHere(this)
    if (outer !== undefined) {
      outer.usable('an inner transaction')
      checkNested(outer.transaction.options, options)
      return outer.transaction.nest(outer, work)
    }
    const signal = bothSignals(options.signal, requestSignal())
    for (let attempt = 0; ; attempt++) {
      try {
        const { value, scope } = await this.#once(options, signal, work)
        await this.#effects(scope.effects)
        return value
      } catch (error) {
        if (attempt >= (options.retries ?? 0) || !worthRetrying(error) || signal?.aborted) throw error
        // Whoever met once would meet again without a part of chance.
        const most = Math.min(RETRY_MS * 2 ** attempt, LONGEST_RETRY_MS)
        await new Promise((resolve) => setTimeout(resolve, most * (0.5 + Math.random() / 2)))
      }
    }
  }

  listen(channel: string, heard: (payload: string) => void, reconnected: () => void = () => {}): Promise<AsyncDisposable> {
    return this.source.listen(channel, heard, reconnected)
  }

  async ready(signal?: AbortSignal): Promise<void> {
    await inside(undefined, () =>
      this.#alone(signal === undefined ? {} : { signal }, (connection) =>
        connection.run({ text: 'SELECT 1' }, undefined, { signal, timeoutMs: this.timeoutMs }),
      ),
    )
  }

  close(): Promise<void> {
    open.delete(this)
    return (this.#closing ??= this.source.close())
  }

  /** Runs an effect of a commit; what it throws is told, since what it followed upon stands. */
  async effect(effect: Effect): Promise<void> {
    try {
      // Not in the request's ring: that may be over, and its signal would stop what the effect asks.
      await inside(undefined, effect)
    } catch (error) {
      this.#settings.report(error, 'an effect after a commit failed')
    }
  }

  async #effects(effects: readonly Effect[]): Promise<void> {
    for (const effect of effects) await this.effect(effect)
  }

  async #once<T>(
    options: TransactionOptions,
    signal: AbortSignal | undefined,
    work: (session: Session) => Promise<T>,
  ): ReturnType<typeof Transaction.prototype.run<T>> {
    const lease = await this.#lease(signal)
    return new Transaction(this, lease, options, signal, this.#settings.idleMs).run(work)
  }

  async #alone<T>(options: QueryOptions, work: (connection: Connection) => Promise<T>): Promise<T> {
    const lease = await this.#lease(this.#limits(options).signal)
    try {
      return await work(lease.connection)
    } finally {
      lease.release()
    }
  }

  #lease(signal: AbortSignal | undefined): ReturnType<Source['lease']> {
    if (this.#closing !== undefined) return Promise.reject(new DatabaseUnavailable('The database is closed'))
    if (this.kind === 'embedded' && scopeBehindBarrier(this) !== undefined) {
      throw new TransactionError(
        'transaction-deadlock',
        'A statement outside the transaction would wait for that transaction, which waits for the statement: an embedded database has one session',
        'do it inside the transaction or after it, or use a server by setting DATABASE_URL',
      )
    }
    return this.source.lease(signal)
  }

  #limits({ signal, timeoutMs }: QueryOptions): { readonly signal: AbortSignal | undefined; readonly timeoutMs: number } {
    return { signal: signal ?? requestSignal(), timeoutMs: timeoutMs ?? this.timeoutMs }
  }
}

/** What the driver fails with was made far from whoever asked: the stack shall lead there. */
function traced(error: unknown): unknown {
  if (error instanceof Error && (error.name === 'error' || error instanceof DatabaseUnavailable || error instanceof QueryTimeout)) {
    Error.captureStackTrace(error, traced)
  }
  return error
}

function bothSignals(a: AbortSignal | undefined, b: AbortSignal | undefined): AbortSignal | undefined {
  if (a === undefined || b === undefined || a === b) return a ?? b
  return AbortSignal.any([a, b])
}
