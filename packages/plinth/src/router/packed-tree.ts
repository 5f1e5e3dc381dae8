import { linked, list, pick, type Route } from './endpoint.ts'
import type { Segment } from './template.ts'

// A node is eight cells in a row, and called by the place of the first.
/** Where its text starts, in the text of all nodes: what leads here from the node before; nothing at the root and after a parameter. */
const TEXT = 0
const LENGTH = 1
/** What goes on with static text: where its slots are, and the mask of a first UTF-16 unit that gives the slot. */
const SLOTS = 2
const MASK = 3
/** Its only slot, as long as one is enough, as in most places. */
const OWN_SLOT = 4
/** What follows a parameter that starts here. Only where the text ends in a slash. */
const PARAM = 5
/** The endpoint of a wildcard that starts here. Only where the text ends in a slash. */
const WILDCARD = 6
/** That of the paths that end here. */
const ENDPOINT = 7
const CELLS = 8

/** Is no branch and follows no parameter, so that 0 is free to say that there is none. Of endpoints the first is none either. */
const ROOT = 0

/**
 * A radix tree of templates: nodes are runs of static text, which run across segments and are split only where templates part, so that
 * most of a path is compared in one go and nothing is cut out of it.
 *
 * A node is reached by one chain of edges, and each edge consumes either fixed text or exactly one segment. Hence one path
 * reaches one node at one position only: however it backtracks, a search visits each node at most once.
 *
 * Nodes are numbers in one array, and their text is one array too. As objects with maps of branches they took two and a half times the
 * memory and lay all over the heap: with thousands of routes, each asked rarely, most of a search was waiting for it.
 */
export class PackedTree<T> {
  // Where the captures of the last search start and end. Kept, since a search never yields to another.
  readonly starts: number[] = []
  readonly ends: number[] = []
  #cells = new Int32Array(16 * CELLS)
  #cellCount = 0
  #text = new Uint16Array(128)
  #textLength = 0
  /** The first route of each endpoint. */
  readonly #endpoints: (Route<T> | undefined)[] = [undefined]

  constructor() {
    this.#node('')
  }

  /** The number of the endpoint where `segments` lead, made where it is missing. */
  endpoint(segments: readonly Segment[]): number {
    let node = ROOT
    let text = ''
    let depth = 0
    for (const segment of segments) {
      text += '/'
      if (segment.kind === 'static') {
        text += segment.text
        continue
      }
      node = this.#reach(node, text)
      text = ''
      if (depth++ === this.starts.length) {
        this.starts.push(0)
        this.ends.push(0)
      }
      if (segment.kind === 'wildcard') return this.#endpointAt(node + WILDCARD)
      // Made first: the cells may move for it.
      const param = this.#cells[node + PARAM] || this.#node('')
      this.#cells[node + PARAM] = param
      node = param
    }
    return this.#endpointAt(this.#reach(node, text) + ENDPOINT)
  }

  first(endpoint: number): Route<T> | undefined {
    return this.#endpoints[endpoint]
  }

  add(endpoint: number, route: Route<T>): void {
    this.#endpoints[endpoint] = linked(this.#endpoints[endpoint], route)
  }

  /** The first route that answers `method`, best first; or, when `all` is given, none, having put the methods of every endpoint that the path reaches into it. */
  search(path: string, method: string, all?: Set<string>): Route<T> | undefined {
    return this.#walk(path, method, all, ROOT, 0, 0)
  }

  /** Goes on from `node`, whose text ends at `at`, with `depth` parameters captured. */
  #walk(path: string, method: string, all: Set<string> | undefined, node: number, at: number, depth: number): Route<T> | undefined {
    const cells = this.#cells
    for (;;) {
      const param = cells[node + PARAM]!
      const wildcard = cells[node + WILDCARD]!
      if (at === path.length) {
        const route = choose(this.#endpoints[cells[node + ENDPOINT]!], method, all)
        if (route !== undefined) return route
      } else {
        const next = cells[cells[node + SLOTS]! + (path.charCodeAt(at) & cells[node + MASK]!)]!
        if (next !== 0 && continues(path, at, this.#text, cells[next + TEXT]!, cells[next + LENGTH]!)) {
          const end = at + cells[next + LENGTH]!
          // Recursion only where there is something to come back to.
          if (param === 0 && wildcard === 0) {
            node = next
            at = end
            continue
          }
          const route = this.#walk(path, method, all, next, end, depth)
          if (route !== undefined) return route
        }
        if (param !== 0) {
          const slash = path.indexOf('/', at)
          const end = slash === -1 ? path.length : slash
          if (end > at) {
            this.starts[depth] = at
            this.ends[depth] = end
            if (wildcard === 0) {
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
      if (wildcard === 0) return undefined
      this.starts[depth] = at
      this.ends[depth] = path.length
      return choose(this.#endpoints[wildcard], method, all)
    }
  }

  #endpointAt(cell: number): number {
    if (this.#cells[cell] === 0) this.#cells[cell] = this.#endpoints.push(undefined) - 1
    return this.#cells[cell]!
  }

  /** The node at the end of `text` from `node`, made where it is missing. */
  #reach(node: number, text: string): number {
    for (let at = 0; at < text.length;) {
      const slot = this.#slot(node, text.charCodeAt(at))
      const next = this.#cells[slot]!
      const common = next === 0 ? 0 : this.#common(next, text, at)
      if (common === 0) {
        const made = this.#node(text.slice(at))
        this.#branch(node, made)
        return made
      }
      node = common < this.#cells[next + LENGTH]! ? this.#split(slot, next, common) : next
      at += common
    }
    return node
  }

  /** How much of the text of `node` goes on with that which starts at `at`. */
  #common(node: number, text: string, at: number): number {
    const start = this.#cells[node + TEXT]!
    const most = Math.min(this.#cells[node + LENGTH]!, text.length - at)
    let common = 0
    while (common < most && this.#text[start + common] === text.charCodeAt(at + common)) common++
    return common
  }

  /** Puts a node with the first `length` units of the text of `node` before it, into the slot where that was. */
  #split(slot: number, node: number, length: number): number {
    const fork = this.#node('')
    const cells = this.#cells
    cells[fork + TEXT] = cells[node + TEXT]!
    cells[fork + LENGTH] = length
    cells[node + TEXT]! += length
    cells[node + LENGTH]! -= length
    cells[slot] = fork
    this.#branch(fork, node)
    return fork
  }

  #slot(node: number, unit: number): number {
    return this.#cells[node + SLOTS]! + (unit & this.#cells[node + MASK]!)
  }

  #branch(node: number, branch: number): void {
    const slot = this.#slot(node, this.#firstUnit(branch))
    if (this.#cells[slot] === 0) {
      this.#cells[slot] = branch
      return
    }
    const from = this.#cells[node + SLOTS]!
    let mask = this.#cells[node + MASK]!
    const branches = [...this.#cells.subarray(from, from + mask + 1), branch].filter((it) => it !== 0)
    const places = (): Set<number> => new Set(branches.map((it) => this.#firstUnit(it) & mask))
    // Ends, since no two begin alike.
    while (places().size < branches.length) mask = mask * 2 + 1
    const slots = this.#room(mask + 1)
    this.#cells[node + SLOTS] = slots
    this.#cells[node + MASK] = mask
    for (const it of branches) this.#cells[slots + (this.#firstUnit(it) & mask)] = it
  }

  #firstUnit(node: number): number {
    return this.#text[this.#cells[node + TEXT]!]!
  }

  #node(text: string): number {
    const node = this.#room(CELLS)
    this.#cells[node + TEXT] = this.#textLength
    this.#cells[node + LENGTH] = text.length
    this.#cells[node + SLOTS] = node + OWN_SLOT
    while (this.#textLength + text.length > this.#text.length) this.#text = doubled(this.#text, Uint16Array)
    for (let index = 0; index < text.length; index++) this.#text[this.#textLength++] = text.charCodeAt(index)
    return node
  }

  #room(count: number): number {
    const start = this.#cellCount
    this.#cellCount += count
    while (this.#cellCount > this.#cells.length) this.#cells = doubled(this.#cells, Int32Array)
    return start
  }
}

function doubled<A extends Int32Array | Uint16Array>(array: A, type: new (length: number) => A): A {
  const larger = new type(array.length * 2)
  larger.set(array)
  return larger
}

// A loop over both is faster on short texts than to cut one out. Reading past the end of the path would match nothing too, but slowly.
function continues(path: string, at: number, text: Uint16Array, start: number, length: number): boolean {
  if (at + length > path.length) return false
  for (let index = 0; index < length; index++) {
    if (path.charCodeAt(at + index) !== text[start + index]) return false
  }
  return true
}

function choose<T>(first: Route<T> | undefined, method: string, all: Set<string> | undefined): Route<T> | undefined {
  if (all === undefined) return pick(first, method)
  list(first, all)
  return undefined
}
