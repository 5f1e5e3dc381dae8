import { Endpoint } from './endpoint.ts'
import type { Segment } from './template.ts'

/**
 * A node of the tree: a run of static text, then what may follow it. Text runs across segments and is split only where
 * templates part (a radix tree), so that most of a path is compared in one go and nothing is cut out of it.
 *
 * A node is reached by one chain of edges, and each edge consumes either fixed text or exactly one segment. Hence one path
 * reaches one node at one position only: however it backtracks, a search visits each node at most once.
 *
 * A node is itself the endpoint of the paths that end at it: with thousands of routes each object on the way is one more that the
 * processor's caches don't hold.
 */
export class TreeNode<T> extends Endpoint<T> {
  /** The static text of the edge that leads here; empty at the root and after a parameter. */
  text: string
  /** What goes on with static text, where that is one node only, as in most places: it spares a map. */
  only: TreeNode<T> | undefined = undefined
  /** The same where there are several, by the first UTF-16 unit of their text. */
  branches: Map<number, TreeNode<T>> | undefined = undefined
  /** What follows a parameter that starts here. Only where `text` ends in a slash. */
  param: TreeNode<T> | undefined = undefined
  /** What a wildcard that starts here leads to. Only where `text` ends in a slash. */
  wildcard: Endpoint<T> | undefined = undefined

  constructor(text: string) {
    super()
    this.text = text
  }

  /** The endpoint where `segments` lead, made where it is missing. */
  endpoint(segments: readonly Segment[]): Endpoint<T> {
    let node: TreeNode<T> = this
    let text = ''
    for (const segment of segments) {
      text += '/'
      if (segment.kind === 'static') {
        text += segment.text
        continue
      }
      node = node.#reach(text)
      text = ''
      if (segment.kind === 'wildcard') return (node.wildcard ??= new Endpoint())
      node = node.param ??= new TreeNode<T>('')
    }
    return node.#reach(text)
  }

  /** The node at the end of `text` from here, made where it is missing. */
  #reach(text: string): TreeNode<T> {
    if (text === '') return this
    const first = text.charCodeAt(0)
    const next = this.branches === undefined ? this.only : this.branches.get(first)
    if (next === undefined || next.text.charCodeAt(0) !== first) return this.#branch(new TreeNode<T>(text))
    let common = 1
    while (common < next.text.length && next.text.charCodeAt(common) === text.charCodeAt(common)) common++
    if (common < next.text.length) {
      const fork = new TreeNode<T>(next.text.slice(0, common))
      if (this.branches === undefined) this.only = fork
      else this.branches.set(first, fork)
      next.text = next.text.slice(common)
      fork.only = next
      return fork.#reach(text.slice(common))
    }
    return next.#reach(text.slice(common))
  }

  #branch(node: TreeNode<T>): TreeNode<T> {
    if (this.branches !== undefined) {
      this.branches.set(node.text.charCodeAt(0), node)
    } else if (this.only === undefined) {
      this.only = node
    } else {
      this.branches = new Map([this.only, node].map((branch) => [branch.text.charCodeAt(0), branch]))
      this.only = undefined
    }
    return node
  }
}
