import { createRequire } from 'node:module'
import { dirname, sep } from 'node:path'
import { fileURLToPath } from 'node:url'

/** Folders of the framework and of this package: their stack lines lead to no line of the user's. */
export function innerFolders(entry: string): readonly string[] {
  const own = dirname(fileURLToPath(import.meta.url))
  try {
    return [own + sep, dirname(createRequire(entry).resolve('plinth')) + sep]
  } catch {
    return [own + sep]
  }
}

/** `app.ts:4:4` as it is; what an installed package defines by the package's name. */
export function definedAt(at: string, inner: readonly string[]): string {
  if (inner.some((folder) => at.startsWith(folder))) return 'plinth'
  return /^.*node_modules[\\/]((?:@[^\\/]+[\\/])?[^\\/]+)/.exec(at)?.[1]?.replaceAll('\\', '/') ?? at
}
