import type { Issue, Location } from './contract.ts'
import { allows, end, MAX_ISSUES, member, repeats } from './explain.ts'
import { typeMessage } from './messages.ts'
import type { Codec, JsonType, Shape } from './shape.ts'

/**
 * Copies of a value what its schema declares, codecs applied: towards the handler (`decode`, of a value that was checked)
 * or towards the wire (`encode`, of one that is checked afterwards). The copy is what is checked and sent, so nothing
 * that a getter or `toJSON` would say a second time gets out.
 */
export type Direction = 'decode' | 'encode'

/** What one run collects. The pointer is kept as a stack and spelt only for an issue. */
export class Course {
  readonly path: (string | number)[]
  readonly location: Location | 'reply'
  issues: Issue[] | undefined
  /** What unions made of a value: without it a union inside a union, and so on down, takes 2^depth trials. */
  #outcomes: Map<Projector, WeakMap<object, Outcome>> | undefined

  constructor(location: Location | 'reply', path: readonly (string | number)[] = []) {
    this.location = location
    this.path = [...path]
  }

  fail(message: string): void {
    let pointer = ''
    for (const step of this.path) pointer = member(pointer, String(step))
    this.issues ??= []
    if (this.issues.length < MAX_ISSUES) this.issues.push({ location: this.location, pointer, message })
  }

  /** A run whose issues count only if its result is taken. */
  trial(): Course {
    const trial = new Course(this.location, this.path)
    trial.#outcomes = this.#outcomes ??= new Map()
    return trial
  }

  /** What `judge` makes of a value, remembered. */
  once(union: Projector, value: unknown, judge: (value: unknown, course: Course) => Outcome): unknown {
    let outcome: Outcome | undefined
    if (typeof value !== 'object' || value === null) outcome = judge(value, this)
    else {
      this.#outcomes ??= new Map()
      let known = this.#outcomes.get(union)
      if (known === undefined) this.#outcomes.set(union, (known = new WeakMap()))
      outcome = known.get(value)
      if (outcome === undefined) known.set(value, (outcome = judge(value, this)))
    }
    if (outcome.issues !== undefined) this.issues = [...(this.issues ?? []), ...outcome.issues].slice(0, MAX_ISSUES)
    return outcome.result
  }
}

export interface Outcome {
  readonly result: unknown
  readonly issues: readonly Issue[] | undefined
}

export abstract class Projector {
  abstract run(value: unknown, course: Course): unknown
}

/** The projector of a shape; `undefined` where a value passes as it is. */
export function projector(shape: Shape, direction: Direction): Projector | undefined {
  return new Builder(direction).build(shape)
}

class Builder {
  readonly #direction: Direction
  readonly #made = new Map<Shape, Later>()
  /** Shapes known to pass as they are. */
  readonly #plain = new Set<Shape>()

  constructor(direction: Direction) {
    this.#direction = direction
  }

  build(shape: Shape): Projector | undefined {
    if (this.#plain.has(shape)) return undefined
    const known = this.#made.get(shape)
    if (known !== undefined) return known.target ?? known
    const later = new Later()
    this.#made.set(shape, later)
    const made = this.#make(shape)
    later.target = made
    if (made === undefined) this.#plain.add(shape)
    return made
  }

  #make(shape: Shape): Projector | undefined {
    const inner = this.#inner(shape)
    const { codec } = shape
    if (codec === undefined) return inner
    return this.#direction === 'decode' ? new Decoding(inner, codec) : new Encoding(inner, codec)
  }

  #inner(shape: Shape): Projector | undefined {
    const parts: Projector[] = []
    const add = (part: Projector | undefined): void => {
      if (part !== undefined) parts.push(part)
    }
    if (shape.target !== undefined) add(this.build(shape.target))
    for (const one of shape.all) add(this.build(one))
    if (shape.any !== undefined) add(this.#union(shape.any))
    if (shape.fields !== undefined || shape.patterns.length > 0 || isOpen(shape)) add(this.#object(shape))
    if (shape.prefix.length > 0 || shape.items) add(this.#array(shape))
    if (this.#direction === 'encode') add(scalar(shape))
    if (parts.length === 1 && !(shape.all.length > 1)) return parts[0]
    return parts.length === 0 ? undefined : new Merged(parts)
  }

  #object(shape: Shape): Projector {
    const fields = (shape.fields ?? []).map((field) => {
      // A name that every object inherits must be its own, or its prototype would answer.
      return new FieldPlan(field.name, field.name in Object.prototype, this.build(field.shape))
    })
    if (shape.patterns.length === 0 && !isOpen(shape)) return new ObjectProjector(fields)
    const patterns = shape.patterns.map(([pattern, inside]) => [pattern, this.build(inside)] as const)
    const rest = shape.rest === undefined || shape.rest === false ? undefined : { value: this.build(shape.rest) }
    return new OpenProjector(fields, patterns, rest)
  }

  #array(shape: Shape): Projector | undefined {
    const prefix = shape.prefix.map((item) => this.build(item))
    const items = shape.items ? this.build(shape.items) : undefined
    return items === undefined && prefix.every((item) => item === undefined) ? undefined : new ArrayProjector(prefix, items)
  }

  #union(branches: readonly Shape[]): Projector | undefined {
    const plans = branches.map((branch) => new Branch(branch, this.build(branch)))
    if (plans.every((plan) => plan.projector === undefined)) return undefined
    return new UnionProjector(plans, this.#direction)
  }
}

/** Fields beyond the declared ones are part of what it says. */
function isOpen(shape: Shape): boolean {
  return shape.rest !== undefined && shape.rest !== false
}

function scalar(shape: Shape): Projector | undefined {
  if (shape.codec !== undefined) return undefined
  if (shape.raw.format === 'date-time') return instant
  if (shape.raw.format === 'bigint') return digits
  if (shape.types?.some((type) => type === 'number' || type === 'integer') && shape.raw['~kind'] === undefined)
    return new FiniteNumber(shape.types)
  return undefined
}

/** Stands for a shape that is still being built: schemas may contain themselves. */
class Later extends Projector {
  target: Projector | undefined

  run(value: unknown, course: Course): unknown {
    return this.target === undefined ? value : this.target.run(value, course)
  }
}

class FieldPlan {
  readonly name: string
  readonly inherited: boolean
  readonly projector: Projector | undefined

  constructor(name: string, inherited: boolean, inside: Projector | undefined) {
    this.name = name
    this.inherited = inherited
    this.projector = inside
  }
}

type Fields = { [name: string]: unknown }

class ObjectProjector extends Projector {
  readonly #fields: readonly FieldPlan[]

  constructor(fields: readonly FieldPlan[]) {
    super()
    this.#fields = fields
  }

  run(value: unknown, course: Course): unknown {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return value
    const copy: Fields = {}
    copyFields(this.#fields, value as Fields, copy, course)
    return copy
  }
}

function copyFields(fields: readonly FieldPlan[], from: Fields, to: Fields, course: Course): void {
  for (let index = 0; index < fields.length; index++) {
    const field = fields[index] as FieldPlan
    const { name } = field
    if (field.inherited && !Object.hasOwn(from, name)) continue
    const inside = from[name]
    if (inside === undefined) continue
    to[name] = field.projector === undefined ? inside : project(field.projector, inside, name, course)
  }
}

function project(inside: Projector, value: unknown, step: string | number, course: Course): unknown {
  course.path.push(step)
  const result = inside.run(value, course)
  course.path.pop()
  return result
}

class OpenProjector extends Projector {
  readonly #fields: readonly FieldPlan[]
  readonly #names: ReadonlySet<string>
  readonly #patterns: readonly (readonly [RegExp, Projector | undefined])[]
  readonly #rest: { readonly value: Projector | undefined } | undefined

  constructor(
    fields: readonly FieldPlan[],
    patterns: readonly (readonly [RegExp, Projector | undefined])[],
    rest: { readonly value: Projector | undefined } | undefined,
  ) {
    super()
    this.#fields = fields
    this.#names = new Set(fields.map((field) => field.name))
    this.#patterns = patterns
    this.#rest = rest
  }

  run(value: unknown, course: Course): unknown {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return value
    const copy: Fields = {}
    copyFields(this.#fields, value as Fields, copy, course)
    for (const name of Object.keys(value)) {
      if (this.#names.has(name)) continue
      const inside = (value as Fields)[name]
      if (inside === undefined) continue
      const plan = this.#plan(name)
      if (plan === undefined) continue
      if (name === '__proto__') {
        course.path.push(name)
        course.fail('is a name that is not allowed')
        course.path.pop()
      } else copy[name] = plan.value === undefined ? inside : project(plan.value, inside, name, course)
    }
    return copy
  }

  #plan(name: string): { readonly value: Projector | undefined } | undefined {
    for (const [pattern, value] of this.#patterns) if (pattern.test(name)) return { value }
    return this.#rest
  }
}

class ArrayProjector extends Projector {
  readonly #prefix: readonly (Projector | undefined)[]
  readonly #items: Projector | undefined

  constructor(prefix: readonly (Projector | undefined)[], items: Projector | undefined) {
    super()
    this.#prefix = prefix
    this.#items = items
  }

  run(value: unknown, course: Course): unknown {
    if (!Array.isArray(value)) return value
    const copy: unknown[] = []
    for (let index = 0; index < value.length; index++) {
      const inside = index < this.#prefix.length ? this.#prefix[index] : this.#items
      copy.push(inside === undefined ? value[index] : project(inside, value[index], index, course))
    }
    return copy
  }
}

class Branch {
  readonly shape: Shape
  readonly projector: Projector | undefined
  readonly #types: readonly JsonType[] | undefined
  readonly #constants: readonly (readonly [string, unknown])[]

  constructor(shape: Shape, inside: Projector | undefined) {
    this.shape = shape
    this.projector = inside
    const seen = end(shape)
    // Before encoding a codec's value may be of any kind, an object's fields too.
    const coded = shape.codec !== undefined || seen.codec !== undefined
    this.#types = coded ? undefined : seen.types
    this.#constants = coded
      ? []
      : (seen.fields ?? [])
          .filter((field) => field.required && field.shape.codec === undefined && isScalar(field.shape.raw.const))
          .map((field) => [field.name, field.shape.raw.const] as const)
  }

  /** Cheap and never wrongly false: kind of value and constant fields. */
  maybe(value: unknown): boolean {
    if (this.#types !== undefined && !this.#types.some((type) => couldBe(type, value))) return false
    if (this.#constants.length === 0 || typeof value !== 'object' || value === null) return true
    for (const [name, constant] of this.#constants) if ((value as Fields)[name] !== constant) return false
    return true
  }
}

function isScalar(value: unknown): boolean {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
}

function couldBe(type: JsonType, value: unknown): boolean {
  if (value === null) return type === 'null'
  if (Array.isArray(value)) return type === 'array'
  switch (typeof value) {
    case 'string':
      return type === 'string'
    case 'number':
      return type === 'number' || type === 'integer'
    case 'boolean':
      return type === 'boolean'
    default:
      // A Date or a bigint becomes a string where the schema says so.
      return type === 'object' || type === 'string'
  }
}

/** Takes the branch that matches; where several do, the one that keeps most of the value's fields, the first of equals. */
class UnionProjector extends Projector {
  readonly #branches: readonly Branch[]
  readonly #direction: Direction

  constructor(branches: readonly Branch[], direction: Direction) {
    super()
    this.#branches = branches
    this.#direction = direction
  }

  run(value: unknown, course: Course): unknown {
    let only: Branch | undefined
    let several = false
    for (const branch of this.#branches) {
      if (!branch.maybe(value)) continue
      if (only === undefined) only = branch
      else several = true
    }
    if (only === undefined) return value
    if (!several) return only.projector === undefined ? value : only.projector.run(value, course)
    return course.once(this, value, this.#judge)
  }

  readonly #judge = (value: unknown, course: Course): Outcome => {
    let best: unknown = value
    let kept = -1
    let mistakes: readonly Issue[] | undefined
    for (const branch of this.#branches) {
      if (!branch.maybe(value)) continue
      if (this.#direction === 'decode' && !allows(branch.shape, value)) continue
      const trial = course.trial()
      const result = branch.projector === undefined ? value : branch.projector.run(value, trial)
      if (trial.issues !== undefined) {
        mistakes ??= trial.issues
        continue
      }
      if (this.#direction === 'encode' && !allows(branch.shape, result)) continue
      const fields = typeof result === 'object' && result !== null ? Object.keys(result).length : 0
      if (fields > kept) {
        best = result
        kept = fields
      }
    }
    return { result: best, issues: kept === -1 ? mistakes : undefined }
  }
}

/** Of an intersection: what any part declares, laid over each other. */
class Merged extends Projector {
  readonly #parts: readonly Projector[]

  constructor(parts: readonly Projector[]) {
    super()
    this.#parts = parts
  }

  run(value: unknown, course: Course): unknown {
    let merged: unknown = NOTHING
    for (const part of this.#parts) merged = overlay(merged, part.run(value, course), value)
    return merged
  }
}

const NOTHING: unique symbol = Symbol('nothing yet')

/** Where one part left the value as it came and another changed it, the change wins. */
function overlay(one: unknown, other: unknown, original: unknown): unknown {
  if (one === NOTHING || one === original) return other
  if (other === original) return one
  if (isPlain(one) && isPlain(other)) {
    const merged: Fields = { ...one }
    const from = isPlain(original) ? original : {}
    for (const name of Object.keys(other)) {
      merged[name] = Object.hasOwn(one, name) ? overlay(one[name], other[name], from[name]) : other[name]
    }
    return merged
  }
  if (Array.isArray(one) && Array.isArray(other) && one.length === other.length) {
    const from: readonly unknown[] = Array.isArray(original) ? original : []
    return one.map((item: unknown, index) => overlay(item, other[index], from[index]))
  }
  return other
}

function isPlain(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Date)
}

class Decoding extends Projector {
  readonly #inner: Projector | undefined
  readonly #codec: Codec

  constructor(inner: Projector | undefined, codec: Codec) {
    super()
    this.#inner = inner
    this.#codec = codec
  }

  run(value: unknown, course: Course): unknown {
    const wire = this.#inner === undefined ? value : this.#inner.run(value, course)
    try {
      return this.#codec.decode(wire)
    } catch (error) {
      course.fail(codecMessage(error, wire))
      return undefined
    }
  }
}

class Encoding extends Projector {
  readonly #inner: Projector | undefined
  readonly #codec: Codec

  constructor(inner: Projector | undefined, codec: Codec) {
    super()
    this.#inner = inner
    this.#codec = codec
  }

  run(value: unknown, course: Course): unknown {
    let wire: unknown
    try {
      wire = this.#codec.encode(value)
    } catch (error) {
      course.fail(codecMessage(error, value))
      return undefined
    }
    return this.#inner === undefined ? wire : this.#inner.run(wire, course)
  }
}

/** What a codec throws to say what would be right. Other errors' messages may repeat the value and are not shown. */
export class CodecError extends Error {
  override readonly name = 'CodecError'
}

function codecMessage(error: unknown, value: unknown): string {
  return error instanceof CodecError && !repeats(error.message, value) ? error.message : 'is not valid'
}

/** A `Date` where a date and time in text is declared: there is only one thing that can be meant. */
class Instant extends Projector {
  run(value: unknown): unknown {
    return value instanceof Date && !Number.isNaN(value.getTime()) ? value.toISOString() : value
  }
}
const instant = new Instant()

class Digits extends Projector {
  run(value: unknown): unknown {
    return typeof value === 'bigint' ? value.toString() : value
  }
}
const digits = new Digits()

/** `JSON.stringify` would write NaN and Infinity as null; for TypeBox its own check says so. */
class FiniteNumber extends Projector {
  readonly #types: readonly JsonType[]

  constructor(types: readonly JsonType[]) {
    super()
    this.#types = types
  }

  run(value: unknown, course: Course): unknown {
    if (typeof value === 'number' && !Number.isFinite(value)) course.fail(typeMessage(this.#types))
    return value
  }
}
