/** The database can't be had: it does not answer, refuses connections, or has none free. Trying again later may help. */
export class DatabaseUnavailable extends Error {
  override readonly name: string = 'DatabaseUnavailable'
  /** Seconds after which it is worth trying again. */
  readonly retryAfter: number

  constructor(message: string, cause?: unknown, retryAfter: number = 1) {
    super(message, cause === undefined ? undefined : { cause })
    this.retryAfter = retryAfter
  }
}

/** A statement took longer than it may; the database was told to stop it. */
export class QueryTimeout extends Error {
  override readonly name: string = 'QueryTimeout'

  constructor(timeoutMs: number | undefined, cause?: unknown) {
    const within = timeoutMs === undefined ? 'in time' : `within ${timeoutMs} ms`
    super(`The statement did not end ${within}; it was stopped`, cause === undefined ? undefined : { cause })
  }
}

/** In what way a transaction was misused. */
export type TransactionFault =
  | 'transaction-ended'
  | 'transaction-parallel'
  | 'transaction-deadlock'
  | 'transaction-idle'
  | 'transaction-timeout'
  | 'transaction-isolation'
  | 'transaction-aborted'
  | 'transaction-database'

/** A transaction was misused; nothing of it remains unless the message says so. */
export class TransactionError extends Error {
  override readonly name: string = 'TransactionError'
  readonly code: TransactionFault
  /** What is wrong; the message goes on with `fix`. */
  readonly what: string
  /** What would be right. */
  readonly fix: string

  constructor(code: TransactionFault, what: string, fix: string, cause?: unknown) {
    super(`${what}: ${fix}`, cause === undefined ? undefined : { cause })
    this.code = code
    this.what = what
    this.fix = fix
  }
}

/** Why a database is not opened. */
export type OpeningFault =
  | 'database-locked'
  | 'database-in-production'
  | 'database-missing-library'
  | 'database-address'
  | 'database-damaged'

/** The database can't be opened as it was asked for. */
export class DatabaseRefused extends Error {
  override readonly name: string = 'DatabaseRefused'
  readonly code: OpeningFault
  /** What is wrong; the message goes on with `fix`. */
  readonly what: string
  readonly fix: string

  constructor(code: OpeningFault, what: string, fix: string, cause?: unknown) {
    super(`${what}: ${fix}`, cause === undefined ? undefined : { cause })
    this.code = code
    this.what = what
    this.fix = fix
  }
}

/** The SQLSTATE of an error or of what led to it: Drizzle wraps what the database says. */
export function sqlstateOf(error: unknown): string | undefined {
  for (let it: unknown = error, depth = 0; it instanceof Error && depth < 5; it = it.cause, depth++) {
    const code = (it as { code?: unknown }).code
    if (typeof code === 'string' && /^[0-9A-Z]{5}$/.test(code) && /\d/.test(code)) return code
  }
  return undefined
}
