import { readdirSync, statSync } from 'node:fs'
import { basename, dirname, join, relative, resolve, sep } from 'node:path'
import { UsageError } from './command.ts'
import { suggest } from './suggest.ts'

const extensions = ['ts', 'tsx', 'mts', 'js', 'mjs'] as const

function isFile(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isFile() === true
}

/** As people write it: relative to where they are, with slashes. */
export function shown(path: string, cwd: string): string {
  const short = relative(cwd, path)
  return (short === '' || short.startsWith('..') ? path : short).replaceAll(sep, '/')
}

/**
 * The file that exports the application: the one that was named, else `app` or `src/app`.
 * @throws {UsageError} saying where it looked.
 */
export function findEntry(given: string | undefined, cwd: string): string {
  if (given === undefined) return within(cwd, cwd)
  const path = resolve(cwd, given)
  if (isFile(path)) return path
  if (statSync(path, { throwIfNoEntry: false })?.isDirectory()) return within(path, cwd)
  const near = neighbour(path)
  throw new UsageError(
    `There is no file ${shown(path, cwd)} (looked in ${dirname(path)})${near === undefined ? '' : `; did you mean ${shown(near, cwd)}?`}`,
  )
}

function within(folder: string, cwd: string): string {
  const tried = ['app', 'src/app'].flatMap((name) => extensions.map((extension) => join(folder, `${name}.${extension}`)))
  const found = tried.find(isFile)
  if (found !== undefined) return found
  throw new UsageError(
    `No application in ${folder}: looked for ${tried.map((path) => shown(path, cwd)).join(', ')}. Name the file that exports it, for example plinth dev server.ts`,
  )
}

function neighbour(path: string): string | undefined {
  const folder = dirname(path)
  const names = statSync(folder, { throwIfNoEntry: false })?.isDirectory()
    ? readdirSync(folder).filter((it) => /\.[cm]?[jt]sx?$/.test(it))
    : []
  const same = names.find((it) => it.replace(/\.\w+$/, '') === basename(path).replace(/\.\w+$/, ''))
  const name = same ?? suggest(basename(path), names)
  return name === undefined ? undefined : join(folder, name)
}
