/** One row of a result, by the names of its columns; values as `pg` types them. */
export interface Row {
  readonly [column: string]: unknown
}

/** One statement of SQL and what is bound to `$1`, `$2`, … */
export interface Statement {
  readonly text: string
  readonly values: readonly unknown[]
  /** Prepared once on each connection under this name, which must always stand for the same text. */
  readonly name?: string
}

/** What holds for one statement. */
export interface QueryOptions {
  /** Ends the statement when it aborts; the query then rejects with the signal's reason. The request's own is heard anyway. */
  readonly signal?: AbortSignal
  /** In milliseconds, and never longer than the engine's own. */
  readonly timeoutMs?: number
}

/** What statements can be sent to: the whole database, or one transaction of it. */
export interface Session {
  query(statement: Statement, options?: QueryOptions): Promise<readonly Row[]>
  /** Several statements at once, without values. */
  script(text: string): Promise<void>
}

/** How a transaction runs. */
export interface TransactionOptions {
  /** Default false. */
  readonly readOnly?: boolean
  /** Default the database's own, `read committed` as it comes. */
  readonly isolation?: 'read committed' | 'repeatable read' | 'serializable'
  /** How often the work runs again after a serialization failure or a deadlock (SQLSTATE 40001, 40P01). Default 0. */
  readonly retries?: number
  /** Ends the transaction when it aborts: nothing of it remains. */
  readonly signal?: AbortSignal
  /** How long the whole transaction may take, in milliseconds. */
  readonly timeoutMs?: number
}

/**
 * A PostgreSQL, on a server or in this process. Its methods join the transaction that is under way in the same asynchronous
 * context, if there is one.
 */
export interface Engine extends Session {
  readonly kind: 'embedded' | 'server'
  /** Runs `work` in a transaction, or in a savepoint of the one that is under way; what `work` rejects with takes it back. */
  transaction<T>(options: TransactionOptions, work: (session: Session) => Promise<T>): Promise<T>
  /** Hears what `NOTIFY` sends on a channel until it is disposed. */
  listen(channel: string, heard: (payload: string) => void): Promise<AsyncDisposable>
  /** Rejects with the reason where the database does not answer. */
  ready(): Promise<void>
  /** Waits for statements that are under way. A second call waits for the first. */
  close(): Promise<void>
}

/** Where the database is: a server by its address, else a directory, else memory. */
export interface EngineSettings {
  /** `postgres://user:password@host:5432/name`. */
  readonly url?: string
  /** Of an embedded database, made where it is missing. Without it and without `url` the database lives in memory. */
  readonly directory?: string
}
