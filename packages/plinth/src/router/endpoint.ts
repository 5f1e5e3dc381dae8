import type { Match } from './contract.ts'

/** One registration, prepared for the paths of one shape. What a search reads comes first, so that it lies together in memory. */
export interface Route<T> {
  readonly method: string
  readonly value: T
  /** How many parameters the template has, the wildcard included. */
  readonly count: number
  /** For each of them, which of the path's captures it is, or -1 when this shape leaves it out; `undefined` when in order and complete. */
  readonly captures: readonly number[] | undefined
  readonly wildcard: boolean
  /** Another method's route for the same shape. A shape has a handful, and following a link is cheaper than hashing a method. */
  next: Route<T> | undefined
  /** The answer, made once, where nothing of it depends on the path. */
  readonly fixed: Match<T> | undefined
  readonly template: string
}

/**
 * Every route of one shape, by method, in the order in which they were added: a HEAD that was filled in behind its GET is not in the way of
 * it. The one for any method stands last.
 */
export class Endpoint<T> {
  #first: Route<T> | undefined = undefined

  add(route: Route<T>): void {
    let before: Route<T> | undefined
    let next = this.#first
    while (next !== undefined && (route.method === '*' || next.method !== '*')) {
      before = next
      next = next.next
    }
    route.next = next
    if (before === undefined) this.#first = route
    else before.next = route
  }

  /** The route registered under exactly this method, `*` being one like the others. */
  own(method: string): Route<T> | undefined {
    let route = this.#first
    while (route !== undefined && route.method !== method) route = route.next
    return route
  }

  /** The route that answers this method: its own, else the one for any. */
  pick(method: string): Route<T> | undefined {
    let route = this.#first
    while (route !== undefined && route.method !== method && route.method !== '*') route = route.next
    return route
  }

  list(into: Set<string>): void {
    for (let route = this.#first; route !== undefined; route = route.next) into.add(route.method)
  }
}
