import type { Match } from './contract.ts'

/** One registration, prepared for the paths of one shape. */
export interface Route<T> {
  readonly template: string
  readonly value: T
  /** For each parameter of the template, which of the path's captures it is; -1 when this shape leaves it out. */
  readonly captures: readonly number[]
  readonly wildcard: boolean
  /** The answer, made once, where nothing of it depends on the path. */
  readonly fixed: Match<T> | undefined
}

/** Every route of one shape, by method. */
export class Endpoint<T> {
  // Two short arrays, scanned: a shape has a handful of methods, and comparing them is cheaper than hashing one.
  readonly #methods: string[] = []
  readonly #routes: Route<T>[] = []
  #any: Route<T> | undefined = undefined

  /** The route registered under exactly this method, `*` included. */
  own(method: string): Route<T> | undefined {
    return method === '*' ? this.#any : this.#routes[this.#methods.indexOf(method)]
  }

  set(method: string, route: Route<T>): void {
    if (method === '*') {
      this.#any = route
      return
    }
    this.#methods.push(method)
    this.#routes.push(route)
  }

  /** The route that answers this method: its own, else the one for any. */
  pick(method: string): Route<T> | undefined {
    const methods = this.#methods
    for (let index = 0; index < methods.length; index++) {
      if (methods[index] === method) return this.#routes[index]
    }
    return this.#any
  }

  list(into: Set<string>): void {
    for (const method of this.#methods) into.add(method)
    if (this.#any !== undefined) into.add('*')
  }
}
