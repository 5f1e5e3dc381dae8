import type { Cursor } from './cursor.ts'
import { defaultLimits, type GrammarLimits } from './limits.ts'

/** Counts what one request asks for over all its parameters. */
export class Budget {
  readonly limits: GrammarLimits
  #filters = 0
  #selectItems = 0
  #orderTerms = 0

  constructor(limits: Partial<GrammarLimits> = {}) {
    this.limits = { ...defaultLimits, ...limits }
  }

  filter(cursor: Cursor): void {
    if (++this.#filters > this.limits.filters) throw cursor.error(`a request can have ${this.limits.filters} filters at most`)
  }

  selectItem(cursor: Cursor): void {
    if (++this.#selectItems > this.limits.selectItems) throw cursor.error(`a request can select ${this.limits.selectItems} items at most`)
  }

  orderTerm(cursor: Cursor): void {
    if (++this.#orderTerms > this.limits.orderTerms) throw cursor.error(`a request can have ${this.limits.orderTerms} order terms at most`)
  }

  embedDepth(cursor: Cursor, depth: number): void {
    if (depth > this.limits.embedDepth) throw cursor.error(`resources can be embedded ${this.limits.embedDepth} levels deep at most`)
  }

  logicDepth(cursor: Cursor, depth: number): void {
    if (depth > this.limits.logicDepth) throw cursor.error(`and/or can be nested ${this.limits.logicDepth} levels deep at most`)
  }

  listValues(cursor: Cursor, count: number): void {
    if (count > this.limits.listValues) throw cursor.error(`a list can have ${this.limits.listValues} values at most`)
  }

  jsonSteps(cursor: Cursor, count: number): void {
    if (count > this.limits.jsonSteps) throw cursor.error(`a JSON path can have ${this.limits.jsonSteps} steps at most`)
  }

  names(cursor: Cursor, count: number): void {
    if (count > this.limits.names) throw cursor.error(`at most ${this.limits.names} names can be given`)
  }
}
