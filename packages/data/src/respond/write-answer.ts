import type { TableAccess } from '../access/contract.ts'
import { PostgrestError } from '../grammar/postgrest-error.ts'
import { preferenceApplied, type Preferences } from '../grammar/prefer.ts'
import type { DataRequest } from '../grammar/request.ts'
import type { Table } from '../model/contract.ts'
import type { Query } from '../model/introspect.ts'
import { addMembers } from '../payload/add-members.ts'
import { parsePayload, type Payload } from '../payload/payload.ts'
import { DatabaseError } from '../plan/database-error.ts'
import { miscounted } from '../plan/exactly.ts'
import { planWrite, type PlannedWrite, primaryKeyValues } from '../plan/write.ts'
import { type DataAnswer, lengthOf, vary } from './answer.ts'
import { contentRange } from './content-range.ts'
import type { ServeOptions } from './exchange.ts'
import { withoutHiddenKey } from './hidden-key.ts'
import { negotiate, notSingular } from './negotiate.ts'
import { bodyOf, type Prepared } from './read-answer.ts'

/** What the database told about a write. */
interface Outcome {
  readonly affected: number
  readonly fresh: number
  readonly rows: number
}

/**
 * Plans POST, PATCH, PUT and DELETE. Throws PostgrestError and DatabaseError; the answer's promise rejects with one of them
 * where what was written must not remain. With `givenBack`, where fewer rows than these can be answered with.
 */
export function prepareWrite(
  request: DataRequest,
  body: string | undefined,
  table: Table,
  access: TableAccess,
  options: ServeOptions,
  givenBack?: number,
): Prepared {
  const { prefer, method } = request
  const representation = negotiate(request.accept)
  const hooks = options.hooks?.(table)
  const verb = method === 'DELETE' ? 'delete' : method === 'PATCH' ? 'update' : 'create'
  if (method === 'PUT') primaryKeyValues(request, table)
  const payload = method === 'DELETE' ? undefined : parsePayload(request, body)
  if (method === 'PUT' && !table.primaryKey.every((it) => payload!.columns.includes(it))) throw otherKey()
  const shows = prefer.return === 'representation'
  const located = method === 'POST' && prefer.return === 'headers-only' && isKeyReadable(table, access)
  const mustWriteAll = method === 'POST' && prefer.resolution === 'merge-duplicates' && isRestricted(access)
  const mayBeTakenBack = hooks !== undefined || mustWriteAll || method === 'PUT' || prefer.maxAffected !== undefined
  const exactly = mayBeTakenBack ? undefined : representation.singular ? 1 : givenBack
  const wrongCount = (rows: number): Error => (representation.singular ? notSingular(rows) : refused(table))
  const planOf = (rows: Payload | undefined): PlannedWrite =>
    planWrite(request, verb === 'create' ? withDefaults(rows!, access) : rows, table, access, options, {
      format: shows ? representation.format : { kind: 'none' },
      location: located,
      written: hooks?.written !== undefined,
      exactly,
    })
  // What an error may tell depends on guards. Asked only then they would begin the request anew, and the hook would run again.
  if (hooks?.before !== undefined) for (const column of table.columns.values()) access.readable(column)
  // Also where a hook will change the rows: what the client sent is judged first.
  const plan = planOf(payload)
  let asked = plan
  const told = (error: unknown): unknown => (asked.isRefusal(error) ? refused(table) : withoutHiddenKey(error, table, access, options))
  return {
    alone: !mayBeTakenBack && !plan.judges,
    atCommit(error) {
      if (error instanceof DatabaseError) return error
      // What a hook wrote elsewhere and failed is the application's to tell.
      const own = hooks === undefined || (error as { readonly table?: unknown } | undefined)?.table === table.sqlName
      return own && error instanceof Error ? told(error) : error
    },
    async answer(query: Query): Promise<DataAnswer> {
      const changed = await hooks?.before?.(verb, payload)
      if (changed !== undefined) asked = planOf(changed)
      const { text, values, header } = asked
      const row = await query(text, values).then(
        (found) => found[0]!,
        (error: unknown) => {
          const rows = exactly === undefined ? undefined : miscounted(error)
          if (rows !== undefined) throw wrongCount(rows)
          throw told(error)
        },
      )
      const affected = Number(row['affected'])
      const outcome: Outcome = { affected, fresh: Number(row['fresh'] ?? 0), rows: Number(row['rows'] ?? affected) }
      if (Number(row['refused'] ?? 0) > 0 || (mustWriteAll && affected < (changed ?? payload)!.rows)) {
        throw refused(table)
      }
      if (method === 'PUT' && affected !== 1) throw otherKey()
      if (representation.singular ? outcome.rows !== 1 : givenBack !== undefined && outcome.rows < givenBack) throw wrongCount(outcome.rows)
      checkMaxAffected(request, affected)
      if (hooks?.written !== undefined) hooks.written(verb, JSON.parse(row['written'] as string) as object[])
      const location = located && affected === 1 ? (row['location'] as string) : undefined
      const headers = headersOf(request, table, outcome, location)
      if (!shows) {
        if (method === 'POST') headers.push(['Content-Length', '0'])
        return { status: method === 'POST' ? created(request, outcome) : 204, headers, body: '' }
      }
      const content = bodyOf(row['body'], representation.format.kind === 'csv', header, outcome.rows)
      headers.push(['Content-Type', representation.contentType], ['Content-Length', lengthOf(content)])
      const status = method === 'POST' || method === 'PUT' ? created(request, outcome) : 200
      return { status, headers, body: content }
    },
  }
}

/** Rows of others stay as they are, which must not pass for success. Without rules, only the database leaves rows out. */
function isRestricted(access: TableAccess): boolean {
  return access.rows('read', 't') !== 'all' || access.rows('update', 't') !== 'all'
}

/** What the application makes for columns that nobody wrote: the database knows nothing of it. */
function withDefaults(payload: Payload, { defaults }: TableAccess): Payload {
  const missing = [...defaults].filter(([name]) => !payload.columns.includes(name))
  if (missing.length === 0) return payload
  return addMembers(payload, () => Object.fromEntries(missing.map(([name, make]) => [name, make()])))
}

function refused(table: Table): DatabaseError {
  return new DatabaseError('42501', `new row violates the access rules of table "${table.name}"`)
}

function otherKey(): PostgrestError {
  return new PostgrestError('PGRST115', 'Payload values do not match URL in primary key column(s)')
}

/** An upsert that only changed rows has created nothing. */
function created({ method, prefer }: DataRequest, { fresh }: Outcome): number {
  const merges = method === 'PUT' || prefer.resolution === 'merge-duplicates'
  return merges && fresh === 0 ? 200 : 201
}

function headersOf(request: DataRequest, table: Table, { affected }: Outcome, location: string | undefined): [string, string][] {
  const { method, prefer } = request
  const headers: [string, string][] = [[vary[0], vary[1]]]
  const total = prefer.count === 'exact' || prefer.count === 'estimated' ? affected : undefined
  if (method === 'PATCH') headers.push(['Content-Range', contentRange(0, affected, total)])
  else if (method !== 'PUT') headers.push(['Content-Range', `*/${total ?? '*'}`])
  if (location !== undefined) headers.push(['Location', locationOf(table, location)])
  const applied = preferenceApplied(appliedOf(request, table))
  if (applied !== undefined) headers.push(['Preference-Applied', applied])
  return headers
}

function appliedOf({ method, prefer, onConflict }: DataRequest, table: Table): Partial<Preferences> {
  const { return: wanted, count, handling, timezone } = prefer
  const base: Partial<Preferences> = { return: wanted, handling, timezone, ...(method === 'PUT' ? {} : { count }) }
  if (method === 'POST') {
    const resolvable = table.primaryKey.length > 0 || onConflict !== undefined
    return { ...base, missing: prefer.missing, resolution: resolvable ? prefer.resolution : undefined }
  }
  if (method === 'PATCH') return { ...base, missing: prefer.missing, maxAffected: prefer.maxAffected }
  return method === 'DELETE' ? { ...base, maxAffected: prefer.maxAffected } : base
}

function checkMaxAffected({ method, prefer }: DataRequest, affected: number): void {
  const { maxAffected, handling } = prefer
  if (maxAffected === undefined || handling !== 'strict' || (method !== 'PATCH' && method !== 'DELETE')) return
  if (affected > maxAffected) {
    throw new PostgrestError('PGRST124', 'Query result exceeds max-affected preference constraint', `The query affects ${affected} rows`)
  }
}

function isKeyReadable(table: Table, access: TableAccess): boolean {
  return table.primaryKey.length > 0 && table.primaryKey.every((it) => access.readable(table.columns.get(it)!))
}

function locationOf(table: Table, key: string): string {
  const values = JSON.parse(key) as (string | null)[]
  const filters = table.primaryKey.map((name, at) => {
    const value = values[at] ?? undefined
    return `${encodeURIComponent(name)}=${value === undefined ? 'is.null' : `eq.${encodeURIComponent(value)}`}`
  })
  return `/${encodeURIComponent(table.name)}?${filters.join('&')}`
}
