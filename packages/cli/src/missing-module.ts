import { readFileSync } from 'node:fs'
import { basename } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Place } from './frame.ts'

export interface MissingModule {
  readonly message: string
  readonly fix: string
  /** The file that imports it. */
  readonly from: string | undefined
  /** What the import says, as far as it is known. */
  readonly specifier: string
  /** Where it was looked for; undefined for a package. */
  readonly path: string | undefined
}

/** What Node says of an import that leads nowhere, told shorter and with what to do. */
export function missingModule(error: unknown): MissingModule | undefined {
  if (!(error instanceof Error)) return undefined
  const { code } = error as { readonly code?: unknown }
  const from = /imported from (.+?)$/m.exec(error.message)?.[1]
  if (code === 'ERR_PACKAGE_PATH_NOT_EXPORTED') {
    const [, subpath, name] = /subpath '(.+?)' is not defined.* in (.+?)[\\/]package\.json/.exec(error.message) ?? []
    if (subpath === undefined || name === undefined) return undefined
    const specifier = `${name.replace(/^.*node_modules[\\/]/, '').replaceAll('\\', '/')}${subpath.slice(1)}`
    return {
      message: `There is no '${specifier}' in that package`,
      fix: 'correct the path, or update the package',
      from,
      specifier,
      path: undefined,
    }
  }
  if (code !== 'ERR_MODULE_NOT_FOUND') return undefined
  const wanted = /Cannot find (?:module|package) '(.+?)'/.exec(error.message)?.[1]
  if (wanted === undefined) return undefined
  const path = wanted.startsWith('file:') ? fileURLToPath(wanted) : wanted
  if (!/^(?:[A-Za-z]:[\\/]|\/)/.test(path)) {
    return { message: `The package '${path}' is not installed`, fix: `npm install ${path}`, from, specifier: path, path: undefined }
  }
  return {
    message: `There is no file ${basename(path)} to import`,
    fix: 'correct the path; a relative import names its extension',
    from,
    specifier: basename(path),
    path,
  }
}

/** The line that imports it, so that one sees what was written. */
export function importPlace(from: string, specifier: string): Place | undefined {
  const path = from.startsWith('file:') ? fileURLToPath(from) : from
  let lines: string[]
  try {
    lines = readFileSync(path, 'utf8').split(/\r?\n/)
  } catch {
    return undefined
  }
  const name = specifier.replace(/\.\w+$/, '')
  const index = lines.findIndex((line) => /\b(?:import|from|require)\b/.test(line) && line.includes(name))
  if (index === -1) return { path, line: 1, column: 1 }
  return { path, line: index + 1, column: (lines[index] as string).indexOf(name) + 1 }
}
