import { PostgrestError, type PostgrestErrorBody } from '../grammar/postgrest-error.ts'
import { DatabaseError } from '../plan/database-error.ts'
import { type DataAnswer, lengthOf, vary } from './answer.ts'
import { tellsRow } from './row-details.ts'
import { statusOfSqlstate } from './sqlstate.ts'

/** What to know about the asker to answer an error. */
export interface ErrorOptions {
  readonly authenticated: boolean
  /** Whether details may tell what a row holds. */
  readonly rowDetails: boolean
  readonly headers?: readonly (readonly [string, string])[]
}

/** The answer for what planning or the database threw; undefined for anything that is neither, which is a fault of ours. */
export function errorAnswer(error: unknown, options: ErrorOptions): DataAnswer | undefined {
  const found = read(error, options)
  if (found === undefined) return undefined
  const body = JSON.stringify(found.body)
  const headers: [string, string][] = [
    ['Content-Type', 'application/json; charset=utf-8'],
    ['Content-Length', lengthOf(body)],
    ['Proxy-Status', `PostgREST; error=${found.body.code}`],
    [vary[0], vary[1]],
  ]
  for (const [name, value] of options.headers ?? []) headers.push([name, value])
  if (found.status === 401) headers.push(['WWW-Authenticate', error instanceof PostgrestError ? error.challenge : 'Bearer'])
  return { status: found.status, headers, body }
}

function read(error: unknown, options: ErrorOptions): { readonly status: number; readonly body: PostgrestErrorBody } | undefined {
  if (error instanceof PostgrestError) return { status: error.status, body: error.toJSON() }
  if (!isDatabaseError(error)) return undefined
  const { code, message } = error
  // Names are looked up in the model: one that the database does not know is no mistake of whoever asked.
  const drifted = unknownNames.has(code) && !(error instanceof DatabaseError)
  const status = drifted ? 500 : statusOfSqlstate(code, message, options.authenticated)
  // What goes wrong inside the database is for the log, not for whoever asked.
  if (status >= 500 && !code.startsWith('PT')) {
    return { status, body: { code, message: 'The database could not answer this request', details: null, hint: null } }
  }
  const details = tellsRow(code) && !options.rowDetails ? null : (error.detail ?? null)
  return { status, body: { code, message, details, hint: error.hint ?? null } }
}

/** A schema, a table, a column. */
const unknownNames: ReadonlySet<string> = new Set(['3F000', '42P01', '42703'])

interface SqlError {
  readonly code: string
  readonly message: string
  readonly detail?: string | undefined
  readonly hint?: string | undefined
}

/** An SQLSTATE has five characters, but so has EPIPE: without a digit in it, only what has a severity is the database's. */
function isDatabaseError(error: unknown): error is SqlError {
  if (!(error instanceof Error) || !('code' in error) || typeof error.code !== 'string') return false
  return /^[0-9A-Z]{5}$/.test(error.code) && (/[0-9]/.test(error.code) || 'severity' in error)
}
