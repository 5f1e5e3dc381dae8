import { type JsonSchema, jsonSchemaOf, type Problem, type RouteInfo, type Schema } from '../app/index.ts'
import { definitionName, isSchema, resolve } from './fields.ts'
import { capital, pascal } from './operation-id.ts'
import { mapSubschemas, memberOf } from './subschemas.ts'
import type { SchemaObject } from './types.ts'

type Direction = 'input' | 'output'

/** A schema as it was written, whose references are relative to itself. */
interface Root {
  readonly json: JsonSchema
  readonly direction: Direction
}

/** How the wire form of one schema is called in a document, and where its parts went. */
export class Schemas {
  readonly components: { [name: string]: SchemaObject } = {}
  readonly #sources = new Map<string, string>()
  readonly #described = { input: new Map<Schema, JsonSchema | undefined>(), output: new Map<Schema, JsonSchema | undefined>() }
  /** The first component of each text. */
  readonly #names = new Map<string, string>()
  /** In which bodies and replies a schema stands, by the object that it is. */
  readonly #users = new Map<object, Set<object>>()

  constructor(routes: readonly RouteInfo[]) {
    for (const route of routes) {
      const { body, reply = {} } = route.contract
      for (const declared of [body, ...Object.values(reply)]) if (isWritten(declared)) this.#count(declared, {})
    }
  }

  /**
   * The schema, or a reference to the component that it became: because it has an `$id` or a title, because several bodies
   * and replies use the same object, or because it refers to itself, or because it is wanted several times (`named`). `hint` names it where
   * it has no name of its own. `undefined` when a Standard Schema gives no JSON Schema.
   */
  of(schema: Schema, direction: Direction, hint: string, named = false): SchemaObject | undefined {
    const given = this.json(schema, direction)
    if (given === undefined) return undefined
    const isBox = !('~standard' in schema)
    const json = isBox || direction === 'input' ? given : opened(given)
    const root: Root = { json, direction }
    const { $defs: _, ...top } = json
    const shared = named || (this.#users.get(identityOf(schema as never))?.size ?? 0) > 1
    const isCyclic = JSON.stringify(top).includes('"$ref":"#"')
    return this.#emit(top, isBox ? (schema as unknown as JsonSchema) : undefined, root, hint, isCyclic || (shared && isWorthName(top)))
  }

  /** The JSON Schema as it was written. Remembered: the libraries take their time. */
  json(schema: Schema, direction: Direction): JsonSchema | undefined {
    const known = this.#described[direction]
    if (!known.has(schema)) known.set(schema, jsonSchemaOf(schema, direction))
    return known.get(schema)
  }

  /** A part of a schema: one parameter of a query, say. */
  part(inside: JsonSchema, whole: JsonSchema, hint: string): SchemaObject {
    return this.#emit(inside, undefined, { json: whole, direction: 'input' }, hint, false)
  }

  /** Adds what is a component in any case. */
  add(name: string, make: () => SchemaObject): SchemaObject {
    if (!Object.hasOwn(this.components, name)) {
      this.#sources.set(name, `added ${name}`)
      this.components[name] = make()
    }
    return reference(name)
  }

  #count(schema: object, place: object): void {
    const identity = identityOf(schema)
    let users = this.#users.get(identity)
    if (users?.has(place)) return
    if (users === undefined) this.#users.set(identity, (users = new Set()))
    users.add(place)
    if ('~standard' in schema) return
    // What is inside of a component stands there alone, wherever that is used.
    const inner = ownName(schema as JsonSchema, schema as JsonSchema) === undefined ? place : schema
    mapSubschemas(schema as JsonSchema, (inside) => this.#count(inside, inner))
  }

  #emit(json: JsonSchema, raw: JsonSchema | undefined, root: Root, hint: string, named: boolean): SchemaObject {
    if (typeof json.$ref === 'string') return this.#referring(json, raw, root, hint)
    const own = ownName(json, raw)
    const shared = named || (raw !== undefined && isWorthName(json) && (this.#users.get(identityOf(raw))?.size ?? 0) > 1)
    if (own === undefined && !shared) return this.#inside(json, raw, root, hint)
    return this.#component(own, hint, json, root, () => this.#inside(json, raw, root, own ?? hint))
  }

  #inside(json: JsonSchema, raw: JsonSchema | undefined, root: Root, hint: string): SchemaObject {
    const made = mapSubschemas(json, (inside, keyword, member) => {
      const part = keyword === 'properties' ? capital(pascal(member ?? '')) : keyword === 'items' ? 'Item' : ''
      return this.#emit(inside, memberOf(raw, keyword, member), root, hint + part, false)
    })
    const type = 'type' in json ? undefined : typeOfAll(json.enum)
    return type === undefined ? made : { type, ...made }
  }

  #referring(json: JsonSchema, raw: JsonSchema | undefined, root: Root, hint: string): SchemaObject {
    const target = resolve(json.$ref, root.json)
    const { $ref, ...beside } = json
    if (target === undefined) return this.#inside(json, raw, root, hint)
    const { $defs: _, ...source } = target
    const name = definitionName($ref)
    // Zod calls what it had to take out `__schema0`.
    const own = ownName(source, undefined) ?? (name === undefined || name.startsWith('__') ? undefined : pascal(name))
    const found = this.#component(own, `${hint}${name === undefined ? '' : 'Part'}`, source, root, () =>
      this.#inside(source, undefined, root, own ?? hint),
    )
    return { ...found, ...this.#inside(beside, raw, root, hint) }
  }

  #component(own: string | undefined, hint: string, json: JsonSchema, root: Root, make: () => SchemaObject): SchemaObject {
    const text = JSON.stringify(json)
    const source = text.includes('"$ref"') ? text + JSON.stringify(root.json) : text
    const known = own === undefined ? this.#names.get(source) : undefined
    if (known !== undefined) return reference(known)
    const name = this.#free(own ?? hint, source, root.direction)
    if (!this.#sources.has(name)) {
      // Before its insides are made: they may lead back here.
      this.#sources.set(name, source)
      if (!this.#names.has(source)) this.#names.set(source, name)
      this.components[name] = {}
      this.components[name] = make()
    }
    return reference(name)
  }

  #free(wanted: string, source: string, direction: Direction): string {
    const fits = (name: string): boolean => !this.#sources.has(name) || this.#sources.get(name) === source
    if (fits(wanted)) return wanted
    const directed = `${wanted}${capital(direction)}`
    let name = directed
    for (let count = 2; !fits(name); count++) name = `${directed}${count}`
    return name
  }
}

function reference(name: string): SchemaObject {
  return { $ref: `#/components/schemas/${name}` }
}

/** `t.Optional(User)` is a copy of `User` that has the same properties. */
function identityOf(schema: object): object {
  const { properties } = schema as { readonly properties?: unknown }
  return '~kind' in schema && isSchema(properties) ? properties : schema
}

/** Whether a slot holds a schema: not a kind of body, nor a problem, nor nothing. ArkType's schemas are functions. */
export function isWritten(declared: Schema | Problem | readonly Problem[] | string | null | undefined): declared is Schema {
  return (
    declared !== null &&
    (typeof declared === 'object' || typeof declared === 'function') &&
    ('~kind' in declared || '~standard' in declared)
  )
}

/** An `enum` needs no type beside it, but generators of clients look for one. */
function typeOfAll(values: unknown): string | undefined {
  if (!Array.isArray(values) || values.length === 0) return undefined
  const types = new Set(values.map((value) => typeof value))
  const [type] = types
  return types.size === 1 && (type === 'string' || type === 'number' || type === 'boolean') ? type : undefined
}

/** What is as short as a reference to it stays where it is. */
function isWorthName(json: JsonSchema): boolean {
  return ['properties', 'patternProperties', 'anyOf', 'oneOf', 'allOf', 'items', 'prefixItems'].some((keyword) => keyword in json)
}

function ownName(json: JsonSchema, raw: JsonSchema | undefined): string | undefined {
  if (typeof raw?.$id === 'string') return pascal(raw.$id.replace(/^.*[/#:]/, '')) || undefined
  // The title of a text or number is rather a label.
  if (typeof json.title === 'string' && (isWorthName(json) || 'enum' in json)) return pascal(json.title) || undefined
  return undefined
}

/**
 * Libraries close the objects that they output, since they strip them. For a client that is a promise that no field will ever
 * come, and would make a second component of everything that is both sent and read.
 */
function opened(json: JsonSchema): JsonSchema {
  const { additionalProperties, ...rest } = mapSubschemas(json, opened)
  return additionalProperties === undefined || additionalProperties === false ? rest : { ...rest, additionalProperties }
}
