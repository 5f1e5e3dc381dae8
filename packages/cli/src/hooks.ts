// Runs in the thread that Node 20 keeps for loader hooks.
import { readFile } from 'node:fs/promises'
import type { InitializeHook, LoadHook, ResolveHook } from 'node:module'
import type { MessagePort } from 'node:worker_threads'
import type * as Esbuild from 'esbuild'
import { candidates, formatOf, isUnresolved, optionsFor, ownFile, stampOf, syntaxError, typeScriptPath } from './transform.ts'

let seen: MessagePort | undefined
let loading: Promise<typeof Esbuild> | undefined

// Not at once: the main thread stands still until this file is loaded.
const esbuild = (): Promise<typeof Esbuild> => (loading ??= import('esbuild'))

interface Given {
  readonly port: MessagePort | undefined
  /** TypeScript is coming for certain, so its translator may start now. */
  readonly soon: boolean
}

export const initialize: InitializeHook<Given> = ({ port, soon }) => {
  seen = port
  // esbuild is a process of its own. It starts while the main thread goes on.
  if (soon)
    esbuild()
      .then(({ transform }) => transform('', { loader: 'ts' }))
      .catch(() => {})
}

export const resolve: ResolveHook = async (specifier, context, next) => {
  try {
    return await next(specifier, context)
  } catch (error) {
    if (isUnresolved(error)) {
      for (const other of candidates(specifier)) {
        try {
          return await next(other, context)
        } catch (second) {
          if (!isUnresolved(second)) throw second
        }
      }
    }
    throw error
  }
}

export const load: LoadHook = async (url, context, next) => {
  const own = ownFile(url)
  if (own !== undefined) seen?.postMessage({ path: own, stamp: stampOf(own) }, [])
  const path = typeScriptPath(url)
  if (path === undefined) return next(url, context)
  const [source, { transform }] = await Promise.all([readFile(path, 'utf8'), esbuild()])
  try {
    const { code } = await transform(source, optionsFor(path))
    return { format: formatOf(path), source: code, shortCircuit: true }
  } catch (error) {
    throw syntaxError(error, path)
  }
}
