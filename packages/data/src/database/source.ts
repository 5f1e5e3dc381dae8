import type { Connection, Request, Result } from './connection.ts'
import type { Known } from './statements.ts'

/** A connection for oneself alone. */
export interface Lease {
  readonly connection: Connection
  /** Gives it back once nothing is under way on it; nobody needs to wait. Once only. */
  release(): void
}

/** Where connections come from: all in which the two engines differ. */
export interface Source {
  readonly kind: 'embedded' | 'server'
  /** Rejects with DatabaseUnavailable where none is free in time, and with the signal's reason. */
  lease(signal: AbortSignal | undefined): Promise<Lease>
  /** A read that shares its connection with others; undefined where it must have one of its own. Runs `elsewhere` if that shows only later. */
  read?(request: Request, known: Known, elsewhere: () => Promise<Result>): Promise<Result> | undefined
  listen(channel: string, heard: (payload: string) => void, reconnected: () => void): Promise<AsyncDisposable>
  close(): Promise<void>
}
