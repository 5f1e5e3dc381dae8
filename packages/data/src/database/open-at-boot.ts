import { BootError, type Logger, type Mode } from 'plinth'
import { messageOf } from './connection.ts'
import type { EngineSettings } from './contract.ts'
import { DatabaseRefused, sqlstateOf } from './errors.ts'
import { inProduction, openSqlEngine } from './open-engine.ts'
import type { SqlEngine } from './sql-engine.ts'

/** Passwords, names of users and databases: nothing that waiting would mend. */
const mistaken: ReadonlySet<string> = new Set(['28P01', '28000', '3D000', '42501'])

/** What an application opens a database with. */
export interface AtBoot {
  readonly log: Logger
  readonly mode: Mode
  /** What is to be corrected where the database refuses us. */
  readonly fix: string
}

/**
 * Opens the database of an application and asks it once. `away` says why it does not answer: it may come later.
 * @throws {BootError} where it refuses us, or can't be opened as it was asked for.
 */
export async function openAtBoot(
  settings: EngineSettings,
  { log, mode, fix }: AtBoot,
): Promise<{ readonly engine: SqlEngine; readonly away: unknown }> {
  const report = (error: unknown, what: string): void => log.error({ err: error }, what)
  const engine = await opened({ ...settings, report }, mode)
  try {
    await engine.ready()
    return { engine, away: undefined }
  } catch (error) {
    if (!mistaken.has(sqlstateOf(error) ?? '')) return { engine, away: error }
    await engine.close()
    throw new BootError([{ code: 'database-refuses', message: messageOf(error), fix, cause: error }])
  }
}

async function opened(settings: EngineSettings, mode: Mode): Promise<SqlEngine> {
  try {
    if (mode === 'production' && settings.url === undefined && settings.embedded !== true) throw inProduction()
    return await openSqlEngine(settings)
  } catch (error) {
    if (!(error instanceof DatabaseRefused)) throw error
    const { code, what, fix } = error
    throw new BootError([{ code, message: what, fix, cause: error }])
  }
}
