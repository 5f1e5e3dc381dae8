import { pathToFileURL } from 'node:url'
import type { AnyApp, Built, ListenSettings, Running } from 'plinth'
import { shown } from './entry.ts'

/** What a command needs of an application, whichever copy of the framework made it. */
export interface LoadedApp extends AnyApp {
  listen(settings: ListenSettings): Promise<Running>
}

export type { Built }

/** The entry loads, but gives no application. */
export class NoApplication extends Error {
  override readonly name: string = 'NoApplication'
  readonly code: string = 'no-application'
  readonly fix: string
  readonly at: string

  constructor(message: string, fix: string, at: string) {
    super(message)
    this.fix = fix
    this.at = at
  }
}

/** Imports the entry and takes its application. */
export async function loadApp(entry: string, cwd: string): Promise<LoadedApp> {
  // A path is no URL: on Windows `C:` would be taken for a scheme.
  const exported = (await import(pathToFileURL(entry).href)) as { readonly [name: string]: unknown }
  return appOf(exported, shown(entry, cwd))
}

function isApp(value: unknown): value is LoadedApp {
  const it = value as Partial<LoadedApp> | null | undefined
  return typeof it === 'object' && it !== null && typeof it.build === 'function' && typeof it.listen === 'function'
}

function isModule(value: LoadedApp): boolean {
  return (value as { readonly '~definition'?: { readonly kind?: unknown } })['~definition']?.kind === 'module'
}

/**
 * The application among what a module exports: its default, else `app`.
 * @throws {NoApplication} that says what there is instead.
 */
export function appOf(exported: { readonly [name: string]: unknown }, file: string): LoadedApp {
  const value = exported['default'] ?? exported['app']
  const name = exported['default'] == null ? "as 'app'" : 'as its default'
  if (isApp(value)) {
    if (!isModule(value)) return value
    throw new NoApplication(
      `${file} exports a module ${name}, which is a part of an application`,
      'use it in one: export default app().use(…)',
      file,
    )
  }
  const names = Object.keys(exported)
  const other = names.find((it) => isApp(exported[it]) && !isModule(exported[it]))
  if (other !== undefined) throw new NoApplication(`${file} exports its application as '${other}'`, `export default ${other}`, file)
  if (names.length === 0) throw new NoApplication(`${file} exports nothing`, 'export the application: export default app()', file)
  if (value == null) {
    throw new NoApplication(
      `${file} exports no application; it exports ${names.join(', ')}`,
      'export the application: export default app()',
      file,
    )
  }
  throw new NoApplication(`${file} exports ${what(value)} ${name}, which is no application`, fixOf(value), file)
}

function what(value: unknown): string {
  if (typeof value === 'function') return 'a function'
  if (value instanceof Promise) return 'a promise'
  if (isRunning(value)) return 'an application that listens already'
  return Array.isArray(value) ? 'an array' : typeof value === 'object' ? 'an object' : `a ${typeof value}`
}

function isRunning(value: unknown): boolean {
  const it = value as { readonly url?: unknown; readonly port?: unknown }
  return typeof it.url === 'string' && typeof it.port === 'number'
}

function fixOf(value: unknown): string {
  if (typeof value === 'function') return 'call it: export default create()'
  if (value instanceof Promise || isRunning(value)) return 'export what app() gives, without listen(…): plinth listens'
  return 'export what app() gives'
}
