import { SchemaError } from './errors.ts'
import { fileLimits } from './file.ts'
import { isFormat } from './formats.ts'

/** A JSON Schema object as it was written, TypeBox's private keys included. */
export type Raw = { readonly [keyword: string]: unknown }

export type JsonType = 'null' | 'boolean' | 'number' | 'integer' | 'string' | 'array' | 'object'

export interface Codec {
  readonly decode: (wire: unknown) => unknown
  readonly encode: (value: unknown) => unknown
}

export interface Field {
  readonly name: string
  readonly shape: Shape
  readonly required: boolean
}

/**
 * A schema read once at build: references resolved (it may be cyclic), keywords found. What each request does is
 * compiled from this; only explaining what is wrong walks it.
 */
export interface Shape {
  readonly raw: Raw
  /** The JSON types that its `type` names; `undefined` when it names none. */
  types: readonly JsonType[] | undefined
  /** `undefined` without `properties`: then nothing is said of an object's fields. */
  fields: readonly Field[] | undefined
  /** Names that are required and not among `fields`. */
  required: readonly string[]
  patterns: readonly (readonly [RegExp, Shape])[]
  /** What other fields are: refused, of a shape, or (not said) dropped. */
  rest: Shape | false | undefined
  prefix: readonly Shape[]
  items: Shape | false | undefined
  any: readonly Shape[] | undefined
  all: readonly Shape[]
  target: Shape | undefined
  codec: Codec | undefined
  refinements: readonly Refinement[]
  readonly secret: boolean
  readonly file: boolean
  /** Has keywords that only TypeBox checks. */
  readonly foreign: boolean
  pattern: RegExp | undefined
}

export interface Refinement {
  readonly check: (value: unknown) => boolean
  readonly error: (value: unknown) => string
}

const unsupportedKinds: { readonly [kind: string]: string } = {
  BigInt: 'a JavaScript bigint has no JSON form; write t.BigInt() of plinth, whose wire form is a decimal string',
  Undefined: 'undefined has no JSON form; write t.Optional(…) for a field that may be missing',
  Void: 'void has no JSON form; write null in the contract for an answer without a body',
  Symbol: 'a symbol has no JSON form',
  Function: 'a function has no JSON form',
  Constructor: 'a class has no JSON form',
  Deferred: 'it is a generic type that was never applied',
  Parameter: 'it is a generic type that was never applied',
  Generic: 'it is a generic type that was never applied',
}

interface Scope {
  readonly root: Raw
  /** Every shape that was made, and where. */
  readonly places: Map<Shape, string>
  readonly defs: { readonly [name: string]: unknown }
  readonly outer: Scope | undefined
  readonly seen: Map<Raw, Shape>
  readonly known: boolean
}

/**
 * Reads a schema. Throws `SchemaError`, naming the place, for what can't be checked, has no JSON form or refers to itself; with `checked`,
 * when nobody but us checks the value, also for formats that would be ignored.
 */
export function shapeOf(schema: Raw, checked: boolean): Shape {
  const places = new Map<Shape, string>()
  const shape = read(schema, { root: schema, places, defs: {}, outer: undefined, seen: new Map(), known: checked }, '')
  assertDescends(places)
  return shape
}

/** A shape that is itself, or a part or branch of itself, asks of a value what it asked before, and would ask for ever. */
function assertDescends(places: ReadonlyMap<Shape, string>): void {
  const above = new Set<Shape>()
  const done = new Set<Shape>()
  const visit = (shape: Shape): void => {
    if (done.has(shape)) return
    if (above.has(shape))
      throw new SchemaError(`${place(places.get(shape) ?? '')} refers to itself; put the reference into a field or an item`)
    above.add(shape)
    for (const same of [shape.target, ...shape.all, ...(shape.any ?? [])]) if (same !== undefined) visit(same)
    above.delete(shape)
    done.add(shape)
  }
  for (const shape of places.keys()) visit(shape)
}

function read(raw: unknown, scope: Scope, at: string): Shape {
  if (raw === true) return read({}, scope, at)
  if (raw === false) return read({ not: {} }, scope, at)
  if (!isRaw(raw)) throw new SchemaError(`${place(at)} is not a schema`)
  const kind = raw['~kind']
  const reason = typeof kind === 'string' && Object.hasOwn(unsupportedKinds, kind) ? unsupportedKinds[kind] : undefined
  if (reason !== undefined) throw new SchemaError(`${place(at)} can't be used: ${reason}`)
  const known = scope.seen.get(raw)
  if (known !== undefined) return known
  if (scope.known && typeof raw.format === 'string' && !isFormat(raw.format)) {
    throw new SchemaError(`${place(at)} has the format ${JSON.stringify(raw.format)}, which nothing checks; use a known one, or a pattern`)
  }
  const shape: Shape = {
    raw,
    types: typesOf(raw, at),
    fields: undefined,
    required: [],
    patterns: [],
    rest: undefined,
    prefix: [],
    items: undefined,
    any: undefined,
    all: [],
    target: undefined,
    codec: isRaw(raw['~codec']) ? (raw['~codec'] as unknown as Codec) : undefined,
    refinements: Array.isArray(raw['~refine']) ? (raw['~refine'] as Refinement[]) : [],
    secret: raw.secret === true || raw['x-secret'] === true,
    file: fileLimits(raw) !== undefined,
    foreign: foreign.some((keyword) => keyword in raw) || (isRaw(raw.not) && Object.keys(raw.not).length > 0),
    pattern: typeof raw.pattern === 'string' || raw.pattern instanceof RegExp ? expression(raw.pattern, at) : undefined,
  }
  scope.seen.set(raw, shape)
  scope.places.set(shape, at)
  if (isRaw(raw.$defs) || isRaw(raw.definitions)) {
    scope = { ...scope, defs: { ...section(raw.definitions), ...section(raw.$defs) }, outer: scope, seen: new Map([[raw, shape]]) }
  }
  readObject(shape, raw, scope, at)
  readArray(shape, raw, scope, at)
  const any = raw.anyOf ?? raw.oneOf
  if (Array.isArray(any)) shape.any = any.map((branch, index) => read(branch, scope, `${at}/${raw.anyOf ? 'anyOf' : 'oneOf'}/${index}`))
  if (Array.isArray(raw.allOf)) shape.all = raw.allOf.map((part, index) => read(part, scope, `${at}/allOf/${index}`))
  if (typeof raw.$ref === 'string') shape.target = resolve(raw.$ref, scope, at)
  return shape
}

function readObject(shape: Shape, raw: Raw, scope: Scope, at: string): void {
  const required = new Set(Array.isArray(raw.required) ? (raw.required as string[]) : [])
  if (isRaw(raw.properties)) {
    const fields: Field[] = []
    for (const name of Object.keys(raw.properties)) {
      // An assignment to it would set the prototype of what a handler receives.
      if (name === '__proto__') throw new SchemaError(`${place(at)} declares a field named __proto__; rename it`)
      fields.push({ name, required: required.delete(name), shape: read(raw.properties[name], scope, `${at}/${name}`) })
    }
    shape.fields = fields
  }
  shape.required = [...required]
  if (isRaw(raw.patternProperties)) {
    shape.patterns = Object.entries(raw.patternProperties).map(
      ([source, value]) => [expression(source, at), read(value, scope, `${at}/{${source}}`)] as const,
    )
  }
  const rest = raw.additionalProperties ?? raw.unevaluatedProperties
  if (rest === false) shape.rest = false
  else if (rest !== undefined) shape.rest = read(rest, scope, `${at}/*`)
}

function readArray(shape: Shape, raw: Raw, scope: Scope, at: string): void {
  const prefix = Array.isArray(raw.prefixItems) ? raw.prefixItems : Array.isArray(raw.items) ? raw.items : []
  shape.prefix = prefix.map((item, index) => read(item, scope, `${at}/${index}`))
  const items = Array.isArray(raw.items) ? raw.additionalItems : raw.items
  if (items === false) shape.items = false
  else if (items !== undefined) shape.items = read(items, scope, `${at}/*`)
}

/** `#`, `#/$defs/Name`, or the bare name of a definition, as `t.Cyclic` writes it. */
function resolve(reference: string, scope: Scope, at: string): Shape {
  if (reference === '#') return read(scope.root, outermost(scope), '')
  const named = /^(?:#\/(?:\$defs|definitions)\/)?([^#/]+)$/.exec(reference)
  if (named !== null) {
    const name = decodeURIComponent(named[1] ?? '')
      .replaceAll('~1', '/')
      .replaceAll('~0', '~')
    for (let here: Scope | undefined = scope; here !== undefined; here = here.outer) {
      if (Object.hasOwn(here.defs, name)) return read(here.defs[name], here, `/$defs/${name}`)
    }
  }
  throw new SchemaError(
    `${place(at)} refers to ${JSON.stringify(reference)}, which is not defined; define it in the same schema with t.Cyclic`,
  )
}

function outermost(scope: Scope): Scope {
  let here = scope
  while (here.outer !== undefined) here = here.outer
  return here
}

const foreign = [
  'contains',
  'if',
  'dependencies',
  'dependentRequired',
  'dependentSchemas',
  'unevaluatedItems',
  '$dynamicRef',
  '$recursiveRef',
]

const jsonTypes: ReadonlySet<unknown> = new Set<JsonType>(['null', 'boolean', 'number', 'integer', 'string', 'array', 'object'])

function typesOf(raw: Raw, at: string): readonly JsonType[] | undefined {
  if (raw.type === undefined) return undefined
  const types = Array.isArray(raw.type) ? raw.type : [raw.type]
  for (const type of types) {
    if (!jsonTypes.has(type)) throw new SchemaError(`${place(at)} has the type ${JSON.stringify(type)}, which JSON does not have`)
  }
  return types as JsonType[]
}

function expression(source: string | RegExp, at: string): RegExp {
  try {
    // Without `g` and `y`: a RegExp with a memory would judge the same value differently the second time.
    return typeof source === 'string' ? new RegExp(source, 'u') : new RegExp(source.source, source.flags.replace(/[gy]/g, ''))
  } catch (error) {
    throw new SchemaError(`${place(at)} has a pattern that is no regular expression (${(error as Error).message})`)
  }
}

function section(value: unknown): Raw {
  return isRaw(value) ? value : {}
}

export function isRaw(value: unknown): value is Raw {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

export function place(at: string): string {
  return at === '' ? 'The schema' : `The schema at ${at}`
}
