import { PostgrestError } from '../grammar/postgrest-error.ts'
import type { DataRequest } from '../grammar/request.ts'
import { parseCsv } from './csv.ts'

/** Rows to write. */
export interface Payload {
  /** A JSON array of objects, as text. What the client wrote stays as it is, so that no digit of a number is lost. */
  readonly json: string
  readonly rows: number
  /** The columns to write: those of `columns=`, else the keys that all objects have. */
  readonly columns: readonly string[]
  /** Those of them that the application put in itself, whoever asked. */
  readonly trusted?: ReadonlySet<string>
  /** Those that only new rows get: an upsert leaves them as they are. */
  readonly defaulted?: ReadonlySet<string>
}

/** How deep a body may be nested; PostgreSQL's stack, and ours, end somewhere. */
const MAX_DEPTH = 64

function refused(message: string): PostgrestError {
  return new PostgrestError('PGRST102', message)
}

/** Reads a body in its content type. Throws PGRST102 for what can't be read, and where objects have different keys. */
export function parsePayload(request: Pick<DataRequest, 'contentType' | 'columns'>, body: string | undefined): Payload {
  const columns = request.columns === undefined ? undefined : [...new Set(request.columns.map((it) => it.name))]
  const { contentType } = request
  if (contentType?.kind === 'csv') return ofCsv(body ?? '', columns)
  if (contentType?.kind === 'form') {
    const row = Object.fromEntries(new URLSearchParams(body ?? ''))
    return { json: JSON.stringify([row]), rows: 1, columns: columns ?? Object.keys(row) }
  }
  return ofJson(body ?? '', columns)
}

function ofCsv(body: string, columns: readonly string[] | undefined): Payload {
  const [header = [], ...lines] = parseCsv(body)
  const rows = lines.map((line) => {
    if (line.length !== header.length) throw refused('All lines must have same number of fields')
    return Object.fromEntries(line.map((value, at) => [header[at]!, value === 'NULL' ? null : value]))
  })
  return { json: JSON.stringify(rows), rows: rows.length, columns: columns ?? (rows.length === 0 ? [] : [...new Set(header)]) }
}

function ofJson(body: string, columns: readonly string[] | undefined): Payload {
  let value: unknown
  try {
    value = JSON.parse(body)
  } catch {
    throw refused('Empty or invalid json')
  }
  const wrong = wrongIn(value)
  if (wrong !== undefined) throw refused(wrong)
  if (isObject(value)) return { json: `[${body}]`, rows: 1, columns: columns ?? Object.keys(value) }
  if (!Array.isArray(value) || value.length === 0) return { json: '[]', rows: 0, columns: [] }
  if (!value.every(isObject)) throw refused('All object keys must match')
  if (columns === undefined && !haveSameKeys(value)) throw refused('All object keys must match')
  return { json: body, rows: value.length, columns: columns ?? Object.keys(value[0]!) }
}

function isObject(value: unknown): value is { readonly [key: string]: unknown } {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function haveSameKeys(rows: readonly object[]): boolean {
  const first = Object.keys(rows[0]!)
  return rows.every((row) => Object.keys(row).length === first.length && first.every((key) => Object.hasOwn(row, key)))
}

/**
 * What must not reach a column of JSON, which hands it on to other clients: keys that change the prototypes of objects there, and
 * numbers that PostgreSQL would write out with as many digits as their exponent says.
 */
function wrongIn(value: unknown): string | undefined {
  let level: unknown[] = [value]
  for (let depth = 0; level.length > 0; depth++) {
    if (depth > MAX_DEPTH) return `JSON can be nested ${MAX_DEPTH} levels deep at most`
    const next: unknown[] = []
    for (const it of level) {
      if (it === Infinity || it === -Infinity) return 'A number is out of range: its absolute value must be below 1.8e308'
      if (typeof it !== 'object' || it === null) continue
      for (const [key, member] of Object.entries(it)) {
        if (key === '__proto__') return "A key can't be '__proto__'"
        if (key === 'constructor' && isObject(member) && Object.hasOwn(member, 'prototype')) return "A key can't be 'constructor.prototype'"
        next.push(member)
      }
    }
    level = next
  }
  return undefined
}
