import { readdirSync, readFileSync } from 'node:fs'
import { join, relative, sep } from 'node:path'
import { fileURLToPath } from 'node:url'

/** Stands for the project's name, the only thing that differs from project to project. */
const PLACEHOLDER = '{{name}}'

/** Where the layers lie: the same from `src` and from `dist`. */
export const templates: string = fileURLToPath(new URL('../templates', import.meta.url))

/** Paths, with slashes, to what is in the files. */
export type Files = ReadonlyMap<string, string | Uint8Array>

interface Manifest {
  readonly [key: string]: unknown
}

/**
 * The files of a project: each layer over those before it, a file replacing the one of its name. Only `package.json` is put
 * together from all of them, since each layer adds dependencies and scripts. The `_` that a path begins with stands for a dot: npm
 * leaves `.gitignore` out of packages, and tools of this repository would obey the others. Below the top it stands for itself, as
 * in Drizzle's `meta/_journal.json`.
 */
export function overlay(layers: readonly string[], name: string, from: string = templates): Files {
  const files = new Map<string, string | Uint8Array>()
  let manifest: Manifest = {}
  for (const layer of layers) {
    const root = join(from, layer)
    const entries = readdirSync(root, { recursive: true, withFileTypes: true }).filter((it) => it.isFile())
    for (const entry of entries) {
      const source = join(entry.parentPath ?? entry.path, entry.name)
      const path = relative(root, source).replaceAll(sep, '/').replace(/^_/, '.')
      const content = filled(readFileSync(source), name)
      if (path === 'package.json') manifest = merged(manifest, JSON.parse(String(content)) as Manifest)
      else files.set(path, content)
    }
  }
  for (const key of ['dependencies', 'devDependencies']) {
    const wanted = manifest[key]
    if (isObject(wanted)) manifest = { ...manifest, [key]: Object.fromEntries(Object.entries(wanted).sort(([a], [b]) => (a < b ? -1 : 1))) }
  }
  files.set('package.json', `${JSON.stringify(manifest, null, 2)}\n`)
  return new Map([...files].sort(([a], [b]) => (a < b ? -1 : 1)))
}

/** What does not name the project keeps its bytes, pictures say. */
function filled(content: Buffer, name: string): string | Uint8Array {
  return content.includes(PLACEHOLDER) ? content.toString().replaceAll(PLACEHOLDER, () => name) : content
}

function merged(below: Manifest, above: Manifest): Manifest {
  const result: { [key: string]: unknown } = { ...below }
  for (const [key, value] of Object.entries(above)) {
    const before = result[key]
    result[key] = isObject(before) && isObject(value) ? merged(before, value) : value
  }
  return result
}

function isObject(value: unknown): value is Manifest {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
