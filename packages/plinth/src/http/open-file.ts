/** Node, Bun and Deno only: `node:fs` is loaded when the first file is asked for. */
import type { FileHandle } from 'node:fs/promises'

/** A regular file, open for reading. Whoever has it closes it. */
export interface OpenedFile {
  readonly handle: FileHandle
  /** The real path, without symbolic links. */
  readonly path: string
  /** Bytes. */
  readonly size: number
  readonly mtimeMs: number
}

/** What `openFile` lets through. */
export interface OpenFileOptions {
  /** Let names that begin with a dot be read. Default false: `.env` and `.git` are often where they shouldn't be. */
  readonly dotfiles?: boolean
}

/** What a client may cause by what it asks for. Anything else, such as too many open files, is ours and is thrown. */
const notThere = new Set(['ENOENT', 'ENOTDIR', 'ELOOP', 'EACCES', 'EPERM', 'ENAMETOOLONG', 'EISDIR', 'EINVAL', 'ENXIO', 'ENODEV'])
/** Windows opens these devices in any folder, with any extension. */
const device = /^(?:con|prn|aux|nul|com\d|lpt\d|conin\$|conout\$)(?:\.|$)/i

/**
 * Opens `path` below `root`, or gives `undefined` when there is no regular file there that may be read: the answer is the same for
 * what isn't there and what is forbidden, so that nothing can be learnt by asking.
 *
 * `path` is relative, its segments already percent-decoded and divided by `/`, or an array of segments. Refused are empty segments,
 * `.` and `..`, backslashes, NUL, what Windows reads otherwise (`:`, device names, a dot or space at the end), dotfiles, and symbolic links that lead out of the root.
 */
export async function openFile(
  root: string,
  path: string | readonly string[],
  options: OpenFileOptions = {},
): Promise<OpenedFile | undefined> {
  const { dotfiles = false } = options
  const segments = typeof path === 'string' ? path.split('/') : path
  if (segments.length === 0 || !segments.every((segment) => isSafeName(segment, dotfiles))) return undefined
  const [{ realpath }, { join, relative, sep, isAbsolute }] = await Promise.all([import('node:fs/promises'), import('node:path')])
  const realRoot = await realpath(root)
  const real = await realpath(join(realRoot, ...segments)).catch(absent)
  if (real === undefined) return undefined
  const within = relative(realRoot, real)
  // Also catches a link to a dotfile, and Windows' short names, which `realpath` spells out.
  if (within === '' || isAbsolute(within) || !within.split(sep).every((segment) => isSafeName(segment, dotfiles))) return undefined
  return openTrusted(real)
}

/** Opens a path as it is; for one that the application wrote itself. `undefined` when it is no regular file. */
export async function openTrusted(path: string): Promise<OpenedFile | undefined> {
  const { constants, open } = await import('node:fs/promises')
  // Without O_NONBLOCK a named pipe would hold a thread until somebody writes to it.
  const handle = await open(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0)).catch(absent)
  if (handle === undefined) return undefined
  try {
    const stats = await handle.stat()
    if (stats.isFile()) return { handle, path, size: stats.size, mtimeMs: stats.mtimeMs }
  } catch (error) {
    await handle.close()
    throw error
  }
  await handle.close()
  return undefined
}

/** Whether it names one file of one folder, on Windows too. */
export function isSafeName(segment: string, dotfiles: boolean): boolean {
  if (segment === '' || segment === '.' || segment === '..') return false
  if (segment.startsWith('.') && !dotfiles) return false
  return !/[/\\\0:]/.test(segment) && !device.test(segment) && !/[. ]$/.test(segment)
}

/** For `catch`: `undefined` for what a client can bring about by its path alone; anything else is thrown on. */
export function absent(error: NodeJS.ErrnoException): undefined {
  if (notThere.has(error.code ?? '')) return undefined
  throw error
}
