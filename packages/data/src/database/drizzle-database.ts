// Drizzle over an engine. What it needs of Drizzle's insides stands in this file alone.
import type { NodePgDatabase, NodePgTransaction } from 'drizzle-orm/node-postgres'
import type { PgTransactionConfig } from 'drizzle-orm/pg-core'
import type { ExtractTablesWithRelations } from 'drizzle-orm/relations'
import type { Casing } from 'drizzle-orm/utils'
import type pg from 'pg'
import type { Request, Result } from './connection.ts'
import type { QueryOptions, TransactionOptions } from './contract.ts'
import { DatabaseRefused } from './errors.ts'
import type { SqlEngine } from './sql-engine.ts'

/** Tables and relations, as `import * as schema` gives them. */
export type AnySchema = { readonly [name: string]: unknown }

/** How names are written in the database where a table does not say. */
export interface DrizzleOptions<S extends AnySchema> {
  readonly schema?: S
  readonly casing?: Casing
}

/** What runs a statement: the engine, or one transaction of it. */
interface Runner {
  execute(request: Request, options: QueryOptions, often?: boolean): Promise<Result>
}

/** What Drizzle takes for a client of `pg`. The name it gives says that a statement is asked often. */
class Client {
  readonly #runner: Runner

  constructor(runner: Runner) {
    this.#runner = runner
  }

  query(config: pg.QueryArrayConfig | string, values: readonly unknown[] = []): Promise<Result> {
    if (typeof config === 'string') return this.#runner.execute({ text: config, values }, {})
    const { text, name, rowMode, types } = config
    const request = { text, values, ...(rowMode === 'array' && { rowMode }), ...(types !== undefined && { types }) }
    return this.#runner.execute(request, {}, name !== undefined)
  }
}

type Work<S extends AnySchema, T> = (tx: NodePgTransaction<S, ExtractTablesWithRelations<S>>) => Promise<T>

/** A Drizzle instance whose statements and transactions are the engine's: both join the transaction that is under way. */
export async function drizzleOver<S extends AnySchema>(engine: SqlEngine, options: DrizzleOptions<S>): Promise<NodePgDatabase<S>> {
  const { drizzle, NodePgSession, NodePgTransaction } = await libraries()
  const db = drizzle(new Client(engine) as unknown as pg.Client, options)
  const { dialect } = db as unknown as { readonly dialect: ConstructorParameters<typeof NodePgSession>[1] }
  // What Drizzle has read from the schema: its own transactions are handed the same.
  const tables = (options.schema === undefined ? undefined : db._) as never

  class Joined extends NodePgTransaction<S, ExtractTablesWithRelations<S>> {
    override transaction<T>(work: Work<S, T>): Promise<T> {
      return begin(work)
    }
  }

  function begin<T>(work: Work<S, T>, config?: PgTransactionConfig): Promise<T> {
    return engine.transaction(optionsOf(config), async (session) => {
      const inner = new NodePgSession(new Client(session as unknown as Runner) as unknown as pg.Client, dialect, tables)
      const tx = new Joined(dialect as never, inner as never, tables)
      if (config?.deferrable === true) await session.script('SET TRANSACTION DEFERRABLE')
      return work(tx)
    })
  }

  db.transaction = begin as typeof db.transaction
  return db
}

function optionsOf({ isolationLevel, accessMode }: PgTransactionConfig = {}): TransactionOptions {
  // PostgreSQL has no level below `read committed`, and takes the other name for it.
  const isolation = isolationLevel === 'read uncommitted' ? 'read committed' : isolationLevel
  return { ...(isolation !== undefined && { isolation }), readOnly: accessMode === 'read only' }
}

async function libraries(): Promise<typeof import('drizzle-orm/node-postgres')> {
  try {
    return await import('drizzle-orm/node-postgres')
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code !== 'ERR_MODULE_NOT_FOUND') throw error
    throw new DatabaseRefused('database-missing-library', 'The database needs drizzle-orm', 'npm install drizzle-orm', error)
  }
}
