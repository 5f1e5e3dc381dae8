import { createRequire } from 'node:module'
import { pathToFileURL } from 'node:url'
import type { Snapshot } from './snapshot.ts'

/** What is used of `drizzle-kit/api`. */
export interface Kit {
  generateDrizzleJson(imports: { readonly [name: string]: unknown }, prevId?: string, schemas?: string[], casing?: Casing): Snapshot
  generateMigration(from: Snapshot, to: Snapshot): Promise<string[]>
}

export type Casing = 'snake_case' | 'camelCase'

/** The project has no drizzle-kit, or one that can't be used. */
export class KitError extends Error {
  override readonly name: string = 'KitError'
  readonly fix: string

  constructor(message: string, fix: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause })
    this.fix = fix
  }
}

/**
 * The drizzle-kit of the project that `from`, a file or folder of it, belongs to. Only tools load it: an application runs, and
 * migrates, without.
 * @throws {KitError}
 */
export async function loadKit(from: string): Promise<Kit> {
  let path: string
  try {
    path = createRequire(from).resolve('drizzle-kit/api')
  } catch (error) {
    throw new KitError('This needs drizzle-kit, which is not installed', 'npm install --save-dev drizzle-kit@0.31', error)
  }
  const exported = (await import(pathToFileURL(path).href)) as Partial<Kit> & { readonly default?: Partial<Kit> }
  const kit = typeof exported.generateMigration === 'function' ? exported : exported.default
  if (typeof kit?.generateMigration !== 'function' || typeof kit.generateDrizzleJson !== 'function') {
    throw new KitError('This version of drizzle-kit has no generateMigration in drizzle-kit/api', 'npm install --save-dev drizzle-kit@0.31')
  }
  return shielded(kit as Kit)
}

/** Calls one after another: what they shield is the process's. */
let last: Promise<unknown> = Promise.resolve()

function shielded(kit: Kit): Kit {
  return {
    generateDrizzleJson: (...given) => {
      const { end } = begin(true)
      try {
        return plain(kit.generateDrizzleJson(...given))
      } finally {
        end()
      }
    },
    generateMigration: (from, to) => {
      const next = last.then(async () => {
        const { exited, end } = begin(process.stdin.isTTY !== true)
        try {
          return await Promise.race([kit.generateMigration(structuredClone(from), structuredClone(to)), exited])
        } finally {
          end()
        }
      })
      last = next.catch(() => {})
      return next
    },
  }
}

/**
 * drizzle-kit ends the process where it does not like a schema, and prints why. Here that becomes an error with what it printed.
 * Its questions stay visible on a terminal.
 */
function begin(quiet: boolean): { readonly exited: Promise<never>; end(): void } {
  const said: string[] = []
  const real = { exit: process.exit, log: terminal.log, error: terminal.error, warn: terminal.warn }
  let code: unknown
  let fail: (error: Error) => void = () => {}
  const exited = new Promise<never>((_, reject) => (fail = reject))
  exited.catch(() => {})
  const refusal = (): KitError =>
    new KitError(
      `drizzle-kit does not take this schema: ${said.join(' ').replace(ansi, '').replace(/\s+/g, ' ').trim() || 'it gave up without a word'}`,
      'correct the schema, or answer its question',
    )
  process.exit = ((given: unknown) => {
    code = given ?? 0
    // It goes on as if it had not asked to end; nobody waits for what it gives then.
    fail(refusal())
  }) as typeof process.exit
  for (const name of ['log', 'error', 'warn'] as const) {
    terminal[name] = (...given: unknown[]) => {
      if (quiet) said.push(given.map((it) => (it instanceof Error ? it.message : String(it))).join(' '))
      else real.error(...given)
    }
  }
  return {
    exited,
    end() {
      process.exit = real.exit
      Object.assign(terminal, { log: real.log, error: real.error, warn: real.warn })
      if (code !== undefined) throw refusal()
    },
  }
}

// Not ours to write to, but what drizzle-kit writes to.
const terminal = globalThis.console

const ansi = new RegExp(String.raw`${String.fromCharCode(27)}\[[0-9;]*m`, 'g')

/** What it gives may hold bigints, which its own next step can't read. */
function plain(snapshot: Snapshot): Snapshot {
  return JSON.parse(JSON.stringify(snapshot, (_, value: unknown) => (typeof value === 'bigint' ? String(value) : value))) as Snapshot
}
