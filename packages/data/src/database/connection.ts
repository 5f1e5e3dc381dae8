import type pg from 'pg'
import { DatabaseUnavailable, QueryTimeout, sqlstateOf } from './errors.ts'
import type { Known } from './statements.ts'

/** What is sent: a statement, or without `values` a script. */
export interface Request {
  readonly text: string
  readonly values?: readonly unknown[]
  readonly rowMode?: 'array'
  readonly types?: pg.CustomTypesConfig
}

export type Result = pg.QueryResult<{ [column: string]: unknown }>

/** What ends a statement before it has ended by itself. */
export interface Limits {
  readonly signal: AbortSignal | undefined
  /** 0 for none. */
  readonly timeoutMs: number
}

/** What `pg` keeps and its types do not tell: the statements that this connection has prepared, by name. */
interface Prepared {
  readonly connection: { readonly parsedStatements: { [name: string]: string | undefined } }
}

/** Statements that one connection keeps prepared; the server pays some kilobytes for each. */
const MAX_PREPARED = 256

/** Says that a plan of a prepared statement does not fit the tables any more, or that the statement is gone. */
const stale: ReadonlySet<string> = new Set(['0A000', '26000', '42P05'])

/** One connection: what is under way on it, what it has prepared, and how a statement on it is stopped. */
export class Connection {
  readonly client: pg.Client
  readonly #interrupt: (client: pg.Client) => Promise<void>
  /** Names in the order of their last use. */
  readonly #prepared = new Set<string>()
  readonly #ended = new Set<() => void>()
  #underWay = 0
  #cancelling: Promise<void> | undefined
  #serverLimit: number | undefined
  /** Names to let go of on the server. */
  readonly #forget = new Set<string>()
  /** The server's own limit, while a longer one stands there; else 0. */
  #raised = 0
  /** Why it can't be used any more. */
  lost: unknown

  /** `serverLimit`: the statement timeout that the server itself keeps here, if it does. */
  constructor(client: pg.Client, interrupt: (client: pg.Client) => Promise<void>, serverLimit: number | undefined) {
    this.client = client
    this.#interrupt = interrupt
    this.#serverLimit = serverLimit
    client.on('error', (error: unknown) => (this.lost ??= error))
    client.on('end', () => (this.lost ??= new Error('the connection has ended')))
  }

  get idle(): boolean {
    return this.#underWay === 0 && this.#cancelling === undefined
  }

  /** Sends a statement; rejects with errors of ours where the connection, a limit or the signal is at fault. */
  run(request: Request, known: Known | undefined, { signal, timeoutMs }: Limits): Promise<Result> {
    if (signal?.aborted) return Promise.reject(signal.reason)
    if (this.#serverLimit !== undefined && (timeoutMs === 0 || timeoutMs > this.#serverLimit)) this.#raise(timeoutMs)
    return new Promise((resolve, reject) => {
      const finish = (): void => {
        clearTimeout(timer)
        signal?.removeEventListener('abort', aborted)
      }
      const stop = (reason: unknown): void => {
        finish()
        reject(reason)
        this.interrupt()
      }
      const aborted = (): void => stop(signal?.reason)
      const timer = timeoutMs === 0 ? undefined : setTimeout(() => stop(new QueryTimeout(timeoutMs)), timeoutMs)
      signal?.addEventListener('abort', aborted)
      this.ask(request, known, (error, result) => {
        finish()
        if (error === undefined) resolve(result)
        else reject(translated(error, this.lost))
      })
    })
  }

  /** Sends without any limit and gives errors as they come. */
  send(request: Request): Promise<Result> {
    return new Promise((resolve, reject) => {
      this.ask(request, undefined, (error, result) => (error === undefined ? resolve(result) : reject(error)))
    })
  }

  /** {@link send} with a callback, since each promise on the way of a short read is felt. `error` is undefined for an answer. */
  ask({ text, values, rowMode, types }: Request, known: Known | undefined, done: (error: unknown, result: Result) => void): void {
    const name = known === undefined ? undefined : this.#nameOf(text, known)
    this.#underWay++
    const answered = (error: Error | null | undefined, result: Result): void => {
      if (--this.#underWay === 0) for (const ended of this.#ended) ended()
      if (!error) return done(undefined, result)
      if (name !== undefined && stale.has(sqlstateOf(error) ?? '')) this.#drop(name)
      done(error, result)
    }
    this.client.query({ text, values, rowMode, types, name } as unknown as pg.QueryConfig, answered as never)
  }

  /** COMMIT or ROLLBACK: not stopped, but after `ms` (0: never) the connection is given up. */
  async end(text: 'COMMIT' | 'ROLLBACK', ms: number): Promise<Result> {
    const timer = ms === 0 ? undefined : setTimeout(() => this.destroy(), ms)
    try {
      return await this.send({ text })
    } catch (error) {
      const known = translated(error, this.lost)
      if (text === 'ROLLBACK' || !(known instanceof DatabaseUnavailable)) throw known
      throw new DatabaseUnavailable('The connection was lost while a transaction was committed: it may have happened or not', error)
    } finally {
      clearTimeout(timer)
    }
  }

  /** Tells the server to stop what is under way here. */
  interrupt(): void {
    if (this.#underWay === 0 || this.lost !== undefined) return
    this.#cancelling ??= this.#interrupt(this.client).finally(() => (this.#cancelling = undefined))
  }

  /** Whether nothing is under way any more, within `ms`. */
  async quiet(ms: number): Promise<boolean> {
    await this.#cancelling
    if (this.#underWay === 0) return true
    return new Promise((resolve) => {
      const over = (quiet: boolean) => (): void => {
        clearTimeout(timer)
        this.#ended.delete(ended)
        resolve(quiet)
      }
      const ended = over(true)
      const timer = setTimeout(over(false), ms)
      this.#ended.add(ended)
    })
  }

  /** Leaves the connection as whoever comes next expects it. Nothing waits for this: what comes next is answered behind it. */
  tidy(): void {
    const prepared = this.#prepared
    for (const name of prepared) {
      if (prepared.size <= MAX_PREPARED) break
      this.#drop(name)
    }
    for (const name of this.#forget) this.#quietly(`DEALLOCATE "${name}"`)
    this.#forget.clear()
    if (this.#raised === 0) return
    this.#quietly('RESET statement_timeout')
    this.#serverLimit = this.#raised
    this.#raised = 0
  }

  /** Whether the server says that no transaction is open. */
  get outsideTransaction(): boolean {
    return this.client.getTransactionStatus() === 'I'
  }

  /** Ends at once, whatever is under way. */
  destroy(): void {
    this.lost ??= new Error('the connection was given up')
    this.client.connection.stream.destroy()
  }

  #raise(timeoutMs: number): void {
    this.#raised ||= this.#serverLimit ?? 0
    this.#serverLimit = timeoutMs === 0 ? Infinity : timeoutMs
    this.#quietly(`SET statement_timeout = ${timeoutMs}`)
  }

  #quietly(text: string): void {
    this.send({ text }).catch(() => {})
  }

  #nameOf(text: string, known: Known): string | undefined {
    const { name } = known
    if (name === undefined || this.#forget.has(name)) return undefined
    this.#prepared.delete(name)
    this.#prepared.add(name)
    const there = (this.client as unknown as Prepared).connection.parsedStatements[name]
    return there === undefined || there === text ? name : undefined
  }

  /** Prepared anew at the next use. The server's own is let go later: in a transaction that has failed it can't be. */
  #drop(name: string): void {
    this.#prepared.delete(name)
    delete (this.client as unknown as Prepared).connection.parsedStatements[name]
    this.#forget.add(name)
  }
}

/** 57P01 to 57P03: the server is stopping or starting. 53300: too many connections. Class 08: the connection itself. */
const away = /^(?:57P0[1-4]|53300|08...)$/

/** Errors of the driver and of the server in words of ours, where they are not about the statement. */
export function translated(error: unknown, lost: unknown): unknown {
  const state = sqlstateOf(error)
  if (state === '57014') return new QueryTimeout(undefined, error)
  if (state !== undefined ? away.test(state) : lost !== undefined) {
    return new DatabaseUnavailable(`The database can't be reached: ${messageOf(error)}`, error)
  }
  return error
}

export function messageOf(error: unknown): string {
  // Where a name has several addresses, Node gathers the errors of each and leaves the message empty.
  if (error instanceof AggregateError && error.message === '') return error.errors.map(messageOf).join('; ')
  return error instanceof Error ? error.message : String(error)
}

/** Whether a prepared statement has grown stale, so that the same statement may be sent again. */
export function isStale(error: unknown): boolean {
  const state = sqlstateOf(error)
  return state === '0A000' ? /cached plan/.test(messageOf(error)) : state === '26000'
}
