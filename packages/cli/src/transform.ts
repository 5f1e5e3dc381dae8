import { statSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import type { Message, TransformOptions } from 'esbuild'

const typeScript = /\.(?:[cm]?ts|tsx)$/

/** The path of a file whose text must be turned into JavaScript; `undefined` for all others. */
export function typeScriptPath(url: string): string | undefined {
  if (!url.startsWith('file:')) return undefined
  const path = fileURLToPath(url)
  return typeScript.test(path) ? path : undefined
}

/** TypeScript has been a module in this project since its first line, whatever package.json says; `.cts` says otherwise. */
export function formatOf(path: string): 'module' | 'commonjs' {
  return path.endsWith('.cts') ? 'commonjs' : 'module'
}

/**
 * Types are taken away and nothing is checked or guessed: an import without `type` stays, as under Node's own stripping, so
 * that a program means the same on every Node.
 */
export function optionsFor(path: string): TransformOptions {
  return {
    loader: path.endsWith('x') ? 'tsx' : 'ts',
    format: formatOf(path) === 'module' ? 'esm' : 'cjs',
    target: `node${process.versions.node}`,
    sourcefile: path,
    sourcemap: 'inline',
    sourcesContent: false,
    keepNames: false,
    tsconfigRaw: { compilerOptions: { verbatimModuleSyntax: true, useDefineForClassFields: true, jsx: 'react-jsx' } },
    logLevel: 'silent',
  }
}

/** What esbuild found wrong, as a plain error whose first stack line is the place: it has to travel between threads. */
export function syntaxError(error: unknown, path: string): Error {
  const [first] = (error as { readonly errors?: readonly Message[] }).errors ?? []
  if (first === undefined) return error instanceof Error ? error : new Error(String(error))
  const made = new SyntaxError(first.text)
  const { line = 1, column = 0 } = first.location ?? {}
  made.stack = `SyntaxError: ${first.text}\n    at ${path}:${line}:${column + 1}`
  return made
}

/** Where `./users.js` or `./users` may have meant TypeScript: what was written, as TypeScript's own resolution reads it. */
export function candidates(specifier: string): readonly string[] {
  if (!/^\.{0,2}\/|^file:/.test(specifier)) return []
  const js = /\.([cm]?)js(x?)$/.exec(specifier)
  if (js)
    return [
      `${specifier.slice(0, js.index)}.${js[1]}ts${js[2]}`,
      ...(js[1] === '' && js[2] === '' ? [`${specifier.slice(0, js.index)}.tsx`] : []),
    ]
  if (/\.\w+$/.test(specifier)) return []
  return [`${specifier}.ts`, `${specifier}.tsx`, `${specifier.replace(/\/$/, '')}/index.ts`]
}

/** Errors of a resolution that another spelling may heal. */
export function isUnresolved(error: unknown): boolean {
  const { code } = error as { readonly code?: unknown }
  return code === 'ERR_MODULE_NOT_FOUND' || code === 'ERR_UNSUPPORTED_DIR_IMPORT'
}

/** What a file looked like before it was read: if it looks different later, what was read is old. */
export function stampOf(path: string): string {
  const stats = statSync(path, { throwIfNoEntry: false })
  return stats === undefined ? 'absent' : `${stats.mtimeMs}:${stats.size}`
}

/** One file that the application is made of. */
export interface SeenFile {
  readonly path: string
  readonly stamp: string
}

/** Files of the application itself: what is installed changes by installing, not by saving. */
export function ownFile(url: string): string | undefined {
  if (!url.startsWith('file:')) return undefined
  const path = fileURLToPath(url)
  return /[\\/]node_modules[\\/]/.test(path) ? undefined : path
}
