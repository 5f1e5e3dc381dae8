import type { StandardJSONSchemaV1, StandardSchemaV1 } from '@standard-schema/spec'
import type { JsonSchema } from './contract.ts'
import { SchemaError } from './errors.ts'
import { fileLimits } from './file.ts'
import { isRaw, type Raw } from './shape.ts'
import type { Schema } from './types.ts'

/**
 * The JSON Schema (2020-12) of what a client sends (`input`) or reads (`output`); `undefined` when the schema can't say.
 * References are relative to the schema itself: `#/$defs/Name` or `#`.
 */
export function jsonSchemaOf(schema: Schema, io: 'input' | 'output'): JsonSchema | undefined {
  if (!('~standard' in schema)) return cleaned(schema as unknown as Raw)
  try {
    const json = standardJson(schema, io, false)
    return json === undefined ? undefined : cleaned(json)
  } catch {
    return undefined
  }
}

/** What the Standard Schema says of itself. Throws what the library throws for a type that JSON Schema has no words for. */
export function standardJson(schema: StandardSchemaV1, io: 'input' | 'output', strict: boolean): Raw | undefined {
  const standard = schema['~standard'] as StandardSchemaV1.Props & Partial<StandardJSONSchemaV1.Props>
  const convert = standard.jsonSchema?.[io]
  if (convert === undefined) return undefined
  return convert({ target: 'draft-2020-12', libraryOptions: libraryOptions(standard.vendor, io, strict) })
}

interface ZodOverride {
  readonly zodSchema: { readonly _zod: { readonly def: { readonly type: string } } }
  readonly jsonSchema: { [keyword: string]: unknown }
}
interface ArkFallback {
  readonly code: string
  readonly base: object
  readonly domain?: string
}
interface ValibotOverride {
  readonly valibotSchema: { readonly type: string }
}

const instant = { type: 'string', format: 'date-time' }
const digits = { type: 'string', format: 'bigint' }
/** Zod's types whose values can be anything as far as JSON Schema knows. */
const silent: ReadonlySet<string> = new Set([
  'transform',
  'custom',
  'map',
  'set',
  'symbol',
  'undefined',
  'void',
  'function',
  'promise',
  'nan',
])

/**
 * No library has a JSON Schema for its dates and bigints; we know the form in which they leave. What else it can't say
 * is an error where fields must be stripped (`strict`), else "anything".
 */
function libraryOptions(vendor: string, io: 'input' | 'output', strict: boolean): { [option: string]: unknown } {
  if (vendor === 'zod') {
    const override = ({ zodSchema, jsonSchema }: ZodOverride): void => {
      const { type } = zodSchema._zod.def
      if (type === 'date') Object.assign(jsonSchema, instant)
      else if (type === 'bigint' && io === 'output') Object.assign(jsonSchema, digits)
      else if (strict && silent.has(type)) throw new SchemaError(`z.${type}() has no JSON Schema`)
    }
    return { unrepresentable: 'any', override }
  }
  if (vendor === 'arktype') {
    // A predicate only narrows what the base says; the others stand for values that the base says nothing of.
    const base = ({ base: known }: ArkFallback): object => known
    const silence = (fallback: ArkFallback): object => {
      if (strict) throw new SchemaError(`ArkType has no JSON Schema for a part of it (${fallback.code})`)
      return fallback.base
    }
    const domain = (fallback: ArkFallback): object =>
      fallback.domain === 'bigint' && io === 'output' ? { ...fallback.base, ...digits } : silence(fallback)
    const date = (fallback: ArkFallback): object => ({ ...fallback.base, ...instant })
    return { fallback: { date, domain, predicate: base, patternIntersection: base, defaultValue: base, default: silence } }
  }
  if (vendor === 'valibot') {
    const override = ({ valibotSchema }: ValibotOverride): object | undefined =>
      valibotSchema.type === 'date' ? instant : valibotSchema.type === 'bigint' && io === 'output' ? digits : undefined
    return { errorMode: strict ? 'throw' : 'ignore', overrideSchema: override }
  }
  return {}
}

/** A JSON Schema for others to read: private keys gone, secrets marked, definitions gathered at the top. */
export function cleaned(schema: Raw): JsonSchema {
  const defs: Defs = { named: new Map(), out: {} }
  const top = clean(schema, defs, [])
  if (Object.keys(defs.out).length > 0) top.$defs = defs.out
  return top
}

interface Defs {
  /** By the definition as it was written, so that two of one name stay two. */
  readonly named: Map<unknown, string>
  readonly out: { [name: string]: unknown }
}

const schemaMaps: ReadonlySet<string> = new Set(['properties', 'patternProperties', 'dependentSchemas'])
const values: ReadonlySet<string> = new Set(['default', 'const', 'enum', 'examples', 'example', 'required', 'type'])
const dropped: ReadonlySet<string> = new Set(['$defs', 'definitions', '$id', '$schema', 'secret', 'x-secret'])

function clean(raw: Raw, defs: Defs, scopes: readonly Raw[]): { [keyword: string]: unknown } {
  const limits = fileLimits(raw)
  if (limits !== undefined) {
    const { maxSize, types } = limits
    const one = types?.length === 1 ? types[0] : undefined
    return { type: 'string', format: 'binary', ...(one && { contentMediaType: one }), ...(maxSize !== undefined && { maxLength: maxSize }) }
  }
  const local = { ...(raw.definitions as Raw | undefined), ...(raw.$defs as Raw | undefined) }
  const inner = Object.keys(local).length > 0 ? [local, ...scopes] : scopes
  const result: { [keyword: string]: unknown } = {}
  for (const keyword of Object.keys(raw)) {
    if (keyword.startsWith('~') || dropped.has(keyword)) continue
    result[keyword] = cleanKeyword(keyword, raw[keyword], defs, inner)
  }
  if (raw.secret === true || raw['x-secret'] === true) {
    result.writeOnly = true
    if (raw.type === 'string') result.format ??= 'password'
  }
  if (Array.isArray(result.items)) {
    // TypeBox writes tuples as the drafts before 2020-12 did.
    result.prefixItems = result.items
    delete result.items
    if ('additionalItems' in result) result.items = result.additionalItems
    delete result.additionalItems
  }
  return result
}

function cleanKeyword(keyword: string, value: unknown, defs: Defs, scopes: readonly Raw[]): unknown {
  if (keyword === '$ref' && typeof value === 'string') return reference(value, defs, scopes)
  if (value instanceof RegExp) return value.source
  if (values.has(keyword)) return value
  if (schemaMaps.has(keyword) && isRaw(value)) {
    return Object.fromEntries(Object.entries(value).map(([name, inside]) => [name, isRaw(inside) ? clean(inside, defs, scopes) : inside]))
  }
  if (Array.isArray(value)) return value.map((item: unknown) => (isRaw(item) ? clean(item, defs, scopes) : item))
  return isRaw(value) ? clean(value, defs, scopes) : value
}

function reference(written: string, defs: Defs, scopes: readonly Raw[]): string {
  const name = /^(?:#\/(?:\$defs|definitions)\/)?([^#/]+)$/.exec(written)?.[1]
  const scope = name === undefined ? undefined : scopes.find((one) => Object.hasOwn(one, name))
  if (name === undefined || scope === undefined) return written
  const definition = scope[name]
  let unique = defs.named.get(definition)
  if (unique === undefined) {
    unique = name
    for (let count = 2; Object.hasOwn(defs.out, unique); count++) unique = `${name}${count}`
    defs.named.set(definition, unique)
    defs.out[unique] = {}
    defs.out[unique] = isRaw(definition) ? clean(definition, defs, scopes) : definition
  }
  return `#/$defs/${unique}`
}
