import { existsSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import type { Built, Mode, ServiceSetting } from 'plinth'
import { shown } from './entry.ts'
import type { Failure } from './failure.ts'
import { definedAt, innerFolders } from './inner-folders.ts'
import type { Io } from './io.ts'
import { routeRows } from './route-row.ts'

/** What `plinth doctor` found; what it prints as JSON. */
export interface Findings {
  readonly entry: string
  readonly mode: Mode
  readonly modeFrom: 'NODE_ENV' | 'the application' | undefined
  readonly node: string
  readonly platform: string
  /** The version that the application uses. */
  readonly framework: string | undefined
  readonly port: string
  readonly envFiles: readonly string[]
  readonly modules: readonly string[]
  readonly settings: readonly {
    readonly name: string
    readonly settings: readonly ServiceSetting[]
    readonly problems: readonly string[]
  }[]
  readonly services: readonly { readonly name: string; readonly scope: string; readonly lazy: boolean; readonly at: string }[]
  readonly guards: {
    readonly total: number
    readonly guarded: number
    readonly open: number
    readonly plain: number
    readonly unguarded: readonly string[]
  }
  readonly warnings: readonly string[]
  readonly failure: Failure | undefined
}

export async function examine(entry: string, io: Io, built: Built | undefined, failure: Failure | undefined): Promise<Findings> {
  const named = io.env['NODE_ENV']
  const usual: Mode = named === 'production' || named === 'test' ? named : 'development'
  const mode = built?.mode ?? usual
  const inner = innerFolders(entry)
  const rows = built === undefined ? [] : routeRows(built, inner)
  const bare = rows.filter((it) => it.unguarded).map((it) => `${it.method} ${it.template}`)
  const port = io.env['PORT']
  const settings = await settingsOf(built, mode)
  return {
    entry: shown(entry, io.cwd),
    mode,
    modeFrom: mode === usual ? (named === undefined ? undefined : 'NODE_ENV') : 'the application',
    node: process.versions.node,
    platform: `${io.platform} ${process.arch}`,
    framework: frameworkVersion(entry),
    port: port === undefined || port === '' ? '3000, the default' : `${port}, from PORT`,
    envFiles: envFilesOf(mode, io.cwd),
    modules: built?.modules ?? [],
    settings,
    services: (built?.services ?? []).map(({ name, scope, lazy, site }) => ({ name, scope, lazy, at: definedAt(site.short(), inner) })),
    guards: {
      total: rows.length,
      guarded: rows.filter((it) => it.guards.length > 0).length,
      open: rows.filter((it) => it.open).length,
      plain: rows.filter((it) => it.guards.length === 0 && !it.open).length,
      unguarded: bare,
    },
    warnings: warningsOf(io, mode, bare, settings),
    failure,
  }
}

/** `.env` files that are there, those that win first. */
export function envFilesOf(mode: string, cwd: string): readonly string[] {
  const names = [`.env.${mode}.local`, ...(mode === 'test' ? [] : ['.env.local']), `.env.${mode}`, '.env']
  return names.filter((name) => existsSync(join(cwd, name)))
}

async function settingsOf(built: Built | undefined, mode: Mode): Promise<Findings['settings']> {
  const found: Findings['settings'][number][] = []
  for (const { name, describe } of built?.services ?? []) {
    if (describe === undefined) continue
    try {
      const { entries, problems } = await describe(mode)
      found.push({ name, settings: entries, problems })
    } catch (error) {
      found.push({ name, settings: [], problems: [`can't describe itself: ${error instanceof Error ? error.message : String(error)}`] })
    }
  }
  return found
}

function warningsOf(io: Io, mode: Mode, bare: readonly string[], settings: Findings['settings']): readonly string[] {
  const warnings: string[] = []
  const named = io.env['NODE_ENV'] ?? ''
  if (!['', 'development', 'test', 'production'].includes(named)) {
    warnings.push(`NODE_ENV is '${named}', which counts as development; there are development, test and production`)
  }
  const port = io.env['PORT']
  if (port !== undefined && port !== '' && !(/^\d+$/.test(port) && Number(port) <= 65_535))
    warnings.push(`PORT is '${port}', which is no port`)
  for (const route of bare) warnings.push(`${route} has no guard, and other routes have: add one, or write open: true`)
  if (mode !== 'production') return warnings
  for (const { name, settings: entries } of settings) {
    for (const it of entries) {
      if (it.secret && it.source === 'default')
        warnings.push(`${it.key} of ${name} is a secret with a default, which everybody can read in the code: set ${it.name}`)
      if (it.source === 'file' && /\.local(?::|$)/.test(it.place ?? ''))
        warnings.push(`${it.key} of ${name} comes from ${it.place}, a file of one machine`)
    }
  }
  return warnings
}

function frameworkVersion(entry: string): string | undefined {
  try {
    const folder = dirname(createRequire(entry).resolve('plinth/package.json'))
    return (JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as { readonly version: string }).version
  } catch {
    return undefined
  }
}
