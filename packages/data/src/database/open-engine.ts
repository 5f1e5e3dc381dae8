import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { Engine, EngineSettings } from './contract.ts'
import { DatabaseRefused } from './errors.ts'
import { SqlEngine } from './sql-engine.ts'
import type { Source } from './source.ts'

type Decided = EngineSettings & Required<Pick<EngineSettings, 'poolSize' | 'prepare' | 'timeoutMs' | 'idleMs' | 'report'>>

/** A busy server should say so soon; an embedded database is busy whenever anybody uses it. */
const CHECKOUT_MS = { server: 2_000, embedded: 10_000 }

const DEFAULTS = { poolSize: 10, prepare: true, timeoutMs: 5_000, idleMs: 10_000, report: () => {} }

/** Where an empty cluster is kept once it was made: beside the databases of a project, so that whoever removes one still starts fast. */
function cacheFolder(): string {
  const here = process.cwd()
  let project = here
  while (!existsSync(join(project, 'package.json'))) {
    const above = dirname(project)
    if (above === project) return join(here, '.plinth', 'cache', 'pglite')
    project = above
  }
  return join(project, '.plinth', 'cache', 'pglite')
}

/**
 * Opens a database: a server by its `url`, else an embedded one in `directory`, else one in memory. A server is not asked yet: it
 * may come later, which `ready` tells.
 *
 * @throws {DatabaseRefused} where the address is none, another process has the directory open, PGlite is not installed, or the
 * process runs in production and was not told that an embedded database is meant.
 */
export function openEngine(settings: EngineSettings = {}): Promise<Engine> {
  return openSqlEngine(settings)
}

/** {@link openEngine} with what only our own parts use. */
export async function openSqlEngine(settings: EngineSettings): Promise<SqlEngine> {
  const all: Decided = { ...DEFAULTS, ...settings }
  return new SqlEngine(await sourceOf(all), all)
}

async function sourceOf(all: Decided): Promise<Source> {
  if (all.url !== undefined) {
    const { ServerSource } = await import('./server/server-source.ts')
    return new ServerSource({ ...all, url: all.url, checkoutMs: all.checkoutMs ?? CHECKOUT_MS.server })
  }
  if (process.env['NODE_ENV'] === 'production' && all.embedded !== true) throw inProduction()
  const { EmbeddedSource } = await import('./embedded/embedded-source.ts')
  return EmbeddedSource.open({ ...all, cache: cacheFolder(), checkoutMs: all.checkoutMs ?? CHECKOUT_MS.embedded })
}

/** An embedded database where nobody said that one is meant. */
export function inProduction(): DatabaseRefused {
  return new DatabaseRefused(
    'database-in-production',
    'This is production, and no server is named: an embedded database serves one process, and may lose what it wrote last when the machine fails',
    'set DATABASE_URL, or say embedded: true where that is meant',
  )
}
