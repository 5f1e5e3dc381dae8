import type { Segment, Template } from './template.ts'

/** One of the paths that a template with optional parameters stands for. */
export interface Expansion {
  /** Without those parameters that this path leaves out; never empty. */
  readonly segments: readonly Segment[]
  /** Parameters written `:`, the wildcard `*`: two templates with an equal shape match the same paths. */
  readonly shape: string
  /** Whether no segment is a parameter or wildcard; `shape` is then the path itself. */
  readonly fixed: boolean
  /** For each name of the template, which of the parameters of this path it is, counted from the left; -1 when left out. */
  readonly captures: readonly number[]
}

/**
 * Every path that a template stands for, the one with all its parameters first. Where leaving out one parameter or another
 * gives the same shape, the leftmost is kept: `/:year?/:month?` reads `/2025` as a year.
 */
export function expand(template: Template): readonly Expansion[] {
  const byShape = new Map<string, Expansion>()
  const optional = template.segments.filter((segment) => segment.kind === 'param' && segment.optional)
  // Counting up with the leftmost parameter as the highest bit leaves out those on the right first.
  for (let dropped = 0; dropped < 2 ** optional.length; dropped++) {
    const out = new Set(optional.filter((_, index) => (dropped >> (optional.length - 1 - index)) & 1))
    const expansion = without(template, out)
    if (!byShape.has(expansion.shape)) byShape.set(expansion.shape, expansion)
  }
  return [...byShape.values()]
}

/** An expansion as a template of its own: `/books/:id`. */
export function written({ segments }: Expansion): string {
  return segments
    .map((it) => (it.kind === 'static' ? `/${it.text}` : it.kind === 'param' ? `/:${it.name}` : it.name === '*' ? '/*' : `/*${it.name}`))
    .join('')
}

function without(template: Template, dropped: ReadonlySet<Segment>): Expansion {
  const segments: Segment[] = []
  const captures: number[] = []
  let shape = ''
  let captured = 0
  for (const segment of template.segments) {
    if (dropped.has(segment)) {
      captures.push(-1)
      continue
    }
    segments.push(segment)
    if (segment.kind !== 'static') captures.push(captured++)
    shape += segment.kind === 'static' ? `/${segment.text}` : segment.kind === 'param' ? '/:' : '/*'
  }
  // `/:name?` left out is the root, which is one empty segment.
  if (segments.length === 0) return { segments: [{ kind: 'static', text: '' }], shape: '/', fixed: true, captures }
  return { segments, shape, fixed: captured === 0, captures }
}
