import { TemplateError } from './errors.ts'

/** One segment of a template: fixed text, a parameter, or the wildcard at the end. */
export type Segment =
  | { readonly kind: 'static'; readonly text: string }
  | { readonly kind: 'param'; readonly name: string; readonly optional: boolean }
  | { readonly kind: 'wildcard'; readonly name: string }

/** A template taken apart. */
export interface Template {
  /** As it was written. */
  readonly source: string
  readonly segments: readonly Segment[]
  /** The names of parameters and wildcard, in order; `Match.params` has the same order. */
  readonly names: readonly string[]
  /** Whether it ends in a wildcard. */
  readonly wildcard: boolean
}

// Matching recurses at most once a segment; this keeps the stack bounded whatever is registered.
const MAX_SEGMENTS = 100
// Each optional parameter doubles the paths that a template stands for.
const MAX_OPTIONAL = 6

/**
 * Takes a template apart: `/static`, `/:name`, `/:name?`, and `/*` (named `*`) or `/*name` as the last segment.
 * Static text is written decoded: `/café`, which the path `/caf%C3%A9` matches. Throws {@link TemplateError}.
 */
export function parseTemplate(source: string): Template {
  if (!source.startsWith('/')) throw new TemplateError(source, `it must start with a slash: ${JSON.stringify(`/${source}`)}`)
  const pieces = source.slice(1).split('/')
  if (pieces.length > MAX_SEGMENTS) {
    throw new TemplateError(source.slice(0, 60) + '…', `it has ${pieces.length} segments; at most ${MAX_SEGMENTS} are allowed`)
  }
  const segments: Segment[] = []
  const names: string[] = []
  let optional = 0
  for (const [index, piece] of pieces.entries()) {
    const segment = parseSegment(source, piece)
    segments.push(segment)
    if (segment.kind === 'static') continue
    if (segment.kind === 'wildcard' && index < pieces.length - 1) {
      throw new TemplateError(source, `the wildcard "${piece}" must be the last segment; for one segment write a parameter, ":name"`)
    }
    if (names.includes(segment.name)) {
      throw new TemplateError(source, `the parameter "${segment.name}" appears twice; give each its own name`)
    }
    names.push(segment.name)
    if (segment.kind === 'param' && segment.optional) optional++
  }
  if (optional > MAX_OPTIONAL) {
    throw new TemplateError(
      source,
      `it has ${optional} optional parameters, at most ${MAX_OPTIONAL} are allowed; use a wildcard or the query`,
    )
  }
  return { source, segments, names, wildcard: segments.at(-1)?.kind === 'wildcard' }
}

function parseSegment(source: string, piece: string): Segment {
  if (piece.startsWith(':')) {
    const optional = piece.endsWith('?')
    return { kind: 'param', name: checkName(source, piece, piece.slice(1, optional ? -1 : undefined)), optional }
  }
  if (piece === '*') return { kind: 'wildcard', name: '*' }
  if (piece.startsWith('*')) return { kind: 'wildcard', name: checkName(source, piece, piece.slice(1)) }
  checkText(source, piece)
  return { kind: 'static', text: piece }
}

function checkName(source: string, piece: string, name: string): string {
  if (name === '') throw new TemplateError(source, `the segment "${piece}" has no name; write ":name"`)
  // Parameters become properties of an object; this name would set its prototype.
  if (name === '__proto__') throw new TemplateError(source, 'a parameter must not be named "__proto__"; choose another name')
  if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(name)) {
    throw new TemplateError(
      source,
      `${JSON.stringify(name)} is not a name: letters, digits and _ only, no digit first; a parameter is a whole segment, as in "/:year/:month"`,
    )
  }
  return name
}

// What would be right instead of each character that a static segment must not have.
const REFUSED: ReadonlyMap<string, string> = new Map([
  ['?', 'the query is no part of a template; an optional parameter is "/:name?"'],
  ['#', 'a fragment never reaches the server; leave it out'],
  ['%', 'templates are written decoded; write the character itself instead of its escape'],
  ['\\', 'clients turn it into a slash; write "/"'],
  ['*', 'a wildcard is a whole segment, the last one: "/*" or "/*name"'],
  ['{', 'a parameter is written "/:name"'],
  ['}', 'a parameter is written "/:name"'],
])

function checkText(source: string, piece: string): void {
  for (const character of piece) {
    const advice = REFUSED.get(character)
    if (advice !== undefined) throw new TemplateError(source, `the segment "${piece}" has a "${character}": ${advice}`)
    const code = character.codePointAt(0)!
    // Decoded UTF-8 never gives a lone surrogate, so such a route could not be reached.
    if (code < 0x20 || code === 0x7f || (code >= 0xd800 && code <= 0xdfff)) {
      throw new TemplateError(source, `the segment ${JSON.stringify(piece)} has a control character or half a surrogate pair; leave it out`)
    }
  }
}
