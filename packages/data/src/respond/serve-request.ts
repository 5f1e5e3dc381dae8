import type { TableAccess } from '../access/contract.ts'
import { parseRequest } from '../grammar/parse-request.ts'
import { PostgrestError } from '../grammar/postgrest-error.ts'
import type { DataRequest } from '../grammar/request.ts'
import type { Table } from '../model/contract.ts'
import type { Query } from '../model/introspect.ts'
import { resolveTable } from '../model/resolve-relationship.ts'
import { allowedMethods } from './allowed-methods.ts'
import { type DataAnswer, vary } from './answer.ts'
import { errorAnswer } from './error-answer.ts'
import type { DataRequestParts, ServeOptions } from './exchange.ts'
import { prepareRead, RangeError416 } from './read-answer.ts'
import { mayTellRow } from './row-details.ts'
import { prepareWrite } from './write-answer.ts'

/**
 * Answers a request on a table. Whatever is wrong with the request, or what the database says to it, becomes an answer;
 * it throws only what is neither, such as a lost connection.
 */
export async function serveRequest(parts: DataRequestParts, options: ServeOptions): Promise<DataAnswer> {
  let found: { table: Table; access: TableAccess } | undefined
  try {
    const request = parseRequest({ ...parts, relation: relationOf(parts.path) }, options.limits)
    found = findTable(request, options)
    return await answer(request, parts.body, found.table, found.access, options)
  } catch (error) {
    const headers = error instanceof RangeError416 ? ([['Content-Range', error.contentRange]] as const) : []
    const rowDetails = found !== undefined && mayTellRow(error, found.table, found.access)
    const answered = errorAnswer(error, { authenticated: options.authenticated ?? false, rowDetails, headers })
    if (answered === undefined) throw error
    if (answered.status >= 500) options.failed?.(error)
    return parts.method === 'HEAD' ? { ...answered, body: '' } : answered
  }
}

async function answer(
  request: DataRequest,
  body: string | undefined,
  table: Table,
  access: TableAccess,
  options: ServeOptions,
): Promise<DataAnswer> {
  if (request.method === 'OPTIONS') {
    return { status: 200, headers: [['Allow', allowedMethods(table).join(',')], vary], body: '' }
  }
  const reads = request.method === 'GET' || request.method === 'HEAD'
  const plan = reads ? prepareRead(request, table, access, options) : prepareWrite(request, body, table, access, options)
  const { timezone } = request.prefer
  try {
    return await options.run({ transaction: !plan.alone || timezone !== undefined, readOnly: reads }, async (query: Query) => {
      if (timezone !== undefined) await query(`SELECT set_config('TimeZone', $1, true)`, [timezone])
      return plan.answer(query)
    })
  } catch (error) {
    throw plan.atCommit === undefined ? error : plan.atCommit(error)
  }
}

function relationOf(path: string): string {
  const name = /^\/([^/]+)$/.exec(path)?.[1]
  if (name !== undefined) {
    try {
      const decoded = decodeURIComponent(name)
      if (!decoded.includes('\0')) return decoded
    } catch {
      // Not UTF-8: no relation has such a name.
    }
  }
  throw new PostgrestError('PGRST125', 'Invalid path specified in request URL')
}

function findTable(request: DataRequest, { model, access }: ServeOptions): { table: Table; access: TableAccess } {
  const schema = request.schema ?? model.schemas[0]!
  if (!model.schemas.includes(schema)) {
    const hint = `Only the following schemas are exposed: ${model.schemas.join(', ')}`
    throw new PostgrestError('PGRST106', `Invalid schema: ${schema}`, null, hint)
  }
  const table = resolveTable(model, schema, request.relation, (it) => access.of(it) !== undefined)
  return { table, access: access.of(table)! }
}
