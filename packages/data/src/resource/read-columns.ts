import type { PgTable } from 'drizzle-orm/pg-core'
import { type AnyGuard, isGuard } from 'plinth'
import { type Casing, columnKeys, fragmentOf } from '../drizzle/metadata.ts'
import type { Column } from '../model/contract.ts'
import { similar } from '../model/similar.ts'
import { readSqlType } from '../model/sql-type.ts'
import { everyone, openSet } from './everyone.ts'
import type { Fault } from './read-rules.ts'

/** Who may: a fixed answer, a guard, or a question. */
export type ColumnDecision = boolean | AnyGuard | ((asking: never) => unknown)

/** What the server fills in; `open` ones for strangers too. */
export interface Filler {
  readonly make: (asking: never) => unknown
  readonly open: boolean
}

/** Decisions about one column. */
export interface ColumnRules {
  readonly read: ColumnDecision
  readonly write: ColumnDecision
  readonly set: Filler | undefined
  readonly setOnUpdate: Filler | undefined
}

/** What `columns` said. */
export interface ReadColumns {
  /** By column; the others are everybody's. */
  readonly rules: ReadonlyMap<string, ColumnRules>
  readonly computed: readonly Column[]
}

const known: ReadonlySet<string> = new Set(['read', 'write', 'readonly', 'set', 'compute', 'type'])

/** Reads `columns`. `aliasOf` gives the table as it stands in one place. */
export function readColumns(
  columns: unknown,
  table: PgTable,
  aliasOf: (alias: string) => PgTable,
  casing: Casing,
  fault: Fault,
): ReadColumns {
  const rules = new Map<string, ColumnRules>()
  const computed: Column[] = []
  const keys = columnKeys(table)
  for (const [name, value] of Object.entries((columns ?? {}) as { readonly [name: string]: unknown })) {
    const where = `columns.${name}`
    if (typeof value !== 'object' || value === null) {
      fault('bad-column', `${where} is not an object`, 'write { read, write }, { set }, { readonly: true } or { compute }')
      continue
    }
    const given = value as { readonly [option: string]: unknown }
    for (const option of Object.keys(given)) {
      if (!known.has(option)) fault('bad-column', `${where} has no option '${option}'`, `it may have: ${[...known].join(', ')}`)
    }
    const stored = keys.includes(name)
    if ('compute' in given) {
      if (stored) fault('computed-column', `${where} is computed, but the table has a column of that name`, 'give it another name')
      else if (typeof given['compute'] !== 'function')
        fault('computed-column', `${where}.compute is no function`, 'write compute: (row) => sql`…`')
      else if (given['set'] !== undefined || given['write'] !== undefined) {
        fault('computed-column', `${where} is computed and can't be written`, "leave 'set' and 'write' out")
      } else computed.push(computedColumn(name, given, aliasOf, casing))
    } else if (!stored) {
      const meant = similar(name, keys, 0.6)
      const fix =
        meant === undefined ? `it has: ${keys.join(', ')}` : `write '${meant}', or { compute: (row) => sql\`…\` } for a column of your own`
      fault('unknown-column', `${where}: the table has no such column`, fix)
      continue
    }
    rules.set(name, rulesOf(given, where, fault))
  }
  return { rules, computed }
}

function computedColumn(
  name: string,
  given: { readonly [option: string]: unknown },
  aliasOf: (alias: string) => PgTable,
  casing: Casing,
): Column {
  const compute = given['compute'] as (row: PgTable) => Parameters<typeof fragmentOf>[0]
  const made = new Map<string, ReturnType<typeof fragmentOf>>()
  return {
    name,
    sqlName: name,
    computed: (alias) => {
      let fragment = made.get(alias)
      if (fragment === undefined) {
        fragment = fragmentOf(compute(aliasOf(alias)), casing)
        if (made.size < 64) made.set(alias, fragment)
      }
      return fragment
    },
    ...readSqlType(typeof given['type'] === 'string' ? given['type'] : 'text', undefined),
    nullable: true,
    hasDefault: false,
    defaultExpression: undefined,
    generated: true,
    enumValues: undefined,
    comment: undefined,
  }
}

function rulesOf(given: { readonly [option: string]: unknown }, where: string, fault: Fault): ColumnRules {
  const read = decisionOf(given['read'] ?? true, `${where}.read`, fault)
  const { set } = given
  const both =
    typeof set === 'object' && set !== null && openSet(set) === undefined
      ? (set as { create?: unknown; update?: unknown })
      : { create: set }
  if (set !== undefined && (given['write'] !== undefined || given['readonly'] !== undefined)) {
    fault(
      'set-and-write',
      `${where} is set by the server, which never lets the client write it`,
      "leave 'write' and 'readonly' out, or 'set'",
    )
  }
  if (given['readonly'] !== undefined && given['readonly'] !== true)
    fault('bad-column', `${where}.readonly is not true`, 'write true, or leave it out')
  if (given['readonly'] === true && given['write'] !== undefined) {
    fault('readonly-and-write', `${where} is readonly and has a rule for writing`, "leave one of 'readonly' and 'write' out")
  }
  return {
    read,
    write:
      given['readonly'] === true || set !== undefined
        ? false
        : given['write'] === undefined
          ? read
          : decisionOf(given['write'], `${where}.write`, fault),
    set: fillerOf(both.create, `${where}.set`, fault),
    setOnUpdate: fillerOf('update' in both ? both.update : undefined, `${where}.set.update`, fault),
  }
}

function decisionOf(value: unknown, where: string, fault: Fault): ColumnDecision {
  if (value === everyone) return true
  if (typeof value === 'boolean' || isGuard(value)) return value
  if (typeof value === 'function') return value as (asking: never) => unknown
  fault('bad-column', `${where} says nothing`, 'write true, false, everyone, a guard, or ({ user }) => …')
  return false
}

function fillerOf(value: unknown, where: string, fault: Fault): Filler | undefined {
  if (value === undefined) return undefined
  const open = openSet(value)
  if (open !== undefined) return { make: open, open: true }
  if (typeof value === 'function') return { make: value as (asking: never) => unknown, open: false }
  fault('bad-column', `${where} is no function`, 'write ({ user }) => …, or { create, update } with one each')
  return undefined
}
