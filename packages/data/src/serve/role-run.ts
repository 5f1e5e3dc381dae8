import { outsideTransaction } from '../database/ambient.ts'
import type { Engine, QueryOptions } from '../database/contract.ts'
import { queryOf } from '../database/run.ts'
import { DatabaseError } from '../plan/database-error.ts'
import { quote } from '../plan/quote.ts'
import type { Run } from '../respond/exchange.ts'

/** What policies of the database see of a request, as PostgREST sets it. */
export interface RequestSettings {
  readonly role: string
  /** JSON. */
  readonly claims: string
  readonly method: string
  /** Behind the prefix. */
  readonly path: string
  readonly headers: { readonly [name: string]: string }
  readonly cookies: { readonly [name: string]: string }
  /** Where names without a schema are looked for: functions in policies have such. */
  readonly searchPath: readonly string[]
}

// The role is the last: from there on nothing is done that it may not do.
const settingsSql = `SELECT set_config('search_path', $1, true), set_config('request.jwt.claims', $2, true), set_config('request.method', $3, true), set_config('request.path', $4, true), set_config('request.headers', $5, true), set_config('request.cookies', $6, true), set_config('role', $7, true)`

/**
 * Runs every request in a transaction as its role. What is set ends with the transaction, so that a connection keeps nothing of
 * who has used it; what joined a transaction of the application would hand it the role, so it never does.
 */
export function runAsRole(engine: Engine, settings: RequestSettings, options: QueryOptions = {}): Run {
  const { role, claims, method, path, headers, cookies, searchPath } = settings
  const values = [searchPath.map(quote).join(', '), claims, method, path, JSON.stringify(headers), JSON.stringify(cookies), role]
  return async ({ readOnly }, work) => {
    // To PostgreSQL this name means to be the login again, who may be everybody.
    if (role === 'none') throw new DatabaseError('22023', 'role "none" does not exist')
    return outsideTransaction(() =>
      engine.transaction({ readOnly, signal: options.signal }, async (session) => {
        await session.query({ text: settingsSql, values, name: 'request settings' }, options)
        return work(queryOf(session, options))
      }),
    )
  }
}
