import pg from 'pg'
import { Connection, messageOf, type Request, type Result } from '../connection.ts'
import { DatabaseRefused, DatabaseUnavailable } from '../errors.ts'
import type { Lease, Source } from '../source.ts'
import type { Known } from '../statements.ts'
import { cancelRequest } from './cancel-request.ts'
import { Listener } from './listener.ts'
import { SharedReaders } from './shared-readers.ts'

/** Settings of the connections to a server, all of them decided. */
export interface ServerSettings {
  readonly url: string
  readonly poolSize: number
  readonly prepare: boolean
  readonly timeoutMs: number
  readonly checkoutMs: number
  readonly idleMs: number
  readonly report: (error: unknown, what: string) => void
}

/** Connections that reads share. Each is a process on the server, and one process answers 60,000 short reads a second. */
const READERS = 2
/** For so long after a refused connection nobody tries another, so that a server that comes back is not run over. */
const PAUSE_MS = 100
/** What is stopped must end within this, or its connection is given up. */
const QUIET_MS = 3_000

/** PostgreSQL on a server: a pool, and a few connections on which short reads follow each other without waiting. */
export class ServerSource implements Source {
  readonly kind = 'server'
  readonly #settings: ServerSettings
  readonly #config: pg.ClientConfig
  readonly #pool: pg.Pool
  readonly #connections = new WeakMap<object, Connection>()
  readonly #readers: SharedReaders
  readonly #listener: Listener
  #refusedAt = -Infinity
  #refused: unknown
  #closing: Promise<void> | undefined

  constructor(settings: ServerSettings) {
    const { url, poolSize, prepare, timeoutMs, checkoutMs, idleMs, report } = settings
    this.#settings = settings
    this.#config = {
      ...addressOf(url),
      // What one connection is asked goes out at once, in order: a transaction need not wait for each answer.
      pipeline: true,
      connectionTimeoutMillis: checkoutMs,
      keepAlive: true,
    }
    const serverLimit = timeoutMs === 0 || !prepare ? undefined : timeoutMs + 1_000
    // The client stops what takes too long; the server does so itself where the client is gone. A little later, so that the
    // client's word comes first. A pooler refuses these at the start.
    const limits =
      serverLimit === undefined
        ? {}
        : { statement_timeout: serverLimit, idle_in_transaction_session_timeout: idleMs === 0 ? 0 : idleMs + 5_000 }
    this.#pool = new pg.Pool({ ...this.#config, ...limits, max: poolSize, idleTimeoutMillis: 30_000 })
    this.#pool.on('error', (error: unknown) => report(error, 'an idle connection to the database was lost'))
    this.#pool.on('connect', (client) => {
      const connection = new Connection(client as pg.Client, cancelRequest, serverLimit)
      this.#connections.set(client, connection)
    })
    this.#readers = new SharedReaders(READERS, this.#config)
    this.#listener = new Listener(() => new pg.Client(this.#config), report)
  }

  /** Connections that the pool has now, for tests and metrics. */
  get size(): { readonly total: number; readonly idle: number; readonly waiting: number } {
    return { total: this.#pool.totalCount, idle: this.#pool.idleCount, waiting: this.#pool.waitingCount }
  }

  async lease(signal: AbortSignal | undefined): Promise<Lease> {
    if (this.#closing !== undefined) throw new DatabaseUnavailable('The database is closed')
    if (this.#pool.idleCount === 0 && performance.now() - this.#refusedAt < PAUSE_MS) throw this.#unavailable(this.#refused)
    const client = await this.#checkout(signal)
    const connection = this.#connections.get(client)!
    return { connection, release: () => this.#release(client, connection) }
  }

  read(request: Request, known: Known, elsewhere: () => Promise<Result>): Promise<Result> | undefined {
    return this.#closing === undefined ? this.#readers.read(request, known, elsewhere) : undefined
  }

  listen(channel: string, heard: (payload: string) => void, reconnected: () => void): Promise<AsyncDisposable> {
    return this.#listener.listen(channel, heard, reconnected)
  }

  close(): Promise<void> {
    return (this.#closing ??= this.#close())
  }

  async #close(): Promise<void> {
    await Promise.all([this.#pool.end(), this.#readers.close(), this.#listener.close()])
  }

  async #checkout(signal: AbortSignal | undefined): Promise<pg.PoolClient> {
    let checkout: Promise<pg.PoolClient>
    try {
      checkout = this.#pool.connect()
      return await (signal === undefined ? checkout : this.#unlessAborted(checkout, signal))
    } catch (error) {
      if (signal?.aborted && error === signal.reason) throw error
      throw this.#unavailable(error)
    }
  }

  #unlessAborted(checkout: Promise<pg.PoolClient>, signal: AbortSignal): Promise<pg.PoolClient> {
    return new Promise((resolve, reject) => {
      const aborted = (): void => {
        checkout.then((late) => late.release()).catch(() => {})
        reject(signal.reason)
      }
      if (signal.aborted) return aborted()
      signal.addEventListener('abort', aborted)
      checkout
        .finally(() => signal.removeEventListener('abort', aborted))
        .then((client) => (signal.aborted ? undefined : resolve(client)), reject)
      return undefined
    })
  }

  #unavailable(error: unknown): DatabaseUnavailable {
    const message = messageOf(error)
    if (message.startsWith('timeout exceeded')) {
      const { poolSize, checkoutMs } = this.#settings
      const text = `None of the ${poolSize} connections to the database became free within ${checkoutMs} ms`
      return new DatabaseUnavailable(text, error)
    }
    if (performance.now() - this.#refusedAt >= PAUSE_MS) {
      this.#refusedAt = performance.now()
      this.#refused = error
    }
    return new DatabaseUnavailable(`The database can't be reached: ${message}`, error)
  }

  #release(client: pg.PoolClient, connection: Connection): void {
    if (connection.idle && connection.lost === undefined) return this.#giveBack(client, connection)
    void connection.quiet(QUIET_MS).then((quiet) => {
      if (!quiet) connection.destroy()
      this.#giveBack(client, connection)
    })
  }

  #giveBack(client: pg.PoolClient, connection: Connection): void {
    // Whoever wrote BEGIN by hand and never ended it must not leave that to the next one.
    if (connection.lost !== undefined || !connection.outsideTransaction) {
      connection.destroy()
      return client.release(true)
    }
    connection.tidy()
    client.release()
  }
}

function addressOf(url: string): pg.ClientConfig {
  let protocol: string | undefined
  try {
    protocol = new URL(url).protocol
  } catch {
    // Told below, without the text, which may hold a password.
  }
  if (protocol !== 'postgres:' && protocol !== 'postgresql:') {
    const fix = 'write it as postgres://user:password@host:5432/name'
    throw new DatabaseRefused('database-address', 'The address of the database is no postgres:// address', fix)
  }
  return { connectionString: url, fallback_application_name: 'plinth' }
}
