import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import * as nodeModule from 'node:module'
import type * as Esbuild from 'esbuild'
import {
  candidates,
  formatOf,
  isUnresolved,
  optionsFor,
  ownFile,
  type SeenFile,
  stampOf,
  syntaxError,
  typeScriptPath,
} from './transform.ts'

interface Resolved {
  readonly url: string
}
interface Loaded {
  readonly format: string
  readonly source: string
  readonly shortCircuit: true
}
type Next<T> = (subject: string, context?: unknown) => T

/** `node:module` since 22.15: hooks in this thread, and Node's own way to take types away. */
export interface SyncModule {
  registerHooks(hooks: {
    resolve(specifier: string, context: unknown, next: Next<Resolved>): Resolved
    load(url: string, context: unknown, next: Next<Loaded>): Loaded
  }): unknown
  stripTypeScriptTypes(source: string): string
}

/** Undefined where Node has not got them. */
export function syncModule(it: object = nodeModule): SyncModule | undefined {
  const { registerHooks, stripTypeScriptTypes } = it as Partial<SyncModule>
  return typeof registerHooks === 'function' && typeof stripTypeScriptTypes === 'function' ? (it as SyncModule) : undefined
}

/** Takes types away as Node does, which keeps every line and column; esbuild does what needs more than that. */
export function registerSyncHooks(node: SyncModule, saw: (file: SeenFile) => void): void {
  node.registerHooks({
    resolve(specifier, context, next) {
      try {
        return next(specifier, context)
      } catch (error) {
        if (isUnresolved(error)) {
          for (const other of candidates(specifier)) {
            try {
              return next(other, context)
            } catch (second) {
              if (!isUnresolved(second)) throw second
            }
          }
        }
        throw error
      }
    },
    load(url, context, next) {
      const own = ownFile(url)
      if (own !== undefined) saw({ path: own, stamp: stampOf(own) })
      const path = typeScriptPath(url)
      if (path === undefined) return next(url, context)
      return { format: formatOf(path), source: javaScriptOf(node, path, readFileSync(path, 'utf8')), shortCircuit: true }
    },
  })
}

function javaScriptOf(node: SyncModule, path: string, source: string): string {
  if (!path.endsWith('x') && !path.endsWith('.cts')) {
    try {
      return quietly(() => node.stripTypeScriptTypes(source))
    } catch {
      // Enums and parameter properties are more than types; a syntax error is told better by esbuild.
    }
  }
  try {
    const { transformSync } = createRequire(import.meta.url)('esbuild') as typeof Esbuild
    return transformSync(source, optionsFor(path)).code
  } catch (error) {
    throw syntaxError(error, path)
  }
}

/** Node calls stripping experimental, with a warning that names no file of the user's. */
function quietly<T>(work: () => T): T {
  const { emitWarning } = process
  process.emitWarning = () => {}
  try {
    return work()
  } finally {
    process.emitWarning = emitWarning
  }
}
