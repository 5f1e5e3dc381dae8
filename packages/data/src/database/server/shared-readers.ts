import pg from 'pg'
import { Connection, type Request, type Result, translated } from '../connection.ts'
import { sqlstateOf } from '../errors.ts'
import { type Known, took } from '../statements.ts'
import { cancelRequest } from './cancel-request.ts'

/** What may stand in line on one connection; above it statements go to the pool, whose own limits hold. */
const MAX_IN_LINE = 256
/** Longer than this nobody stands behind a statement: the server stops it, and it runs again on a connection of its own. */
const STATEMENT_MS = 100
/** A line that has not moved for so long is not joined. Not less than the server allows a statement: so long a busy event loop may take to notice. */
const STUCK_MS = 100
/** For so long a statement that was stopped is not sent here again. */
const SLOW_MS = 60_000
/** A line in which nothing moves for so long, although the server stops each statement far earlier, has lost its server. */
const LOST_MS = 2_000
/** Between two tries to connect. */
const PAUSE_MS = 250

/** Runs a statement on a connection of its own. */
type Elsewhere = () => Promise<Result>

/**
 * Connections on which reads of many requests follow each other without waiting for the answers. One slow statement would hold
 * up all behind it, so the server stops what takes more than a blink, and refuses what writes; both then run on a connection of
 * the pool, as does whatever stood behind them.
 */
export class SharedReaders {
  readonly #lines: readonly Line[]

  constructor(count: number, config: pg.ClientConfig) {
    this.#lines = Array.from({ length: count }, () => new Line(config))
  }

  /** Undefined where it must not or cannot run here. Where that shows only later, it runs `elsewhere`. */
  read(request: Request, known: Known, elsewhere: Elsewhere): Promise<Result> | undefined {
    const now = performance.now()
    if (known.name === undefined || !known.reads || known.slowUntil > now) return undefined
    let best: Line | undefined
    for (const line of this.#lines) {
      if (line.joinable(now) && (best === undefined || line.length < best.length)) best = line
    }
    return best?.read(request, known, elsewhere)
  }

  async close(): Promise<void> {
    await Promise.all(this.#lines.map((it) => it.close()))
  }
}

class Line {
  readonly #config: pg.ClientConfig
  /** What makes each one that stands in line leave it. */
  readonly #leave = new Set<() => void>()
  #connection: Connection | undefined
  #connecting: Promise<void> | undefined
  #triedAt = -Infinity
  #movedAt = 0
  #closed = false
  #gathering = false
  #watched = false

  constructor(config: pg.ClientConfig) {
    this.#config = config
  }

  get length(): number {
    return this.#leave.size
  }

  joinable(now: number): boolean {
    const connection = this.#connection
    if (connection === undefined || connection.lost !== undefined) {
      if (!this.#closed && this.#connecting === undefined && now - this.#triedAt > PAUSE_MS) void this.#connect(now)
      return false
    }
    const { length } = this
    return length === 0 || (length < MAX_IN_LINE && now - this.#movedAt < STUCK_MS)
  }

  read(request: Request, known: Known, elsewhere: Elsewhere): Promise<Result> {
    const connection = this.#connection!
    const alone = this.length === 0
    const start = performance.now()
    if (alone) this.#movedAt = start
    return new Promise((resolve, reject) => {
      const leave = (): void => {
        if (this.#leave.delete(leave)) resolve(elsewhere())
      }
      this.#leave.add(leave)
      if (!this.#watched) this.#watch()
      this.#gather(connection)
      connection.ask(request, known, (error, result) => {
        this.#movedAt = performance.now()
        if (error === undefined) took(known, this.#movedAt - start, alone)
        // Nobody gives this connection back, so there is no other moment to let go of statements that nobody asks any more.
        connection.tidy()
        if (error !== undefined && this.#mustLeave(error, connection, known)) leave()
        else if (!this.#leave.delete(leave)) return
        else if (error === undefined) resolve(result)
        else reject(error as Error)
      })
    })
  }

  /** One timer for a line rather than one for each read: a server that is frozen, or out of reach, answers and refuses nothing. */
  #watch(): void {
    this.#watched = true
    setTimeout(() => {
      this.#watched = false
      if (this.length === 0) return
      if (performance.now() - this.#movedAt < LOST_MS) this.#watch()
      else this.#connection?.destroy()
    }, LOST_MS).unref()
  }

  /**
   * What is asked in one turn of the event loop, by whichever requests, goes out in one write: twenty reads at once take two
   * thirds of the time on the processor that they took with a write each. Not at the end of the tick: each socket's is its own.
   */
  #gather({ client }: Connection): void {
    if (this.#gathering) return
    this.#gathering = true
    const { stream } = client.connection
    stream.cork()
    setImmediate(() => {
      this.#gathering = false
      stream.uncork()
    })
  }

  /** Whether a statement failed because it ran here: it never ran, or nothing of it remains. */
  #mustLeave(error: unknown, connection: Connection, known: Known): boolean {
    const state = sqlstateOf(error)
    if (state === '25006') {
      known.reads = false
      return true
    }
    if (state === '57014') {
      known.slowUntil = performance.now() + SLOW_MS
      for (const leave of this.#leave) leave()
      return true
    }
    // A plan that has grown stale is made anew there; a lost connection says nothing about the statement.
    return state === '0A000' || state === '26000' || state === '42P05' || translated(error, connection.lost) !== error
  }

  #connect(now: number): Promise<void> {
    this.#triedAt = now
    const client = new pg.Client(this.#config)
    const connection = new Connection(client, cancelRequest, undefined)
    this.#connecting = this.#prepare(connection).finally(() => (this.#connecting = undefined))
    return this.#connecting
  }

  async #prepare(connection: Connection): Promise<void> {
    try {
      await connection.client.connect()
      // Not as parameters of the start, which an address with parameters of its own would take the place of. What seems to read
      // by its text may call a function that writes: the server refuses that here.
      await connection.send({ text: `SET statement_timeout = ${STATEMENT_MS}; SET default_transaction_read_only = on` })
      if (this.#closed) connection.destroy()
      else this.#connection = connection
    } catch {
      // The pool meets the same and tells it to whoever waits.
      connection.destroy()
    }
  }

  async close(): Promise<void> {
    this.#closed = true
    await this.#connecting
    const connection = this.#connection
    if (connection === undefined || connection.lost !== undefined) return
    await connection.quiet(STATEMENT_MS * 2)
    await connection.client.end()
  }
}
