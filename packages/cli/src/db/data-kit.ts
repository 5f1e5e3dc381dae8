import { createRequire } from 'node:module'
import { pathToFileURL } from 'node:url'
import type { Service } from 'plinth'
import { Failed } from '../failed.ts'

/** What statements go to; the project's own, of whichever version it has. */
export interface Engine {
  readonly kind: 'embedded' | 'server'
  query(statement: {
    readonly text: string
    readonly values: readonly unknown[]
  }): Promise<readonly { readonly [column: string]: unknown }[]>
  close(): Promise<void>
}

export interface Loss {
  readonly statement: string
  readonly what: string
}

export interface Pushed {
  readonly statements: readonly string[]
  readonly losses: readonly Loss[]
  readonly applied: boolean
}

interface PushOptions {
  readonly casing?: Casing
  readonly renames?: Renames
  readonly accept?: (losses: readonly Loss[]) => boolean | Promise<boolean>
  readonly sending?: (statement: string) => void
}

export type Casing = 'snake_case' | 'camelCase'
export type Renames = 'ask' | 'never'

export interface DrizzleSchema {
  readonly [name: string]: unknown
}

export interface Settings {
  readonly url?: string
  readonly directory?: string
  readonly embedded?: boolean
  readonly [name: string]: unknown
}

export interface Definition {
  readonly engine: Settings
  readonly schema?: DrizzleSchema
  readonly casing?: Casing
  readonly migrate?: string
}

export interface Status {
  readonly applied: readonly string[]
  readonly pending: readonly string[]
  readonly changed: readonly string[]
  readonly unknown: readonly string[]
}

interface Kit {
  readonly '~kit'?: never
}

/** `@plinth/data/kit`, as far as the commands use it. */
export interface DataKit {
  readonly DatabaseDefinition: Service<Definition>
  readonly DatabasePreparation: Service<(engine: Engine, definition: Definition) => Promise<void>>
  openEngine(settings: Settings & { readonly timeoutMs?: number; readonly idleMs?: number }): Promise<Engine>
  loadKit(from: string): Promise<Kit>
  push(engine: Engine, kit: Kit, schema: DrizzleSchema, options: PushOptions): Promise<Pushed>
  planPush(engine: Engine, kit: Kit, schema: DrizzleSchema, options: PushOptions): Promise<Pushed>
  generate(
    kit: Kit,
    schema: DrizzleSchema,
    options: {
      readonly folder: string
      readonly name?: string
      readonly casing?: Casing
      readonly renames?: Renames
      readonly custom?: boolean
    },
  ): Promise<{ readonly tag: string; readonly file: string; readonly statements: readonly string[] } | undefined>
  pull(
    engine: Engine,
    options: { readonly schemas?: readonly string[] },
  ): Promise<{ readonly text: string; readonly tables: number; readonly notes: readonly string[] }>
  migrate(
    engine: Engine,
    options: { readonly folder: string; readonly applied?: (tag: string, tookMs: number) => void },
  ): Promise<readonly string[]>
  migrationStatus(engine: Engine, folder: string): Promise<Status>
  missingIn(engine: Engine, schema: DrizzleSchema, casing?: Casing): Promise<readonly string[]>
  readJournal(folder: string): { readonly entries: readonly { readonly tag: string }[] }
  resetDatabase(engine: Engine, schemas?: readonly string[]): Promise<void>
  schemasIn(schema: DrizzleSchema): readonly string[]
}

/** Where the project has it; undefined where it has none. */
export function dataKitPath(from: string): string | undefined {
  try {
    return createRequire(from).resolve('@plinth/data/kit')
  } catch {
    return undefined
  }
}

/**
 * The project's own `@plinth/data`: the command's must not open a database that another version has prepared.
 * @throws {Failed} where the project has none.
 */
export async function loadDataKit(from: string): Promise<DataKit> {
  const path = dataKitPath(from)
  if (path === undefined) {
    throw new Failed({
      title: 'There is nothing that knows databases',
      troubles: [{ message: '@plinth/data is not installed', fix: 'npm install @plinth/data', code: 'module-not-found' }],
    })
  }
  return (await import(pathToFileURL(path).href)) as DataKit
}
