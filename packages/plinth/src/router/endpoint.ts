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
  /**
   * Another method's route for the same shape: these are its endpoint, in the order in which they were added, the one for any method last.
   * A shape has a handful, and following a link is cheaper than hashing a method.
   */
  next: Route<T> | undefined
  /** The answer, made once, where nothing of it depends on the path. */
  readonly fixed: Match<T> | undefined
  readonly template: string
}

/** Puts `route` among those of an endpoint; gives the first of them. Behind the others, so that a HEAD that was filled in is not in the way of its GET. */
export function linked<T>(first: Route<T> | undefined, route: Route<T>): Route<T> {
  let before: Route<T> | undefined
  let next = first
  while (next !== undefined && (route.method === '*' || next.method !== '*')) {
    before = next
    next = next.next
  }
  route.next = next
  if (before === undefined) return route
  before.next = route
  return first!
}

/** The route registered under exactly this method, `*` being one like the others. */
export function own<T>(first: Route<T> | undefined, method: string): Route<T> | undefined {
  let route = first
  while (route !== undefined && route.method !== method) route = route.next
  return route
}

/** The route that answers this method: its own, else the one for any. */
export function pick<T>(first: Route<T> | undefined, method: string): Route<T> | undefined {
  let route = first
  while (route !== undefined && route.method !== method && route.method !== '*') route = route.next
  return route
}

export function list<T>(first: Route<T> | undefined, into: Set<string>): void {
  for (let route = first; route !== undefined; route = route.next) into.add(route.method)
}
