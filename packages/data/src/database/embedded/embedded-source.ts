import pg from 'pg'
import { Connection, messageOf } from '../connection.ts'
import { DatabaseUnavailable } from '../errors.ts'
import type { Lease, Source } from '../source.ts'
import { DirectoryLock } from './directory-lock.ts'
import { PgliteWorker, type PgliteStart } from './pglite-worker.ts'
import { ProtocolStream } from './protocol-stream.ts'

/** Settings of an embedded database, all of them decided. */
export interface EmbeddedSettings extends PgliteStart {
  readonly checkoutMs: number
  /** How long a statement that was given up may go on before, in a directory, its thread is ended and a new one begins. */
  readonly stuckMs?: number
  readonly report: (error: unknown, what: string) => void
}

/** A statement that was given up can't be stopped: the thread has no ear for it. */
const STUCK_MS = 10_000
/** A new thread is not begun again at once where the last one did not live. */
const PAUSE_MS = 1_000

interface Waiting {
  readonly take: () => void
}

/** PGlite in a thread of this process: one session, which one after another has for himself. */
export class EmbeddedSource implements Source {
  readonly kind = 'embedded'
  readonly #settings: EmbeddedSettings
  readonly #lock: DirectoryLock | undefined
  readonly #queue: Waiting[] = []
  readonly #ears = new Map<string, Set<(payload: string) => void>>()
  readonly #reconnected = new Set<() => void>()
  #worker: PgliteWorker | undefined
  #connection: Connection | undefined
  #busy = false
  #startedAt = -Infinity
  #closing: Promise<void> | undefined

  private constructor(settings: EmbeddedSettings, lock: DirectoryLock | undefined) {
    this.#settings = settings
    this.#lock = lock
  }

  /** @throws {DatabaseRefused} where another process has the directory, or PGlite can't open it. */
  static async open(settings: EmbeddedSettings): Promise<EmbeddedSource> {
    const lock = settings.directory === undefined ? undefined : await DirectoryLock.acquire(settings.directory)
    const source = new EmbeddedSource(settings, lock)
    try {
      await source.#start()
      return source
    } catch (error) {
      lock?.release()
      throw error
    }
  }

  async lease(signal: AbortSignal | undefined): Promise<Lease> {
    const connection = await this.#turn(signal)
    let released = false
    return {
      connection,
      release: () => {
        if (!released) void this.#giveBack(connection)
        released = true
      },
    }
  }

  async listen(channel: string, heard: (payload: string) => void, reconnected: () => void): Promise<AsyncDisposable> {
    const ears = this.#ears.get(channel) ?? new Set()
    this.#ears.set(channel, ears)
    // One function may listen twice, and each is disposed by itself.
    const ear = (payload: string): void => heard(payload)
    const again = (): void => reconnected()
    await this.#say(`LISTEN ${pg.escapeIdentifier(channel)}`)
    ears.add(ear)
    this.#reconnected.add(again)
    return {
      [Symbol.asyncDispose]: async () => {
        this.#reconnected.delete(again)
        if (!ears.delete(ear) || ears.size > 0 || this.#closing !== undefined) return
        await this.#say(`UNLISTEN ${pg.escapeIdentifier(channel)}`)
      },
    }
  }

  /** All data as they are between two transactions, for `snapshot` of another. */
  async snapshot(): Promise<Uint8Array> {
    const lease = await this.lease(undefined)
    try {
      return await this.#worker!.snapshot()
    } finally {
      lease.release()
    }
  }

  close(): Promise<void> {
    return (this.#closing ??= this.#close())
  }

  /** Ends the thread as a crash would, for tests. */
  async crash(): Promise<void> {
    await this.#worker?.terminate()
  }

  async #close(): Promise<void> {
    try {
      const connection = await this.#turn(undefined, true).catch(() => undefined)
      await connection?.client.end().catch(() => {})
      await this.#worker?.close()
    } finally {
      this.#lock?.release()
    }
  }

  async #say(text: string): Promise<void> {
    const lease = await this.lease(undefined)
    try {
      await lease.connection.run({ text }, undefined, { signal: undefined, timeoutMs: 0 })
    } finally {
      lease.release()
    }
  }

  async #turn(signal: AbortSignal | undefined, last = false): Promise<Connection> {
    if (this.#closing !== undefined && !last) throw new DatabaseUnavailable('The database is closed')
    if (this.#busy) await this.#wait(signal, last)
    this.#busy = true
    const connection = this.#connection
    if (connection !== undefined && connection.lost === undefined) return connection
    try {
      if (last) throw new DatabaseUnavailable('The database is closed')
      return await this.#restart()
    } catch (error) {
      this.#next()
      throw error
    }
  }

  #wait(signal: AbortSignal | undefined, last: boolean): Promise<void> {
    const { checkoutMs } = this.#settings
    return new Promise((resolve, reject) => {
      const leave = (error: unknown): void => {
        const at = this.#queue.indexOf(waiting)
        if (at >= 0) this.#queue.splice(at, 1)
        over()
        reject(error)
      }
      const over = (): void => {
        clearTimeout(timer)
        signal?.removeEventListener('abort', aborted)
      }
      const aborted = (): void => leave(signal?.reason)
      const late = (): void => {
        const text = `The embedded database, which has one session, was not free within ${checkoutMs} ms: a transaction or a statement holds it`
        leave(new DatabaseUnavailable(text))
      }
      const timer = last ? undefined : setTimeout(late, checkoutMs)
      const waiting: Waiting = {
        take: () => {
          over()
          resolve()
        },
      }
      if (signal?.aborted) return aborted()
      signal?.addEventListener('abort', aborted)
      this.#queue.push(waiting)
      return undefined
    })
  }

  #next(): void {
    this.#busy = false
    const next = this.#queue.shift()
    if (next === undefined) return
    // Its own from this moment, or whoever comes between would take it.
    this.#busy = true
    next.take()
  }

  async #giveBack(connection: Connection): Promise<void> {
    if (!connection.idle && connection.lost === undefined) {
      const { directory, stuckMs = STUCK_MS, report } = this.#settings
      const stuck = directory !== undefined && !(await connection.quiet(stuckMs))
      if (stuck) {
        report(new Error(`a statement did not end within ${stuckMs} ms after it was given up`), 'the embedded database is restarted')
        await this.#worker?.terminate()
      }
      // What is in memory would be lost with its thread: there everybody waits.
      while (connection.lost === undefined && !(await connection.quiet(STUCK_MS)));
    }
    if (connection.lost === undefined) {
      if (!connection.outsideTransaction) await connection.end('ROLLBACK', 0).catch(() => {})
      connection.tidy()
    }
    this.#next()
  }

  async #restart(): Promise<Connection> {
    const { directory } = this.#settings
    if (directory === undefined) {
      throw new DatabaseUnavailable(`The embedded database in memory has ended, and its data with it: ${messageOf(this.#connection?.lost)}`)
    }
    if (performance.now() - this.#startedAt < PAUSE_MS)
      throw new DatabaseUnavailable('The embedded database has ended; it is about to begin again')
    try {
      const connection = await this.#start()
      for (const reconnected of this.#reconnected) reconnected()
      return connection
    } catch (error) {
      throw new DatabaseUnavailable(`The embedded database can't begin again: ${messageOf(error)}`, error)
    }
  }

  async #start(): Promise<Connection> {
    this.#startedAt = performance.now()
    const worker = await PgliteWorker.start(this.#settings)
    worker.onEnd((error) => this.#settings.report(error, 'the embedded database has ended'))
    const client = new pg.Client({ user: 'postgres', database: 'postgres', pipeline: true, stream: () => new ProtocolStream(worker) })
    // Nothing on the way could interrupt it: there is one thread, and it is busy.
    const connection = new Connection(client, async () => {}, undefined)
    client.on('notification', ({ channel, payload }) => this.#hear(channel, payload ?? ''))
    await client.connect()
    for (const [channel, ears] of this.#ears) if (ears.size > 0) await connection.send({ text: `LISTEN ${pg.escapeIdentifier(channel)}` })
    this.#worker = worker
    return (this.#connection = connection)
  }

  #hear(channel: string, payload: string): void {
    for (const ear of this.#ears.get(channel) ?? []) {
      try {
        ear(payload)
      } catch (error) {
        this.#settings.report(error, 'a listener of the database threw')
      }
    }
  }
}
