/** One row of a result, by the names of its columns; values as `pg` types them. */
export interface Row {
  readonly [column: string]: unknown
}

/** One statement of SQL and what is bound to `$1`, `$2`, … */
export interface Statement {
  readonly text: string
  readonly values: readonly unknown[]
  /**
   * Says that the statement is asked often: each connection prepares it at its first use. Others are prepared at their second.
   * The engine tells statements apart by their text, so two of one name do not get into each other's way.
   */
  readonly name?: string
}

/** What holds for one statement or script. */
export interface QueryOptions {
  /** Ends the statement when it aborts; the query then rejects with the signal's reason. The request's own is heard anyway. */
  readonly signal?: AbortSignal | undefined
  /** In milliseconds; 0 for no limit. Default: the engine's, 5,000; a script has none. */
  readonly timeoutMs?: number | undefined
}

/** What statements can be sent to: the whole database, or one transaction of it. */
export interface Session {
  /**
   * @throws {DatabaseUnavailable} where the database can't be reached or has no connection free in time.
   * @throws {QueryTimeout} where the statement took too long.
   * @throws what PostgreSQL says, with its SQLSTATE as `code`.
   */
  query(statement: Statement, options?: QueryOptions): Promise<readonly Row[]>
  /** Several statements at once, without values. */
  script(text: string, options?: QueryOptions): Promise<void>
}

/** How a transaction runs. Of one that stands inside another only `isolation` counts; the rest is the outer one's. */
export interface TransactionOptions {
  /** Default false. */
  readonly readOnly?: boolean
  /** Default the database's own, `read committed` as it comes. Asked for inside a transaction that promises less, it is refused. */
  readonly isolation?: 'read committed' | 'repeatable read' | 'serializable'
  /** How often the work runs again after a serialization failure or a deadlock (SQLSTATE 40001, 40P01). Default 0. */
  readonly retries?: number
  /** Ends the transaction when it aborts: nothing of it remains. The request's own is heard anyway. */
  readonly signal?: AbortSignal | undefined
  /** How long the whole transaction may take, in milliseconds. Default without limit. */
  readonly timeoutMs?: number | undefined
}

/**
 * A PostgreSQL, on a server or in this process. Its methods join the transaction that is under way in the same asynchronous
 * context, if there is one.
 */
export interface Engine extends Session {
  readonly kind: 'embedded' | 'server'
  /**
   * Runs `work` in a transaction, or in a savepoint of the one that is under way; what `work` rejects with takes it back.
   * @throws {TransactionError} for a misuse: a statement after its end, savepoints side by side, nothing asked for too long.
   */
  transaction<T>(options: TransactionOptions, work: (session: Session) => Promise<T>): Promise<T>
  /**
   * Hears what `NOTIFY` sends on a channel until it is disposed. While the connection is lost nothing is heard: whoever must not
   * miss anything looks again when `reconnected` is called.
   */
  listen(channel: string, heard: (payload: string) => void, reconnected?: () => void): Promise<AsyncDisposable>
  /** Rejects with the reason where the database does not answer. */
  ready(signal?: AbortSignal): Promise<void>
  /** Waits for statements that are under way. A second call waits for the first. */
  close(): Promise<void>
}

/** Where the database is: a server by its address, else a directory, else memory. */
export interface EngineSettings {
  /** `postgres://user:password@host:5432/name`. */
  readonly url?: string
  /** Of an embedded database, made where it is missing. Without it and without `url` the database lives in memory. */
  readonly directory?: string
  /** What `snapshot` of an embedded database gave: a new one begins as that. */
  readonly snapshot?: Uint8Array
  /** Lets an embedded database run where `NODE_ENV` is `production`. Default false. */
  readonly embedded?: boolean
  /** Connections to a server, beside the few that reads share. Default 10. */
  readonly poolSize?: number
  /** Prepare statements on the connections. Default true; false behind a pooler that does not keep them. */
  readonly prepare?: boolean
  /** Milliseconds that a statement may take. Default 5,000. */
  readonly timeoutMs?: number
  /** Milliseconds to wait for a connection, or for the one session of an embedded database. Default 2,000, embedded 10,000. */
  readonly checkoutMs?: number
  /** Milliseconds in which a transaction may ask nothing before it is taken back. Default 10,000. */
  readonly idleMs?: number
  /** Told what went wrong where nobody waits: an effect after a commit, a connection that was lost. Default: nothing is told. */
  readonly report?: (error: unknown, what: string) => void
}
