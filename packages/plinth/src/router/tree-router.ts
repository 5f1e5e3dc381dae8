import type { Match, Router } from './contract.ts'
import { decodePath, restoreSlashes } from './decode.ts'
import { Endpoint } from './endpoint.ts'
import type { Route } from './endpoint.ts'
import { RouteConflict } from './errors.ts'
import { expand, type Expansion, written } from './expand.ts'
import { StaticTable } from './static-table.ts'
import { parseTemplate, type Template } from './template.ts'
import { TreeNode } from './tree-node.ts'

/**
 * The router: one map of static paths, one radix tree for the rest.
 *
 * A static path costs one lookup and allocates nothing. Another costs its own length, whatever the number of routes: text is
 * compared in place and only the parameters are cut out. Backtracking visits each node of the tree at most once, and recursion
 * goes as deep as the deepest template, not as the path.
 */
export class TreeRouter<T> implements Router<T> {
  readonly #statics = new StaticTable<T>()
  /** By shape; only `add` reads it, to find conflicts without walking the tree. */
  readonly #dynamics = new Map<string, Endpoint<T>>()
  readonly #root = new TreeNode<T>('')
  // Where the captures of the search under way start and end. Kept, since a search never yields to another.
  readonly #starts: number[] = []
  readonly #ends: number[] = []

  add(method: string, template: string, value: T): void {
    const parsed = parseTemplate(template)
    const expansions = expand(parsed)
    for (const expansion of expansions) {
      const existing = this.#endpoint(expansion)?.own(method)
      if (existing !== undefined) throw new RouteConflict(method, template, existing.template, written(expansion))
    }
    this.#insert(method, parsed, value, expansions)
  }

  /** As `add`, on those of the template's paths alone that no route of this method has; where all are taken, nothing. */
  fill(method: string, template: string, value: T): void {
    const parsed = parseTemplate(template)
    const free = expand(parsed).filter((it) => this.#endpoint(it)?.own(method) === undefined)
    this.#insert(method, parsed, value, free)
  }

  #endpoint({ fixed, shape }: Expansion): Endpoint<T> | undefined {
    return (fixed ? this.#statics : this.#dynamics).get(shape)
  }

  #insert(method: string, { source, names, wildcard }: Template, value: T, expansions: readonly Expansion[]): void {
    for (const expansion of expansions) {
      const { fixed, shape, segments, captures } = expansion
      let endpoint = this.#endpoint(expansion)
      if (endpoint === undefined) {
        endpoint = fixed ? new Endpoint() : this.#root.endpoint(segments)
        ;(fixed ? this.#statics : this.#dynamics).set(shape, endpoint)
      }
      endpoint.add({
        method,
        value,
        count: captures.length,
        captures: captures.every((capture, index) => capture === index) ? undefined : captures,
        wildcard,
        next: undefined,
        fixed: fixed ? fixedMatch(value, captures.length) : undefined,
        template: source,
      })
    }
    while (this.#starts.length < names.length) {
      this.#starts.push(0)
      this.#ends.push(0)
    }
  }

  find(method: string, path: string): Match<T> | undefined {
    const fixed = this.#statics.get(path)?.pick(method)
    if (fixed !== undefined) return fixed.fixed
    if (path.includes('%')) return this.#findDecoded(method, path)
    const route = this.#walk(path, method, undefined, this.#root, 0, 0)
    if (route === undefined) return undefined
    const params = this.#cut(path, route)
    return { value: route.value, params, rest: route.wildcard ? params[params.length - 1] : undefined }
  }

  allowed(path: string): readonly string[] {
    const text = path.includes('%') ? decodePath(path) : path
    const methods = new Set<string>()
    this.#statics.get(text)?.list(methods)
    this.#walk(text, '', methods, this.#root, 0, 0)
    return [...methods].sort()
  }

  #findDecoded(method: string, path: string): Match<T> | undefined {
    const text = decodePath(path)
    const fixed = this.#statics.get(text)?.pick(method)
    if (fixed !== undefined) return fixed.fixed
    const route = this.#walk(text, method, undefined, this.#root, 0, 0)
    if (route === undefined) return undefined
    const params = this.#cut(text, route).map((param) => (param === undefined ? undefined : restoreSlashes(param)))
    return { value: route.value, params, rest: route.wildcard ? rawRest(path, text, this.#starts[lastCapture(route)]!) : undefined }
  }

  /**
   * Goes on from `node`, whose text ends at `at`, with `depth` parameters captured. Gives the first route that answers `method`,
   * best first; or, when `all` is given, none, having put the methods of every endpoint that the path reaches into it.
   */
  #walk(path: string, method: string, all: Set<string> | undefined, node: TreeNode<T>, at: number, depth: number): Route<T> | undefined {
    for (;;) {
      const { param, wildcard } = node
      if (at === path.length) {
        const route = choose(node, method, all)
        if (route !== undefined) return route
      } else {
        const next = node.branches === undefined ? node.only : node.branches.get(path.charCodeAt(at))
        if (next !== undefined && continues(path, next.text, at)) {
          const end = at + next.text.length
          // Recursion only where there is something to come back to.
          if (param === undefined && wildcard === undefined) {
            node = next
            at = end
            continue
          }
          const route = this.#walk(path, method, all, next, end, depth)
          if (route !== undefined) return route
        }
        if (param !== undefined) {
          const slash = path.indexOf('/', at)
          const end = slash === -1 ? path.length : slash
          if (end > at) {
            this.#starts[depth] = at
            this.#ends[depth] = end
            if (wildcard === undefined) {
              node = param
              at = end
              depth++
              continue
            }
            const route = this.#walk(path, method, all, param, end, depth + 1)
            if (route !== undefined) return route
          }
        }
      }
      if (wildcard === undefined) return undefined
      this.#starts[depth] = at
      this.#ends[depth] = path.length
      return choose(wildcard, method, all)
    }
  }

  #cut(path: string, route: Route<T>): (string | undefined)[] {
    const { count, captures } = route
    // Sized at once: an array that grows takes room for 17 elements at the first push.
    const params = new Array<string | undefined>(count)
    for (let index = 0; index < count; index++) {
      const capture = captures === undefined ? index : captures[index]!
      params[index] = capture === -1 ? undefined : path.slice(this.#starts[capture], this.#ends[capture])
    }
    return params
  }
}

// A loop rather than `startsWith(text, at)`, which is slower on the short texts of a tree. Reading past the end would match nothing
// too, but slowly, hence the first line.
function continues(path: string, text: string, at: number): boolean {
  if (at + text.length > path.length) return false
  for (let index = 0; index < text.length; index++) {
    if (path.charCodeAt(at + index) !== text.charCodeAt(index)) return false
  }
  return true
}

function choose<T>(endpoint: Endpoint<T>, method: string, all: Set<string> | undefined): Route<T> | undefined {
  if (all === undefined) return endpoint.pick(method)
  endpoint.list(all)
  return undefined
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
