import { linked, type Route } from './endpoint.ts'

/**
 * Endpoints of paths without parameters. One hash lookup finds one; since hashing a fresh string is the dearest step of a search,
 * a path whose length and last character no static path has is turned away before it.
 */
export class StaticTable<T> {
  /** The first route of each. */
  readonly #endpoints = new Map<string, Route<T>>()
  /** By length: one bit for each last character, folded to 32. */
  readonly #endings: number[] = []

  get(path: string): Route<T> | undefined {
    const { length } = path
    if (length >= this.#endings.length || (this.#endings[length]! & (1 << (path.charCodeAt(length - 1) & 31))) === 0) return undefined
    return this.#endpoints.get(path)
  }

  add(path: string, route: Route<T>): void {
    while (this.#endings.length <= path.length) this.#endings.push(0)
    this.#endings[path.length]! |= 1 << (path.charCodeAt(path.length - 1) & 31)
    this.#endpoints.set(path, linked(this.#endpoints.get(path), route))
  }
}
