import { builtinModules } from 'node:module'
import { basename, resolve } from 'node:path'
import { UsageError } from './usage-error.ts'

/** Where a project goes, and what its package.json calls it. */
export interface Place {
  readonly folder: string
  readonly name: string
}

/** As npm holds a name for publishable: https://docs.npmjs.com/cli/configuring-npm/package-json#name */
const MOST_LETTERS = 214

/**
 * `my-app` and `apps/my-app` are folders; `@acme/my-app` is the name of a package in the folder `my-app`; `.` is the folder one is in.
 * @throws {UsageError} for what npm takes for no name, with one that it does.
 */
export function placeOf(given: string, cwd: string): Place {
  const scoped = /^(@[^/\\]+)\/([^/\\]+)$/.exec(given)
  const folder = resolve(cwd, scoped?.[2] ?? given)
  const name = scoped === null ? basename(folder) : given
  const trouble = troubleOf(name)
  if (trouble === undefined) return { folder, name }
  const better = slugOf(name)
  const instead = troubleOf(better) === undefined ? `: '${better}' would do` : ''
  throw new UsageError(`'${name}' is no name for a package, since ${trouble}${instead}`)
}

/** What keeps `name` from being a package's. */
export function troubleOf(name: string): string | undefined {
  const [own, scope] = name.startsWith('@') ? [name.slice(name.indexOf('/') + 1), name.slice(1, name.indexOf('/'))] : [name]
  if (own === '' || scope === '') return 'it is empty'
  if (name.length > MOST_LETTERS) return `it has more than ${MOST_LETTERS} letters`
  for (const part of scope === undefined ? [own] : [scope, own]) {
    if (/^[._-]/.test(part)) return `it begins with '${part[0]}'`
    if (/[A-Z]/.test(part)) return 'it has capital letters'
    if (/\s/.test(part)) return 'it has spaces'
    if (!/^[a-z0-9._-]+$/.test(part)) return 'letters a to z, digits and . _ - are all that it may have'
  }
  if (scope !== undefined) return undefined
  if (own === 'node_modules' || own === 'favicon.ico') return 'npm keeps it for itself'
  if (builtinModules.includes(own)) return 'a module of Node is called so'
  return undefined
}

function slugOf(name: string): string {
  const [scope, own] = name.startsWith('@')
    ? [`@${part(name.slice(1, name.indexOf('/')))}/`, name.slice(name.indexOf('/') + 1)]
    : ['', name]
  const slug = `${scope}${part(own)}`
  return builtinModules.includes(slug) ? `${slug}-app` : slug
}

function part(text: string): string {
  return text
    .normalize('NFKD')
    .replace(/\p{Mark}/gu, '')
    .toLowerCase()
    .replace(/[^a-z0-9._]+/g, '-')
    .replace(/^[._-]+|-+$/g, '')
    .slice(0, 100)
}
