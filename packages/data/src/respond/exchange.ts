import type { Access } from '../access/contract.ts'
import type { HeaderSource } from '../grammar/parse-request.ts'
import type { GrammarLimits } from '../grammar/limits.ts'
import type { Model, Table } from '../model/contract.ts'
import type { Query } from '../model/introspect.ts'
import type { Payload } from '../payload/payload.ts'

/** A request on tables, free of any transport. */
export interface DataRequestParts {
  readonly method: string
  /** Behind the prefix, percent-encoded: `/posts`. */
  readonly path: string
  /** Without `?`. */
  readonly query: string
  readonly headers: HeaderSource
  /** Undefined for none. */
  readonly body: string | undefined
}

/** Whether the statements must stand or fall together, and may write. Without `transaction`, one that writes is asked alone. */
export interface RunOptions {
  readonly transaction: boolean
  readonly readOnly: boolean
}

/**
 * Runs statements. In a transaction, settings made with `set_config(…, true)` end with it, and if `work` rejects, nothing of it
 * remains; the same rejection is passed on.
 */
export type Run = <T>(options: RunOptions, work: (query: Query) => Promise<T>) => Promise<T>

/** The application's own part in the writes of one table. */
export interface WriteHooks {
  /** Runs in the transaction, before the statement; gives other rows than the body's, or `undefined` to leave them. */
  before?(verb: 'create' | 'update' | 'delete', payload: Payload | undefined): Promise<Payload | undefined>
  /** Told of the rows that were written, whole, before the transaction is committed. */
  written?(verb: 'create' | 'update' | 'delete', rows: readonly object[]): void
}

/** What a request is answered with. */
export interface ServeOptions {
  readonly model: Model
  readonly access: Access
  readonly run: Run
  readonly limits?: Partial<GrammarLimits>
  /** Whether we know who asks; without, what is forbidden is answered with 401. Default false. */
  readonly authenticated?: boolean
  readonly hooks?: (table: Table) => WriteHooks | undefined
  /** Told of what is answered with 500 and above: the client does not learn it. */
  readonly failed?: (error: unknown) => void
}
