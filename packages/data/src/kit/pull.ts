import type { Engine } from '../database/contract.ts'
import { readSnapshot } from './read-snapshot.ts'
import { schemaText } from './schema-text.ts'

export interface PullOptions {
  /** Schemas of the database. Default: `public`. */
  readonly schemas?: readonly string[]
}

/** What was written, and what could not be said in Drizzle's words. */
export interface Pulled {
  /** A TypeScript module that exports tables, enums, sequences and views. */
  readonly text: string
  readonly tables: number
  readonly notes: readonly string[]
}

/** Writes the Drizzle schema of a database that exists. Needs no drizzle-kit. */
export async function pull(engine: Engine, options: PullOptions = {}): Promise<Pulled> {
  const schemas = options.schemas ?? ['public']
  const snapshot = await engine.transaction({ readOnly: true }, (session) => readSnapshot(session, schemas))
  return schemaText(snapshot)
}
