import type { TableAccess } from '../access/contract.ts'
import type { DataRequest } from '../grammar/request.ts'
import type { Table } from '../model/contract.ts'
import { bodySql, csvHeader, type Format } from './body.ts'
import { coreOf } from './core.ts'
import { type Statement, Values } from './statement.ts'
import { buildTree, type Setting } from './tree.ts'

/** What is asked besides the rows. */
export interface ReadOptions {
  readonly format: Format
  /** Count all rows behind the page as well, as `total`. */
  readonly total: boolean
  /** Do not count beyond so many. */
  readonly totalCap?: number | undefined
}

/** A statement that answers with one row: `body`, `rows` and, if asked, `total`. */
export interface Planned extends Statement {
  /** Of CSV. */
  readonly header: string
}

/** Throws PostgrestError and DatabaseError for what there is not, or not for this asker. */
export function planRead(request: DataRequest, table: Table, access: TableAccess, setting: Setting, options: ReadOptions): Planned {
  const level = buildTree(request, table, access, setting)
  const values = new Values()
  const core = coreOf(level, values)
  const rows = core.named()
  let total = ''
  if (options.total) {
    const counted = coreOf(level, values, { counting: true }).named()
    const cap = options.totalCap === undefined ? '' : ` LIMIT ${values.add(options.totalCap)}::bigint`
    total = `, (SELECT count(*) FROM (${counted}${cap}) n) AS total`
  }
  const text = `SELECT ${bodySql(options.format)} AS body, count(*) AS rows${total} FROM (${rows}) r`
  return { text, values: values.list, header: csvHeader(core) }
}

/** A statement whose plan tells how many rows the database expects there to be. */
export function planEstimate(request: DataRequest, table: Table, access: TableAccess, setting: Setting): Statement {
  const values = new Values()
  const text = coreOf(buildTree(request, table, access, setting), values, { counting: true }).named()
  return { text: `EXPLAIN (FORMAT JSON) ${text}`, values: values.list }
}
