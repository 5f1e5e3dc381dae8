import { BootError } from 'plinth'
import type { Engine } from '../database/contract.ts'
import { queryOf } from '../database/run.ts'
import type { Model } from '../model/contract.ts'
import { introspect } from '../model/introspect.ts'
import { similar } from '../model/similar.ts'

/** Schemas in which nobody's own tables are. */
const closed = /^(?:pg_.*|information_schema|plinth)$/

const schemasSql = `SELECT nspname AS name FROM pg_namespace WHERE nspname !~ '^pg_' AND nspname NOT IN ('information_schema', 'plinth') ORDER BY nspname`

/**
 * Reads the tables of the schemas.
 * @throws {BootError} for a schema that there is not, or that is not to be served.
 */
export async function readModel(engine: Engine, schemas: readonly string[]): Promise<Model> {
  const query = queryOf(engine)
  const there = (await query(schemasSql, [])).map((it) => String(it['name']))
  const problems = schemas
    .filter((it) => !there.includes(it))
    .map((name) => {
      if (closed.test(name)) {
        return { code: 'closed-schema', message: `The schema '${name}' is not for serving`, fix: `serve one of: ${there.join(', ')}` }
      }
      const meant = similar(name, there, 0.6)
      const fix = meant === undefined ? `there are: ${there.join(', ')}` : `write '${meant}'`
      return { code: 'unknown-schema', message: `The database has no schema '${name}'`, fix }
    })
  if (problems.length > 0) throw new BootError(problems)
  return introspect(query, schemas)
}

/** Whether the login may become a role. */
const roleSql = `SELECT rolname AS name, pg_has_role(session_user, oid, 'MEMBER') AS may FROM pg_roles WHERE rolname = $1`

/** @throws {BootError} where nobody could ever be answered as `role`. */
export async function checkAnonRole(engine: Engine, role: string): Promise<void> {
  const [found] = await queryOf(engine)(roleSql, [role])
  if (found === undefined) {
    const fix = `CREATE ROLE ${role} NOLOGIN and grant it what strangers may do, name another, or let only tokens in`
    throw new BootError([{ code: 'unknown-role', message: `The database has no role '${role}', as which strangers are answered`, fix }])
  }
  if (found['may'] !== true) {
    throw new BootError([
      { code: 'unknown-role', message: `The login may not become the role '${role}'`, fix: `GRANT ${role} TO the login of the address` },
    ])
  }
}
