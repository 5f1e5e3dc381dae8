import type { Match, Router } from '../router/contract.ts'
import { MalformedPath, RouteConflict } from '../router/errors.ts'
import { parseTemplate } from '../router/template.ts'
import type { Segment } from '../router/template.ts'

interface NaiveRoute<T> {
  readonly method: string
  readonly template: string
  readonly segments: readonly Segment[]
  readonly value: T
}

/** One way in which a template matches a path. */
interface Way {
  /** A digit for each segment: 0 static, 1 parameter, 2 wildcard. The smaller string is the better match. */
  readonly rank: string
  /** For each optional parameter 0 when it is there, 1 when it is left out; between equal ranks the smaller string wins. */
  readonly dropped: string
  readonly params: readonly (string | undefined)[]
  readonly rest: string | undefined
}

/**
 * The router's rules written down as plainly as they can be: try every route in every way, then take the best.
 * Slow on purpose; routers that are fast are compared with it.
 */
export class NaiveRouter<T> implements Router<T> {
  readonly #routes: NaiveRoute<T>[] = []

  add(method: string, template: string, value: T): void {
    const { segments } = parseTemplate(template)
    const shapes = shapesOf(segments)
    for (const other of this.#routes) {
      const both = other.method === method ? shapesOf(other.segments).find((shape) => shapes.includes(shape)) : undefined
      if (both !== undefined) throw new RouteConflict(method, template, other.template, template)
    }
    this.#routes.push({ method, template, segments, value })
  }

  find(method: string, path: string): Match<T> | undefined {
    const found = this.#ways(path).filter(({ route }) => route.method === method || route.method === '*')
    const key = ({ route, way }: (typeof found)[number]): string => `${way.rank} ${route.method === '*' ? 1 : 0} ${way.dropped}`
    const [best] = found.sort((one, two) => (key(one) < key(two) ? -1 : 1))
    return best && { value: best.route.value, params: best.way.params, rest: best.way.rest }
  }

  allowed(path: string): readonly string[] {
    return [...new Set(this.#ways(path).map(({ route }) => route.method))].sort()
  }

  #ways(path: string): { route: NaiveRoute<T>; way: Way }[] {
    const raw = path.split('/')
    const decoded = raw.map(decode)
    if (!path.startsWith('/')) return []
    return this.#routes.flatMap((route) => ways(route.segments, raw.slice(1), decoded.slice(1)).map((way) => ({ route, way })))
  }
}

function ways(segments: readonly Segment[], raw: readonly string[], decoded: readonly string[]): Way[] {
  const found = match(segments, raw, decoded)
  const bare = segments.every((segment) => segment.kind === 'param' && segment.optional)
  if (bare && raw.length === 1 && raw[0] === '') {
    found.push({ rank: '0', dropped: '1'.repeat(segments.length), params: segments.map(() => undefined), rest: undefined })
  }
  return found
}

function match(segments: readonly Segment[], raw: readonly string[], decoded: readonly string[]): Way[] {
  const [segment, ...others] = segments
  const [head] = decoded
  if (segment === undefined) return head === undefined ? [{ rank: '', dropped: '', params: [], rest: undefined }] : []
  if (segment.kind === 'wildcard') {
    return head === undefined ? [] : [{ rank: '2', dropped: '', params: [decoded.join('/')], rest: raw.join('/') }]
  }
  const after = (): Way[] => match(others, raw.slice(1), decoded.slice(1))
  if (segment.kind === 'static') return head === segment.text ? after().map((way) => ({ ...way, rank: `0${way.rank}` })) : []
  const mark = segment.optional ? '0' : ''
  const taken = head === undefined || head === '' ? [] : after()
  return [
    ...taken.map((way) => ({ ...way, rank: `1${way.rank}`, dropped: mark + way.dropped, params: [head, ...way.params] })),
    ...(segment.optional ? match(others, raw, decoded) : []).map((way) => ({
      ...way,
      dropped: `1${way.dropped}`,
      params: [undefined, ...way.params],
    })),
  ]
}

function shapesOf(segments: readonly Segment[]): string[] {
  let shapes = ['']
  for (const segment of segments) {
    const next = segment.kind === 'static' ? `/${segment.text}` : segment.kind === 'param' ? '/:' : '/*'
    const longer = shapes.map((shape) => shape + next)
    shapes = segment.kind === 'param' && segment.optional ? [...shapes, ...longer] : longer
  }
  return shapes.map((shape) => shape || '/')
}

function decode(segment: string): string {
  if (!segment.includes('%')) return segment
  const bytes: number[] = []
  for (let index = 0; index < segment.length; index++) {
    if (segment[index] !== '%') {
      bytes.push(...new TextEncoder().encode(segment[index]))
      continue
    }
    const digits = segment.slice(index + 1, index + 3)
    if (!/^[0-9A-Fa-f]{2}$/.test(digits)) throw new MalformedPath('escape')
    bytes.push(Number.parseInt(digits, 16))
    index += 2
  }
  if (bytes.includes(0)) throw new MalformedPath('nul')
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(Uint8Array.from(bytes))
  } catch {
    throw new MalformedPath('utf-8')
  }
}
