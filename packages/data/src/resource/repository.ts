import type { SQLWrapper } from 'drizzle-orm'
import type { PgTable } from 'drizzle-orm/pg-core'
import type { Context } from 'plinth'
import { runOn } from '../database/run.ts'
import { type ColumnFacts, fragmentOf, fromDriver, isSql, onRow, readsItself, toWire } from '../drizzle/metadata.ts'
import type { Condition, DataRequest, OrderTerm, RequestMethod, SelectItem } from '../grammar/request.ts'
import { wholePage } from '../grammar/page.ts'
import { parsePrefer } from '../grammar/prefer.ts'
import type { DataAnswer } from '../respond/answer.ts'
import { prepareRead } from '../respond/read-answer.ts'
import { prepareWrite } from '../respond/write-answer.ts'
import { Asker } from './asker.ts'
import { actingRun } from './captured.ts'
import type { CompiledResource } from './compile-resource.ts'
import { writeHooks } from './hooks.ts'
import { asProblem } from './repository-problems.ts'
import type { Chosen, FindOptions, KeyOf, ResourceFor, ResourceRows, WhereOf } from './repository-types.ts'
import type { CompiledResources } from './resource-set.ts'

type Row = { [column: string]: unknown }

/** A resource for handwritten code. */
export class Repository<T extends PgTable> implements ResourceFor<T> {
  readonly #compiled: CompiledResource
  readonly #set: CompiledResources

  constructor(compiled: CompiledResource, set: CompiledResources) {
    this.#compiled = compiled
    this.#set = set
  }

  for(ctx: Context): ResourceRows<T> {
    return new Rows<T>(this.#compiled, this.#set, ctx) as unknown as ResourceRows<T>
  }
}

/** What is asked of the planner, but for what follows from it. */
interface Question {
  readonly method: RequestMethod
  readonly where?: readonly Condition[]
  readonly order?: readonly OrderTerm[]
  readonly limit?: number | undefined
  readonly offset?: number | undefined
  readonly columns?: readonly string[] | undefined
  readonly rows?: readonly Row[]
  readonly prefer?: string
}

/** One resource for one asker. Its questions are those of requests, so there is one planner and one set of rules. */
class Rows<T extends PgTable> {
  readonly #compiled: CompiledResource
  readonly #set: CompiledResources
  readonly #ctx: Context
  readonly #asker: Asker
  readonly #facts: ReadonlyMap<string, ColumnFacts>

  constructor(compiled: CompiledResource, set: CompiledResources, ctx: Context) {
    this.#compiled = compiled
    this.#set = set
    this.#ctx = ctx
    this.#asker = new Asker(ctx, set)
    this.#facts = new Map(compiled.facts.map((it) => [it.key, it]))
  }

  async find(options: FindOptions<T> = {}): Promise<Row[]> {
    const { where, order, limit, offset, columns } = options
    for (const [name, count] of Object.entries({ limit, offset })) {
      if (count !== undefined && (!Number.isSafeInteger(count) || count < 0))
        throw new TypeError(`find: ${name} is no whole number of zero or more`)
    }
    const terms = Object.entries(order ?? {}).map(([name, direction]): OrderTerm => {
      if (direction !== 'asc' && direction !== 'desc') throw new TypeError(`find: order.${name} is neither 'asc' nor 'desc'`)
      return { embed: undefined, field: { name, path: [], at: 0 }, direction, nulls: undefined, at: 0 }
    })
    return this.#rows({ method: 'GET', where: this.#where(where), order: terms, limit, offset, columns })
  }

  async get(key: KeyOf<T>): Promise<Row | undefined> {
    return (await this.#rows({ method: 'GET', where: this.#isKey(key) }))[0]
  }

  async create(values: Row | readonly Row[]): Promise<Row | Row[]> {
    const rows = (Array.isArray(values) ? (values as readonly Row[]) : [values as Row]).map((it) => this.#wire(it))
    if (rows.length === 0) return []
    const made = await this.#rows({ method: 'POST', rows, prefer: 'return=representation,missing=default' })
    return Array.isArray(values) ? made : made[0]!
  }

  async update(which: KeyOf<T> | Chosen<T>, changes: Row): Promise<Row | undefined | Row[]> {
    const where = isChosen(which) ? this.#where(which.where) : this.#isKey(which)
    const changed = await this.#rows({ method: 'PATCH', where, rows: [this.#wire(changes)], prefer: 'return=representation' })
    return isChosen(which) ? changed : changed[0]
  }

  async delete(which: KeyOf<T> | Chosen<T>): Promise<boolean | number> {
    const where = isChosen(which) ? this.#where(which.where) : this.#isKey(which)
    const { headers } = await this.#ask({ method: 'DELETE', where, prefer: 'count=exact' })
    const count = Number(headers.find(([name]) => name === 'Content-Range')![1].replace('*/', ''))
    return isChosen(which) ? count : count > 0
  }

  async #rows(question: Question): Promise<Row[]> {
    const { body } = await this.#ask(question)
    const rows = JSON.parse(body) as Row[]
    for (const row of rows) for (const name of Object.keys(row)) row[name] = fromDriver(row[name], this.#facts.get(name)!.column)
    return rows
  }

  /** Within a transaction that is under way, if there is one. */
  async #ask(question: Question): Promise<DataAnswer> {
    const { model, engine } = this.#set
    const { table } = this.#compiled
    const access = this.#asker.of(table)!
    const run = actingRun(runOn(engine, { signal: this.#ctx.signal as AbortSignal }), this.#compiled, this.#ctx)
    const known = this.#ctx.user !== null
    const options = { model, access: this.#asker, run, hooks: () => writeHooks(this.#compiled, this.#ctx) }
    const reads = question.method === 'GET'
    try {
      return await this.#asker.settled(() => {
        const request = this.#request(question)
        const body = question.rows === undefined ? undefined : JSON.stringify(question.rows)
        // What PostgreSQL's own policies do: a row that can't be given back is not written.
        const givenBack = question.method === 'POST' ? question.rows!.length : undefined
        const plan = reads ? prepareRead(request, table, access, options) : prepareWrite(request, body, table, access, options, givenBack)
        return run({ transaction: !plan.alone, readOnly: reads }, plan.answer)
      })
    } catch (error) {
      throw asProblem(error, this.#compiled.name, known)
    }
  }

  #request({ method, where = [], order = [], limit, offset, columns, rows, prefer }: Question): DataRequest {
    const { table } = this.#compiled
    const access = this.#asker.of(table)!
    const readable = [...table.columns.values()].filter((it) => it.computed === undefined && access.readable(it)).map((it) => it.name)
    const written = rows === undefined ? undefined : [...new Set(rows.flatMap((it) => Object.keys(it)))]
    return {
      method,
      relation: table.name,
      schema: undefined,
      select: (columns ?? readable).map((name) => this.#selected(name)),
      where: where.map((value) => ({ path: [], key: '', value })),
      order: order.length === 0 ? [] : [{ path: [], key: 'order', value: order }],
      pages: [],
      page: { ...wholePage, offset: offset ?? 0, limit },
      columns: written?.map((name) => ({ name, at: 0 })),
      onConflict: undefined,
      prefer: parsePrefer(prefer),
      accept: [{ media: { kind: 'json' }, text: 'application/json' }],
      contentType: { kind: 'json' },
      canonicalQuery: undefined,
    }
  }

  /** As text, of which Drizzle makes what the column is: JSON's numbers would lose digits. */
  #selected(name: string): SelectItem {
    const facts = this.#facts.get(name)
    if (facts === undefined) throw new TypeError(`find: the table has no column '${name}'`)
    const cast = readsItself(facts.column) ? undefined : 'text'
    return {
      kind: 'column',
      alias: undefined,
      field: { name, path: [], at: 0 },
      cast,
      aggregate: undefined,
      aggregateCast: undefined,
      at: 0,
    }
  }

  #where(where: WhereOf<T> | undefined): Condition[] {
    if (where === undefined) return []
    const { aliasOf, casing, definition } = this.#compiled
    const given =
      typeof where === 'function' && !isSql(where)
        ? (where as (row: T) => SQLWrapper | undefined)(aliasOf('t0') as T)
        : (where as SQLWrapper)
    if (given === undefined) return []
    if (!isSql(given)) throw new TypeError('where: give a condition of Drizzle, or (row) => one')
    const on = (alias: string): ReturnType<typeof fragmentOf> => {
      const row = aliasOf(alias)
      const sql =
        typeof where === 'function' && !isSql(where) ? (where as (row: T) => SQLWrapper)(row as T) : onRow(given, definition.table, row)
      return fragmentOf(sql, casing)
    }
    return [{ kind: 'sql', on }]
  }

  #isKey(key: KeyOf<T>): Condition[] {
    const { primaryKey, name } = this.#compiled.table
    const parts = typeof key === 'object' && key !== null ? (key as Row) : { [primaryKey[0] ?? '']: key }
    if (
      primaryKey.length === 0 ||
      Object.keys(parts).length !== primaryKey.length ||
      !primaryKey.every((it) => parts[it] !== undefined && parts[it] !== null)
    ) {
      throw new TypeError(
        `Resource '${name}': its key is ${primaryKey.length === 0 ? 'missing: choose rows by { where }' : primaryKey.join(', ')}`,
      )
    }
    return primaryKey.map((column): Condition => {
      const value = String(toWire(parts[column], this.#facts.get(column)!.column))
      return {
        kind: 'filter',
        field: { name: column, path: [], at: 0 },
        not: false,
        operation: { kind: 'compare', operator: 'eq', quantifier: undefined, value },
        at: 0,
      }
    })
  }

  #wire(row: Row): Row {
    const wire: Row = {}
    for (const [name, value] of Object.entries(row)) {
      if (value === undefined) continue
      const facts = this.#facts.get(name)
      if (facts === undefined) throw new TypeError(`Resource '${this.#compiled.name}': the table has no column '${name}'`)
      if (isSql(value))
        throw new TypeError(`Resource '${this.#compiled.name}': '${name}' is SQL; write values here, or SQL through use(Database)`)
      wire[name] = toWire(value, facts.column)
    }
    return wire
  }
}

function isChosen<T extends PgTable>(which: KeyOf<T> | Chosen<T>): which is Chosen<T> {
  return typeof which === 'object' && which !== null && 'where' in which && (isSql(which.where) || typeof which.where === 'function')
}
