import type { Match, Router } from './contract.ts'
import { decodePath, restoreSlashes } from './decode.ts'
import { list, own, pick } from './endpoint.ts'
import type { Route } from './endpoint.ts'
import { RouteConflict } from './errors.ts'
import { expand, type Expansion, written } from './expand.ts'
import { PackedTree } from './packed-tree.ts'
import { StaticTable } from './static-table.ts'
import { parseTemplate, type Template } from './template.ts'

/**
 * The router: one map of static paths, one radix tree for the rest.
 *
 * A static path costs one lookup and allocates nothing. Another costs its own length, whatever the number of routes: text is
 * compared in place and only the parameters are cut out. Backtracking visits each node of the tree at most once, and recursion
 * goes as deep as the deepest template, not as the path.
 */
export class TreeRouter<T> implements Router<T> {
  readonly #statics = new StaticTable<T>()
  /** Endpoints of the tree by shape; only `add` reads it, to find conflicts without walking the tree. */
  readonly #dynamics = new Map<string, number>()
  readonly #tree = new PackedTree<T>()

  add(method: string, template: string, value: T): void {
    const parsed = parseTemplate(template)
    const expansions = expand(parsed)
    for (const expansion of expansions) {
      const existing = own(this.#first(expansion), method)
      if (existing !== undefined) throw new RouteConflict(method, template, existing.template, written(expansion))
    }
    this.#insert(method, parsed, value, expansions)
  }

  /** As `add`, on those of the template's paths alone that no route of this method has; where all are taken, nothing. */
  fill(method: string, template: string, value: T): void {
    const parsed = parseTemplate(template)
    const free = expand(parsed).filter((it) => own(this.#first(it), method) === undefined)
    this.#insert(method, parsed, value, free)
  }

  #first({ fixed, shape }: Expansion): Route<T> | undefined {
    if (fixed) return this.#statics.get(shape)
    const endpoint = this.#dynamics.get(shape)
    return endpoint === undefined ? undefined : this.#tree.first(endpoint)
  }

  #insert(method: string, { source, wildcard }: Template, value: T, expansions: readonly Expansion[]): void {
    for (const { fixed, shape, segments, captures } of expansions) {
      const route: Route<T> = {
        method,
        value,
        count: captures.length,
        captures: captures.every((capture, index) => capture === index) ? undefined : captures,
        wildcard,
        next: undefined,
        fixed: fixed ? fixedMatch(value, captures.length) : undefined,
        template: source,
      }
      if (fixed) {
        this.#statics.add(shape, route)
        continue
      }
      let endpoint = this.#dynamics.get(shape)
      if (endpoint === undefined) this.#dynamics.set(shape, (endpoint = this.#tree.endpoint(segments)))
      this.#tree.add(endpoint, route)
    }
  }

  find(method: string, path: string): Match<T> | undefined {
    const fixed = pick(this.#statics.get(path), method)
    if (fixed !== undefined) return fixed.fixed
    if (path.includes('%')) return this.#findDecoded(method, path)
    const route = this.#tree.search(path, method)
    if (route === undefined) return undefined
    const params = this.#cut(path, route)
    return { value: route.value, params, rest: route.wildcard ? params[params.length - 1] : undefined }
  }

  allowed(path: string): readonly string[] {
    const text = path.includes('%') ? decodePath(path) : path
    const methods = new Set<string>()
    list(this.#statics.get(text), methods)
    this.#tree.search(text, '', methods)
    return [...methods].sort()
  }

  #findDecoded(method: string, path: string): Match<T> | undefined {
    const text = decodePath(path)
    const fixed = pick(this.#statics.get(text), method)
    if (fixed !== undefined) return fixed.fixed
    const route = this.#tree.search(text, method)
    if (route === undefined) return undefined
    const params = this.#cut(text, route).map((param) => (param === undefined ? undefined : restoreSlashes(param)))
    return { value: route.value, params, rest: route.wildcard ? rawRest(path, text, this.#tree.starts[lastCapture(route)]!) : undefined }
  }

  #cut(path: string, route: Route<T>): (string | undefined)[] {
    const { count, captures } = route
    const { starts, ends } = this.#tree
    // Sized at once: an array that grows takes room for 17 elements at the first push.
    const params = new Array<string | undefined>(count)
    for (let index = 0; index < count; index++) {
      const capture = captures === undefined ? index : captures[index]!
      params[index] = capture === -1 ? undefined : path.slice(starts[capture], ends[capture])
    }
    return params
  }
}

// Shared by every request, so frozen.
function fixedMatch<T>(value: T, count: number): Match<T> {
  return Object.freeze({ value, params: Object.freeze(new Array<undefined>(count).fill(undefined)), rest: undefined })
}

// A wildcard is the last parameter and never left out.
function lastCapture<T>(route: Route<T>): number {
  return route.captures === undefined ? route.count - 1 : route.captures[route.count - 1]!
}

// Decoding keeps the number of slashes that split: the rest starts after as many in the raw path as in the decoded one.
function rawRest(path: string, decoded: string, start: number): string {
  let raw = 0
  for (let slash = decoded.indexOf('/'); slash !== -1 && slash < start; slash = decoded.indexOf('/', slash + 1)) {
    raw = path.indexOf('/', raw) + 1
  }
  return path.slice(raw)
}
