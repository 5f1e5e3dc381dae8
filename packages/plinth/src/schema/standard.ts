import type { StandardSchemaV1 } from '@standard-schema/spec'
import { isThenable } from '../internal/thenable.ts'
import { assertObject, joined, jsonText, projected } from './box.ts'
import { arrivalOf, coercion } from './coerce.ts'
import type { Checked, InputCheck, Issue, JsonSchema, Location, ReplyEncoder } from './contract.ts'
import { ReplyMismatch, SchemaError } from './errors.ts'
import { cleaned, standardJson } from './json-schema.ts'
import { Course, type Projector } from './course.ts'
import { projector } from './project.ts'
import { ReplyText } from './reply-text.ts'
import { shapeOf, type Raw, type Shape } from './shape.ts'
import { standardIssues } from './standard-issues.ts'

type Result = StandardSchemaV1.Result<unknown>

/** An input check for a Standard Schema. Its JSON Schema, where it has one, tells which texts are numbers and arrays. */
export function standardInput(schema: StandardSchemaV1, location: Location, form: boolean): InputCheck {
  let json: Raw | undefined
  let shape: Shape | undefined
  try {
    json = standardJson(schema, 'input', false)
    shape = json === undefined ? undefined : shapeOf(json, false)
  } catch {
    // A schema that can't describe itself still validates; it is only missing from OpenAPI and not coerced.
    json = shape = undefined
  }
  if (shape !== undefined && (location !== 'body' || form)) assertObject(shape, form ? 'form' : location)
  return new StandardInput(schema, json === undefined ? undefined : cleaned(json), shape, location, form)
}

class StandardInput implements InputCheck {
  readonly json: JsonSchema | undefined
  readonly #schema: StandardSchemaV1
  readonly #shape: Shape | undefined
  readonly #location: Location
  readonly #texts: boolean
  readonly #coerce: Projector | undefined

  constructor(schema: StandardSchemaV1, json: JsonSchema | undefined, shape: Shape | undefined, location: Location, form: boolean) {
    this.json = json
    this.#schema = schema
    this.#shape = shape
    this.#location = location
    this.#texts = location !== 'body' || form
    const arrival = arrivalOf(location, form)
    // Cookies and headers have company that the schema need not know of; elsewhere a strict schema wants to see it.
    const keepOthers = location !== 'headers' && location !== 'cookies'
    if (this.#texts && shape !== undefined) this.#coerce = coercion(shape, { arrival, defaults: false, keepOthers, scalars: true })
  }

  check(value: unknown): Checked | Promise<Checked> {
    const course = new Course(this.#location)
    const coerced = this.#coerce === undefined ? value : this.#coerce.run(value, course)
    const result = this.#schema['~standard'].validate(coerced)
    if (isThenable(result)) return Promise.resolve(result as PromiseLike<Result>).then((late) => this.#judge(coerced, late, course))
    return this.#judge(coerced, result, course)
  }

  #judge(value: unknown, result: Result, course: Course): Checked {
    if (result.issues === undefined && course.issues === undefined) return { ok: true, value: result.value }
    const found =
      result.issues === undefined
        ? []
        : standardIssues(result.issues, value, this.#schema['~standard'].vendor, this.#shape, this.#location, this.#texts)
    return { ok: false, issues: joined(course.issues ?? [], found) }
  }
}

/** A reply encoder for a Standard Schema: validated by the library, stripped by its JSON Schema. */
export function standardReply(schema: StandardSchemaV1): ReplyEncoder {
  const { vendor } = schema['~standard']
  let json: Raw | undefined
  try {
    json = standardJson(schema, 'output', true)
  } catch (error) {
    throw new SchemaError(`The reply schema can't strip undeclared fields: ${(error as Error).message}. ${remedy(vendor)}`)
  }
  if (json === undefined)
    throw new SchemaError(`The reply schema gives no JSON Schema, so it can't strip undeclared fields. ${remedy(vendor)}`)
  return new StandardReply(schema, json)
}

function remedy(vendor: string): string {
  if (vendor === 'zod') return 'End a transform with .pipe(…), or write the schema with t (Zod 4.2 or later gives JSON Schemas)'
  if (vendor === 'valibot') return 'Wrap it with toStandardJsonSchema of @valibot/to-json-schema, or write it with t'
  return 'Use a schema with Standard JSON Schema, or write it with t'
}

class StandardReply implements ReplyEncoder {
  readonly json: JsonSchema
  readonly #schema: StandardSchemaV1
  readonly #shape: Shape
  readonly #encode: Projector | undefined
  readonly #text: ReplyText

  constructor(schema: StandardSchemaV1, json: Raw) {
    this.json = cleaned(json)
    this.#schema = schema
    this.#shape = shapeOf(json, false)
    this.#encode = projector(this.#shape, 'encode')
    this.#text = new ReplyText(this.#shape, false)
  }

  encode(value: unknown): string {
    const judged = this.#judged(value)
    return this.#text.of(judged) ?? jsonText(this.#stripped(judged))
  }

  plain(value: unknown): unknown {
    return this.#stripped(this.#judged(value))
  }

  #judged(value: unknown): unknown {
    const result = this.#schema['~standard'].validate(value)
    if (isThenable(result)) {
      // The answer it would give is not waited for, and must not become an unhandled rejection.
      result.then(undefined, () => undefined)
      throw new SchemaError('The reply schema validates asynchronously; a reply is checked while it is written, so do that in the handler')
    }
    if (result.issues !== undefined) {
      throw new ReplyMismatch(standardIssues(result.issues, value, this.#schema['~standard'].vendor, this.#shape, 'reply', false))
    }
    return result.value
  }

  #stripped(value: unknown): unknown {
    if (this.#encode === undefined) return value
    const course = new Course('reply')
    const copy = projected(this.#encode, value, course)
    if (course.issues !== undefined) throw new ReplyMismatch(course.issues as readonly Issue[])
    return copy
  }
}
