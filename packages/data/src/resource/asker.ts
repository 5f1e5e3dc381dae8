import { QueryBuilder } from 'drizzle-orm/pg-core'
import { type AnyGuard, type Context, isGuard, passGuard, Problem, problemCatalogue } from 'plinth'
import type { Access, Rows, TableAccess, Verb } from '../access/contract.ts'
import { fragmentOf, isSql, valueFragment } from '../drizzle/metadata.ts'
import type { Fragment } from '../fragment.ts'
import type { Column, Relationship, Table } from '../model/contract.ts'
import { DatabaseError } from '../plan/database-error.ts'
import type { CompiledResource } from './compile-resource.ts'
import type { ColumnDecision, Filler } from './read-columns.ts'
import type { Permission } from './read-rules.ts'
import type { CompiledResources } from './resource-set.ts'
import type { Asking } from './types.ts'

/** Thrown while planning: a guard has to be asked first, which takes time. Caught by {@link Asker.settled}, never by users. */
class GuardPending {
  readonly asker: Asker
  readonly guard: AnyGuard
  constructor(asker: Asker, guard: AnyGuard) {
    this.asker = asker
    this.guard = guard
  }
}

const query = new QueryBuilder()

/**
 * Whoever asks, for the time of one request: what guards and rules say to him, each asked once for what it is asked about.
 *
 * Guards may wait, the planner does not. So a guard that a plan turns out to need ends the planning, is asked, and the planning
 * begins anew; nothing has been sent to the database by then.
 */
export class Asker implements Access {
  readonly ctx: Context
  readonly asking: Asking
  readonly isCode: boolean
  readonly #set: CompiledResources
  readonly #served: ReadonlySet<Table> | undefined
  readonly #tables = new Map<Table, ResourceAccess>()
  readonly #passed: Set<AnyGuard>
  readonly #refused = new Map<AnyGuard, Problem>()

  /**
   * `served` are the only tables that there are for this request, without which code asks and no client, whom limits are for;
   * `passed`, guards that stood before the route.
   */
  constructor(ctx: Context, set: CompiledResources, served?: ReadonlySet<Table>, passed: Iterable<AnyGuard> = []) {
    this.ctx = ctx
    this.isCode = served === undefined
    this.asking = { user: ctx.user, query }
    this.#set = set
    this.#served = served
    this.#passed = new Set(passed)
  }

  of(table: Table): ResourceAccess | undefined {
    const known = this.#tables.get(table)
    if (known !== undefined) return known
    const compiled = this.#served?.has(table) === false ? undefined : this.#set.ofTable(table)
    if (compiled === undefined) return undefined
    const access = new ResourceAccess(this, compiled)
    this.#tables.set(table, access)
    return access
  }

  /** Runs `work` until no guard is missing. It must not have done anything yet when one is. */
  async settled<T>(work: () => Promise<T>): Promise<T> {
    for (;;) {
      try {
        return await work()
      } catch (error) {
        if (!(error instanceof GuardPending) || error.asker !== this) throw error
        await this.#ask(error.guard)
      }
    }
  }

  /** Throws what the guard refuses with. */
  pass(guard: AnyGuard): void {
    if (this.#passed.has(guard)) return
    const refusal = this.#refused.get(guard)
    if (refusal !== undefined) throw refusal
    throw new GuardPending(this, guard)
  }

  /** Whether a guard lets through. */
  passes(guard: AnyGuard): boolean {
    if (this.#passed.has(guard)) return true
    if (this.#refused.has(guard)) return false
    throw new GuardPending(this, guard)
  }

  async #ask(guard: AnyGuard): Promise<void> {
    try {
      await passGuard(guard, this.ctx, this.#passed)
    } catch (error) {
      if (!(error instanceof Problem)) throw error
      this.#refused.set(guard, error)
    }
  }
}

/** What one asker may do with one resource. */
export class ResourceAccess implements TableAccess {
  readonly unfilteredWrites: boolean
  readonly aggregates: boolean
  readonly maxRows: number | undefined
  readonly largerPages = 'refuse'
  readonly defaults: ReadonlyMap<string, () => unknown>
  readonly #asker: Asker
  readonly #compiled: CompiledResource
  readonly #rows = new Map<string, Rows>()
  readonly #readable = new Map<string, boolean>()
  #set: ReadonlyMap<string, Fragment> | undefined
  #setOnUpdate: ReadonlyMap<string, Fragment> | undefined

  constructor(asker: Asker, compiled: CompiledResource) {
    this.#asker = asker
    this.#compiled = compiled
    this.unfilteredWrites = asker.isCode || compiled.options.unfilteredWrites === true
    this.aggregates = compiled.options.aggregates === true
    this.maxRows = asker.isCode ? undefined : compiled.maxRows
    this.defaults = compiled.defaults
  }

  rows(verb: Verb, alias: string): Rows {
    return this.#rowsOf(verb, this.#compiled.permissions[verb], alias)
  }

  after(alias: string): Rows {
    return this.#rowsOf('after', this.#compiled.permissions.after, alias)
  }

  readable(column: Column): boolean {
    const rule = this.#compiled.columns.rules.get(column.name)
    if (rule === undefined || rule.read === true) return true
    let answer = this.#readable.get(column.name)
    if (answer === undefined) this.#readable.set(column.name, (answer = this.#decide(rule.read, column)))
    return answer
  }

  writable(column: Column): boolean {
    if (column.generated) return false
    const rule = this.#compiled.columns.rules.get(column.name)
    return rule === undefined || this.#decide(rule.write, column)
  }

  get set(): ReadonlyMap<string, Fragment> {
    return (this.#set ??= this.#fill('set'))
  }

  get setOnUpdate(): ReadonlyMap<string, Fragment> {
    return (this.#setOnUpdate ??= this.#fill('setOnUpdate'))
  }

  embeddable(relationship: Relationship): boolean {
    return this.#compiled.ways.has(relationship)
  }

  #rowsOf(verb: string, permission: Permission | undefined, alias: string): Rows {
    const key = `${verb} ${alias}`
    const known = this.#rows.get(key)
    if (known !== undefined) return known
    if (permission === undefined) throw this.#refusal()
    for (const guard of permission.guards) this.#asker.pass(guard)
    let rows: Rows = 'all'
    for (const { rule, open } of permission.checks) {
      // A rule about one's own rows has no answer for somebody who is nobody.
      if (!open && this.#asker.ctx.user === null) throw this.#refusal()
      const found = this.#rowsBy(rule(this.#compiled.aliasOf(alias) as never, this.#asker.asking as never), verb)
      rows = both(rows, found)
      if (rows === 'none') break
    }
    this.#rows.set(key, rows)
    return rows
  }

  #rowsBy(value: unknown, verb: string): Rows {
    if (value === true) return 'all'
    if (value === false || value === undefined) return 'none'
    if (isSql(value)) return fragmentOf(value, this.#compiled.casing)
    const gave = value instanceof Promise ? 'a promise: what has to wait is a guard’s' : `neither SQL nor true or false`
    if (value instanceof Promise) value.catch(() => {})
    throw new TypeError(`Resource '${this.#compiled.name}': the rule of '${verb === 'after' ? 'update' : verb}' gave ${gave}`)
  }

  #refusal(): DatabaseError {
    // As where a guard refuses: whoever is nobody is told what would help.
    const hint = this.#asker.ctx.user === null ? problemCatalogue().get('not-signed-in')?.help : undefined
    return new DatabaseError('42501', `permission denied for table ${this.#compiled.name}`, undefined, hint)
  }

  #decide(decision: ColumnDecision, column: Column): boolean {
    if (typeof decision === 'boolean') return decision
    if (isGuard(decision)) return this.#asker.passes(decision)
    const answer = (decision as (asking: Asking) => unknown)(this.#asker.asking)
    if (typeof answer === 'boolean') return answer
    throw new TypeError(`Resource '${this.#compiled.name}': the rule of column '${column.name}' gave neither true nor false`)
  }

  #fill(kind: 'set' | 'setOnUpdate'): Map<string, Fragment> {
    const values = new Map<string, Fragment>()
    for (const { key, column, makeOnUpdate } of this.#compiled.facts) {
      const filler = this.#compiled.columns.rules.get(key)?.[kind]
      const value = filler === undefined ? (kind === 'setOnUpdate' ? makeOnUpdate?.() : undefined) : this.#made(filler)
      if (filler === undefined && value === undefined) continue
      const { type } = this.#compiled.table.columns.get(key)!
      const { texts, values: bound } = valueFragment(value, column, this.#compiled.casing)
      const last = texts.length - 1
      // Without it, a value beside a SELECT would be taken for a text.
      const cast = texts.map((text, at) => `${at === 0 ? 'CAST(' : ''}${text}${at === last ? ` AS ${type})` : ''}`)
      values.set(key, { texts: cast, values: bound })
    }
    return values
  }

  #made({ make, open }: Filler): unknown {
    if (!open && this.#asker.ctx.user === null) throw this.#refusal()
    return make(this.#asker.asking as never)
  }
}

function both(a: Rows, b: Rows): Rows {
  if (a === 'none' || b === 'none') return 'none'
  if (a === 'all') return b
  if (b === 'all') return a
  const [first = '', ...middle] = a.texts
  const [next = '', ...rest] = b.texts
  const seam = `${middle.pop() ?? ''}`
  const texts = a.texts.length === 1 ? [`(${first}) AND (${next}`, ...rest] : [`(${first}`, ...middle, `${seam}) AND (${next}`, ...rest]
  texts[texts.length - 1] += ')'
  return { texts, values: [...a.values, ...b.values] }
}
