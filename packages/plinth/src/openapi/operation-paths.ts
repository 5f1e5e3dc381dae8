import { expandTemplate, parseTemplate, type Segment } from '../app/index.ts'

/** One path of a document that a route stands for. */
export interface OperationPath {
  /** `/users/{id}` */
  readonly path: string
  /** The route's own name of each parameter, by its name in the path. */
  readonly parameters: readonly { readonly name: string; readonly own: string; readonly wildcard: boolean }[]
  /** Optional parameters that this path leaves out. */
  readonly without: readonly string[]
}

/**
 * Turns templates into OpenAPI's paths. A document knows no optional parameters, so a route with one has two paths; and it
 * takes `/users/{id}` and `/users/{user}` for the same path, so the first route that comes by names the parameters.
 */
export class OperationPaths {
  readonly #names = new Map<string, readonly string[]>()

  of(template: string): readonly OperationPath[] {
    const parsed = parseTemplate(template)
    return expandTemplate(parsed).map(({ segments, shape, captures }) => {
      const dynamic = segments.filter((it) => it.kind !== 'static')
      let names = this.#names.get(shape)
      if (names === undefined) this.#names.set(shape, (names = namesOf(dynamic)))
      let next = 0
      const path = segments.map((it) => (it.kind === 'static' ? `/${encodeURI(it.text)}` : `/{${names[next++]}}`)).join('')
      return {
        path,
        parameters: dynamic.map((it, index) => ({ name: names[index] as string, own: it.name, wildcard: it.kind === 'wildcard' })),
        without: parsed.names.filter((_, index) => captures[index] === -1),
      }
    })
  }
}

/** `*` alone is a poor name for clients that turn parameters into variables. */
function namesOf(dynamic: readonly Exclude<Segment, { kind: 'static' }>[]): readonly string[] {
  const taken = new Set(dynamic.map((it) => it.name))
  let rest = 'rest'
  while (taken.has(rest)) rest = `_${rest}`
  return dynamic.map((it) => (it.name === '*' ? rest : it.name))
}
