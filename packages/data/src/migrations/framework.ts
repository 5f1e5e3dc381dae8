import type { Engine, Session } from '../database/contract.ts'
import { frameworkVersions, type FrameworkVersion } from './framework-versions.ts'
import { underLock } from './lock.ts'
import { MigrationError } from './migration-error.ts'
import { tableExists } from './table-exists.ts'

/** The schema in which the framework keeps what is its own. */
export const FRAMEWORK_SCHEMA = 'plinth'

/**
 * Brings the schema `plinth` to what this version of the framework needs, forward only. Costs one statement where nothing is to
 * do, and may be called by any number of nodes at once. Gives the names of what was applied.
 * @throws {MigrationError} where the database was prepared by a newer version of the framework: it may keep there what this one
 * would break.
 */
export async function prepareDatabase(
  engine: Engine,
  versions: readonly FrameworkVersion[] = frameworkVersions,
): Promise<readonly string[]> {
  const last = versions.at(-1)?.version ?? 0
  if ((await versionOf(engine, last)) === last) return []
  return underLock(engine, async (session) => {
    const from = await versionOf(session, last)
    if (from === 0) {
      await session.script(`CREATE SCHEMA IF NOT EXISTS ${FRAMEWORK_SCHEMA};
CREATE TABLE IF NOT EXISTS plinth.versions (version int PRIMARY KEY, name text NOT NULL, applied_at timestamptz NOT NULL DEFAULT now())`)
    }
    const pending = versions.filter(({ version }) => version > from)
    for (const { version, name, sql } of pending) {
      await session.script(sql)
      await session.query({ text: 'INSERT INTO plinth.versions (version, name) VALUES ($1, $2)', values: [version, name] })
    }
    return pending.map(({ name }) => name)
  })
}

async function versionOf(session: Session, known: number): Promise<number> {
  if (!(await tableExists(session, FRAMEWORK_SCHEMA, 'versions'))) return 0
  const [row] = await session.query({ text: 'SELECT coalesce(max(version), 0) AS version FROM plinth.versions', values: [] })
  const version = Number(row?.['version'])
  if (version > known) {
    throw new MigrationError(
      [`The schema 'plinth' of this database has version ${version}; this version of the framework knows ${known}`],
      'deploy the version of @plinth/data that prepared this database, or a newer one',
    )
  }
  return version
}
