/** A representation that the grammar knows by name, or the name of one that it does not. */
export type MediaType =
  | { readonly kind: 'json' | 'csv' | 'geojson' | 'openapi' | 'form' | 'text' | 'xml' | 'binary' }
  /** `application/vnd.pgrst.object`: the one row, not a list. */
  | { readonly kind: 'object'; readonly nullsStripped: boolean }
  /** `application/vnd.pgrst.array;nulls=stripped`; without the parameter it is `json`. */
  | { readonly kind: 'array'; readonly nullsStripped: true }
  /** `application/vnd.pgrst.plan`: how the database would go about it. */
  | {
      readonly kind: 'plan'
      readonly format: 'text' | 'json'
      readonly for: MediaType
      readonly options: readonly PlanOption[]
    }
  /** In lower case, without parameters. */
  | { readonly kind: 'other'; readonly essence: string }

/** What a plan should tell besides. */
export type PlanOption = 'analyze' | 'verbose' | 'settings' | 'buffers' | 'wal'

/** One member of `Accept`. */
export interface MediaRange {
  /** `any` is `*`/`*`; `within` is a whole type, such as `text/*`. */
  readonly media: MediaType | { readonly kind: 'any' } | { readonly kind: 'within'; readonly type: string }
  /** As it was sent, without its weight; what a 406 names. */
  readonly text: string
}

const simple: ReadonlyMap<string, MediaType> = new Map<string, MediaType>([
  ['application/json', { kind: 'json' }],
  ['application/geo+json', { kind: 'geojson' }],
  ['text/csv', { kind: 'csv' }],
  ['text/plain', { kind: 'text' }],
  ['text/xml', { kind: 'xml' }],
  ['application/openapi+json', { kind: 'openapi' }],
  ['application/x-www-form-urlencoded', { kind: 'form' }],
  ['application/octet-stream', { kind: 'binary' }],
])

const planOptions: ReadonlySet<string> = new Set<PlanOption>(['analyze', 'verbose', 'settings', 'buffers', 'wal'])

/** Reads a `Content-Type`, or one member of `Accept`, whose weight it ignores. */
export function parseMediaType(text: string): MediaType {
  const [essence = '', ...parameters] = splitOutsideQuotes(text, ';')
  return fromParts(essence.trim().toLowerCase(), parameters)
}

function fromParts(essence: string, parameters: readonly string[]): MediaType {
  const known = simple.get(essence)
  if (known !== undefined) return known
  switch (essence) {
    case 'application/vnd.pgrst.object':
    case 'application/vnd.pgrst.object+json':
      return { kind: 'object', nullsStripped: parameter(parameters, 'nulls') === 'stripped' }
    case 'application/vnd.pgrst.array':
    case 'application/vnd.pgrst.array+json':
      return parameter(parameters, 'nulls') === 'stripped' ? { kind: 'array', nullsStripped: true } : { kind: 'json' }
    case 'application/vnd.pgrst.plan':
    case 'application/vnd.pgrst.plan+text':
    case 'application/vnd.pgrst.plan+json':
      return plan(essence.endsWith('+json') ? 'json' : 'text', parameters)
    default:
      return { kind: 'other', essence }
  }
}

function plan(format: 'text' | 'json', parameters: readonly string[]): MediaType {
  const inner = parameter(parameters, 'for')
  const of = inner === undefined ? undefined : parseMediaType(inner)
  const options = (parameter(parameters, 'options') ?? '').split('|').filter(isPlanOption)
  // A plan of a plan means nothing, and nesting without end would cost.
  return { kind: 'plan', format, for: of === undefined || of.kind === 'plan' ? { kind: 'json' } : of, options: [...new Set(options)] }
}

function isPlanOption(text: string): text is PlanOption {
  return planOptions.has(text)
}

/** A parameter's value without its quotes; undefined where it is not given. */
export function parameter(parameters: readonly string[], name: string): string | undefined {
  for (const it of parameters) {
    const equals = it.indexOf('=')
    if (equals === -1 || it.slice(0, equals).trim().toLowerCase() !== name) continue
    const value = it.slice(equals + 1).trim()
    return value.length > 1 && value.startsWith('"') && value.endsWith('"') ? value.slice(1, -1).replace(/\\([^])/g, '$1') : value
  }
  return undefined
}

/** Splits at `separator` where it does not stand in a quoted string (RFC 9110 §5.6.4). */
export function splitOutsideQuotes(text: string, separator: ',' | ';'): string[] {
  if (!text.includes('"')) return text.split(separator)
  const parts: string[] = []
  let start = 0
  let quoted = false
  for (let at = 0; at < text.length; at++) {
    const character = text[at]
    if (character === '"') quoted = !quoted
    else if (character === '\\' && quoted) at++
    else if (character === separator && !quoted) {
      parts.push(text.slice(start, at))
      start = at + 1
    }
  }
  parts.push(text.slice(start))
  return parts
}

/** What a `Content-Type` names this with, without a charset. */
export function mediaTypeName(media: MediaType): string {
  const stripped = 'nullsStripped' in media && media.nullsStripped ? ';nulls=stripped' : ''
  switch (media.kind) {
    case 'object':
    case 'array':
      return `application/vnd.pgrst.${media.kind}+json${stripped}`
    case 'plan':
      return `application/vnd.pgrst.plan+${media.format}; for="${mediaTypeName(media.for)}"${
        media.options.length > 0 ? `; options=${media.options.join('|')}` : ''
      }`
    case 'other':
      return media.essence
    default:
      for (const [name, it] of simple) if (it.kind === media.kind) return name
      throw new TypeError(`there is no media type ${media.kind}`)
  }
}
