import { fileURLToPath } from 'node:url'
import type { Place } from './frame.ts'

/** What stands at the end of a stack line, or before the first line of a syntax error: a path or file URL, line, column. */
const place = /(?:^|[\s(])((?:file:\/\/)?(?:[A-Za-z]:[\\/]|\/)[^\n()]*?):(\d+)(?::(\d+))?\)?$/

/** The place that one line of a stack names; none for those inside Node. */
export function placeOf(line: string): Place | undefined {
  const found = place.exec(line.trim())
  if (found === null) return undefined
  const [, where = '', row, column] = found
  try {
    return { path: where.startsWith('file:') ? fileURLToPath(where) : where, line: Number(row), column: Number(column ?? 1) }
  } catch {
    return undefined
  }
}

/**
 * The places of a stack that belong to the user: neither installed nor in one of the folders `inner`, the framework's and
 * this package's own.
 */
export function ownPlaces(stack: string, inner: readonly string[]): readonly Place[] {
  const lines = stack.split('\n')
  // A module that does not parse has its place in the first line, before the message; after that only calls count.
  const rows = [lines[0] ?? '', ...lines.filter((line) => /^\s+at /.test(line))]
  return rows.flatMap((line) => {
    const it = placeOf(line)
    if (it === undefined || /[\\/]node_modules[\\/]/.test(it.path) || inner.some((folder) => it.path.startsWith(folder))) return []
    return [it]
  })
}
