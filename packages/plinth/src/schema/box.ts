import { arrivalOf, coercion } from './coerce.ts'
import type { Checked, InputCheck, Issue, JsonSchema, Location, ReplyEncoder } from './contract.ts'
import { ReplyMismatch, SchemaError } from './errors.ts'
import { allows, Explanation, MAX_ISSUES } from './explain.ts'
import { cleaned } from './json-schema.ts'
import { Course, type Projector } from './course.ts'
import { projector } from './project.ts'
import { ReplyText } from './reply-text.ts'
import { shapeOf, type JsonType, type Raw, type Shape } from './shape.ts'
import engine from './typebox.ts'

interface Validator {
  Check(value: unknown): boolean
  Errors(value: unknown): readonly [boolean, readonly { readonly instancePath: string }[]]
}

interface Prepared {
  readonly shape: Shape
  readonly validator: Validator
}
/** A schema of a body is often one of a reply too, and generating its check is most of what compiling costs. */
const prepared = new WeakMap<Raw, Prepared>()

function prepare(schema: Raw): Prepared {
  let known = prepared.get(schema)
  if (known === undefined) {
    const shape = shapeOf(schema, true)
    prepared.set(schema, (known = { shape, validator: compiled(schema, shape) }))
  }
  return known
}

/** An input check for a schema made with `t`. */
export function boxInput(schema: Raw, location: Location, form: boolean): InputCheck {
  const { shape, validator } = prepare(schema)
  if (location !== 'body' || form) assertObject(shape, form ? 'form' : location)
  return new BoxInput(schema, shape, validator, location, form)
}

/** A reply encoder for a schema made with `t`. */
export function boxReply(schema: Raw): ReplyEncoder {
  const { shape, validator } = prepare(schema)
  if ([...reachable([shape])].some((one) => one.file)) {
    throw new SchemaError('t.File() can stand only in the body of a form; a reply sends files with file(path)')
  }
  return new BoxReply(schema, shape, validator)
}

class BoxInput implements InputCheck {
  readonly json: JsonSchema
  readonly #shape: Shape
  readonly #location: Location
  readonly #texts: boolean
  readonly #validator: Validator
  readonly #coerce: Projector | undefined
  readonly #decode: Projector | undefined

  constructor(schema: Raw, shape: Shape, validator: Validator, location: Location, form: boolean) {
    this.json = cleaned(schema)
    this.#shape = shape
    this.#location = location
    this.#texts = location !== 'body' || form
    this.#validator = validator
    this.#coerce = coercion(shape, { arrival: arrivalOf(location, form), defaults: true, keepOthers: false, scalars: false })
    this.#decode = projector(shape, 'decode')
  }

  check(value: unknown): Checked {
    const course = new Course(this.#location)
    const coerced = this.#coerce === undefined ? value : this.#coerce.run(value, course)
    if (!this.#validator.Check(coerced) || course.issues !== undefined) return this.#refuse(coerced, course)
    if (this.#decode === undefined) return { ok: true, value: coerced }
    const decoded = this.#decode.run(coerced, course)
    return course.issues === undefined ? { ok: true, value: decoded } : { ok: false, issues: course.issues }
  }

  #refuse(value: unknown, course: Course): Checked {
    const found = explained(this.#shape, value, this.#location, this.#texts, this.#validator)
    return { ok: false, issues: joined(found, course.issues) }
  }
}

class BoxReply implements ReplyEncoder {
  readonly json: JsonSchema
  readonly #shape: Shape
  readonly #validator: Validator
  readonly #encode: Projector | undefined
  readonly #text: ReplyText

  constructor(schema: Raw, shape: Shape, validator: Validator) {
    this.json = cleaned(schema)
    this.#shape = shape
    this.#validator = validator
    this.#encode = projector(shape, 'encode')
    this.#text = new ReplyText(shape, true)
  }

  encode(value: unknown): string {
    return this.#text.of(value) ?? jsonText(this.plain(value))
  }

  plain(value: unknown): unknown {
    const course = new Course('reply')
    const copy = this.#encode === undefined ? value : projected(this.#encode, value, course)
    if (course.issues === undefined && this.#validator.Check(copy)) return copy
    throw new ReplyMismatch(joined(course.issues ?? [], explained(this.#shape, copy, 'reply', false, this.#validator)))
  }
}

function compiled(schema: Raw, shape: Shape): Validator {
  let validator: Validator
  try {
    validator = engine.Compile(schema)
  } catch (error) {
    throw new SchemaError(`The schema can't be compiled: ${(error as Error).message}`)
  }
  const shapes = reachable([shape])
  const within = [...shapes].some((one) => one.any !== undefined && reachable(insides(one)).has(one))
  if (!within || [...shapes].some((one) => one.foreign)) return validator
  // TypeBox tries every combination of a union that contains itself, so that 60 levels take for ever. Ours remembers.
  return { Check: (value) => allows(shape, value), Errors: () => [false, []] }
}

function reachable(from: readonly Shape[]): ReadonlySet<Shape> {
  const found = new Set(from)
  // A set's loop goes on to what is added while it runs.
  for (const one of found) for (const inside of insides(one)) found.add(inside)
  return found
}

/** Throws `ReplyMismatch` for a value that contains itself: the schema's recursion would follow it for ever. */
export function projected(plan: Projector, value: unknown, course: Course): unknown {
  try {
    return plan.run(value, course)
  } catch (error) {
    if (error instanceof RangeError) throw noJson()
    throw error
  }
}

/** Throws `ReplyMismatch` for what `JSON.stringify` can't write: a bigint or a cycle where the schema allows anything. */
export function jsonText(value: unknown): string {
  let text: string | undefined
  try {
    text = JSON.stringify(value)
  } catch (error) {
    if (error instanceof TypeError || error instanceof RangeError) throw noJson()
    throw error
  }
  if (text === undefined) throw noJson()
  return text
}

function noJson(): ReplyMismatch {
  return new ReplyMismatch([{ location: 'reply', pointer: '', message: 'must have a JSON form: no cycles, no bigint, not undefined' }])
}

function explained(shape: Shape, value: unknown, location: Location | 'reply', texts: boolean, validator: Validator): readonly Issue[] {
  const explanation = new Explanation(location, texts)
  explanation.walk(shape, value, '')
  if (explanation.issues.length === 0 && !validator.Check(value)) {
    // A keyword that only TypeBox knows, or a place that the explanation never got to.
    for (const error of validator.Errors(value)[1]) explanation.add(error.instancePath, 'is not valid')
    if (explanation.issues.length === 0) explanation.add('', 'is not valid')
  }
  return explanation.issues
}

/** The first list, and of the second what says something about another place; no more than anybody reads. */
export function joined(first: readonly Issue[], second: readonly Issue[] | undefined): readonly Issue[] {
  if (second === undefined || second.length === 0) return first
  const pointers = new Set(first.map((issue) => issue.pointer))
  return [...first, ...second.filter((issue) => !pointers.has(issue.pointer))].slice(0, MAX_ISSUES)
}

/** Every part of a request but a JSON body has named fields. */
export function assertObject(shape: Shape, what: string): void {
  if (couldBeObject(shape)) return
  throw new SchemaError(`The schema of ${what} must describe an object: its fields are named. Write t.Object({ … })`)
}

function couldBeObject(shape: Shape): boolean {
  if (shape.target !== undefined) return couldBeObject(shape.target)
  if (shape.any !== undefined) return shape.any.some(couldBeObject)
  if (shape.all.length > 0) return shape.all.every(couldBeObject)
  return shape.types === undefined || shape.types.includes('object' satisfies JsonType)
}

function insides(shape: Shape): readonly Shape[] {
  const inside = [shape.target, shape.rest, shape.items, ...shape.all, ...(shape.any ?? []), ...shape.prefix]
  for (const [, one] of shape.patterns) inside.push(one)
  for (const field of shape.fields ?? []) inside.push(field.shape)
  return inside.filter((one) => one !== undefined && one !== false)
}
