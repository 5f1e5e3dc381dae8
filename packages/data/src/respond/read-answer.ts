import type { TableAccess } from '../access/contract.ts'
import { unsatisfiable } from '../grammar/page.ts'
import { PostgrestError } from '../grammar/postgrest-error.ts'
import { preferenceApplied } from '../grammar/prefer.ts'
import type { DataRequest } from '../grammar/request.ts'
import type { Table } from '../model/contract.ts'
import type { Query } from '../model/introspect.ts'
import { planEstimate, planRead } from '../plan/read.ts'
import { isRestricted } from '../plan/restricted.ts'
import { type DataAnswer, lengthOf, vary } from './answer.ts'
import { contentRange, statusOfRange } from './content-range.ts'
import type { ServeOptions } from './exchange.ts'
import { negotiate, notSingular } from './negotiate.ts'

/** PGRST103 with the range that there is. */
export class RangeError416 extends PostgrestError {
  readonly contentRange: string

  constructor(details: string, range: string) {
    const { code, message } = unsatisfiable(details)
    super(code as 'PGRST103', message, details)
    this.contentRange = range
  }
}

/** Everything about a read that was settled before the database is asked. */
export interface Prepared {
  /** Whether it can do without a transaction: it is a single statement, of which nothing is ever taken back after it has succeeded. */
  readonly alone: boolean
  answer(query: Query): Promise<DataAnswer>
  /** What to tell of an error of the transaction: keys may be checked only when it is committed. */
  atCommit?(error: unknown): unknown
}

/** Plans GET and HEAD. Throws PostgrestError and DatabaseError. */
export function prepareRead(request: DataRequest, table: Table, access: TableAccess, options: ServeOptions): Prepared {
  const representation = negotiate(request.accept)
  const count = countOf(request, table, access, options)
  const head = request.method === 'HEAD'
  const cap = count === 'estimated' ? access.maxRows : undefined
  const plan = planRead(request, table, access, options, {
    format: head ? { kind: 'none' } : representation.format,
    total: count === 'exact' || count === 'estimated',
    totalCap: cap === undefined ? undefined : cap + 1,
  })
  const estimate = count === 'planned' || cap !== undefined ? planEstimate(request, table, access, options) : undefined
  return {
    alone: true,
    async answer(query: Query): Promise<DataAnswer> {
      const row = (await query(plan.text, plan.values))[0]!
      const rows = Number(row['rows'])
      let total = row['total'] === undefined ? undefined : Number(row['total'])
      if (estimate !== undefined && (total === undefined || total > cap!)) {
        total = Math.max(planRows(await query(estimate.text, estimate.values)), total ?? 0)
      }
      if (representation.singular && rows !== 1) throw notSingular(rows)
      const { offset } = request.page
      if (total !== undefined && offset > total) {
        throw new RangeError416(`An offset of ${offset} was requested, but there are only ${total} rows.`, `*/${total}`)
      }
      const body = head ? '' : bodyOf(row['body'], representation.format.kind === 'csv', plan.header, rows)
      const { canonicalQuery, prefer } = request
      const headers: [string, string][] = [
        ['Content-Type', representation.contentType],
        ['Content-Range', contentRange(offset, rows, total)],
        ['Content-Location', `/${encodeURIComponent(request.relation)}${canonicalQuery ? `?${canonicalQuery}` : ''}`],
        [vary[0], vary[1]],
      ]
      if (!head) headers.push(['Content-Length', lengthOf(body)])
      const applied = preferenceApplied({ count: prefer.count, handling: prefer.handling, timezone: prefer.timezone })
      if (applied !== undefined) headers.push(['Preference-Applied', applied])
      return { status: statusOfRange(rows, total), headers, body }
    },
  }
}

/** The planner's figures come from statistics over all rows, also those the asker may not see: then we count. */
function countOf(request: DataRequest, table: Table, access: TableAccess, options: ServeOptions): DataRequest['prefer']['count'] {
  const { count } = request.prefer
  if (count === undefined || count === 'exact') return count
  return isRestricted(request, table, access, options) ? 'exact' : count
}

/** The text of the answer; rows of CSV get their header. */
export function bodyOf(body: unknown, csv: boolean, header: string, rows: number): string {
  const text = typeof body === 'string' ? body : ''
  return csv ? (rows === 0 ? '\n' : `${header}\n${text}`) : text
}

function planRows(rows: Awaited<ReturnType<Query>>): number {
  const value = rows[0]?.['QUERY PLAN']
  const plan = (typeof value === 'string' ? JSON.parse(value) : value) as [{ Plan: { 'Plan Rows': number } }]
  return plan[0].Plan['Plan Rows']
}
