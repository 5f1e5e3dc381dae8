import { digits, instant } from './codec-projectors.ts'
import type { Projector } from './course.ts'
import type { JsonType, Shape } from './shape.ts'
import { LONGEST_NAME } from './text-bytes.ts'
import {
  ArrayWriter,
  CodecWriter,
  type Inside,
  KindWriter,
  type Kind,
  LaterWriter,
  ObjectWriter,
  ScalarWriter,
  type TextWriter,
  UnionWriter,
  WrittenField,
} from './text-writers.ts'
import engine from './typebox.ts'
import { Branch } from './union-projector.ts'

/**
 * The writer of a shape; `undefined` where a part of it needs the whole value to be judged, or fields that it does not name. With
 * `checked` it judges what it writes, else the value was judged by somebody else and is only stripped.
 */
export function textWriter(shape: Shape, checked: boolean): TextWriter | undefined {
  try {
    const inside = new Builder(checked).build(shape)
    return typeof inside === 'string' ? new KindWriter(inside) : inside
  } catch (error) {
    if (error instanceof Unwritable) return undefined
    throw error
  }
}

/** A schema that has no writer. */
class Unwritable extends Error {}

/** Keywords that judge a value, beside those that the parts of a shape stand for. What is not among them judges nothing. */
const judging: ReadonlySet<string> = new Set(
  (
    '$ref $dynamicRef $recursiveRef additionalItems additionalProperties allOf anyOf const contains dependencies dependentRequired ' +
    'dependentSchemas else enum exclusiveMaximum exclusiveMinimum format if items maxContains maxItems maxLength maxProperties maximum ' +
    'minContains minItems minLength minProperties minimum multipleOf not oneOf pattern patternProperties prefixItems properties ' +
    'propertyNames required then type unevaluatedItems unevaluatedProperties uniqueItems'
  ).split(' '),
)
const ofObject = new Set(['type', 'properties', 'required', 'additionalProperties'])
const ofArray = new Set(['type', 'items', 'minItems', 'maxItems'])
const ofType = new Set(['type'])

const plain: { readonly [type in JsonType]?: Kind } = { string: 'text', integer: 'integer', number: 'number', boolean: 'boolean' }

class Builder {
  readonly #checked: boolean
  readonly #made = new Map<Shape, Inside | LaterWriter>()

  constructor(checked: boolean) {
    this.#checked = checked
  }

  build(shape: Shape): Inside {
    const known = this.#made.get(shape)
    if (known !== undefined) return known
    const later = new LaterWriter()
    this.#made.set(shape, later)
    const made = this.#make(shape)
    if (typeof made !== 'string') later.target = made
    this.#made.set(shape, made)
    return made
  }

  #make(shape: Shape): Inside {
    if (shape.codec === undefined) return this.#inner(shape)
    return new CodecWriter(shape.codec, writerOf(this.#inner({ ...shape, codec: undefined }, true)))
  }

  #inner(shape: Shape, coded = false): Inside {
    if (isScalar(shape)) return this.#scalar(shape, coded)
    if (says(shape, '$ref') && shape.target !== undefined) return this.build(shape.target)
    if (says(shape, 'anyOf') && shape.any !== undefined) return this.#union(shape.any)
    if (says(shape, 'allOf')) return new ObjectWriter(shape.all.flatMap((part) => this.#fields(part, false)))
    if (shape.items && shape.prefix.length === 0 && is(shape, 'array') && only(shape, ofArray)) return this.#array(shape, shape.items)
    return new ObjectWriter(this.#fields(shape, true))
  }

  #fields(shape: Shape, alone: boolean): WrittenField[] {
    const { fields } = shape
    if (fields === undefined || shape.codec !== undefined || !is(shape, 'object') || !only(shape, ofObject)) throw new Unwritable()
    // One part of an intersection must not refuse what another one declares.
    if (shape.required.length > 0 || !(shape.rest === undefined || (alone && shape.rest === false))) throw new Unwritable()
    return fields.map(({ name, required, shape: inside }) => {
      if (!isWritable(name)) throw new Unwritable()
      return new WrittenField(name, required, this.build(inside))
    })
  }

  #array(shape: Shape, items: Shape): ArrayWriter {
    const { minItems, maxItems } = shape.raw
    const limits = this.#checked ? [minItems, maxItems] : []
    const [least, most] = limits.map((limit) => (typeof limit === 'number' ? limit : undefined))
    return new ArrayWriter(this.build(items), least ?? 0, most ?? Infinity)
  }

  #union(any: readonly Shape[]): UnionWriter {
    return new UnionWriter(
      any.map((branch) => new Branch(branch, undefined)),
      any.map((branch) => writerOf(this.build(branch))),
    )
  }

  #scalar(shape: Shape, coded: boolean): Inside {
    const { raw, types } = shape
    const made: Projector | undefined = coded
      ? undefined
      : raw.format === 'date-time'
        ? instant
        : raw.format === 'bigint'
          ? digits
          : undefined
    const kind = types?.length === 1 ? plain[types[0] as JsonType] : undefined
    if (kind !== undefined && made === undefined && (!this.#checked || says(shape, 'type'))) return kind
    // What it has no words for is judged by whoever judges all else, so that the two can't differ.
    return new ScalarWriter(this.#checked ? engine.Compile(raw) : undefined, made)
  }
}

function writerOf(inside: Inside): TextWriter {
  return typeof inside === 'string' ? new KindWriter(inside) : inside
}

function is(shape: Shape, type: JsonType): boolean {
  return shape.types?.length === 1 && shape.types[0] === type
}

/** Whether nothing of a shape judges but these keywords. */
function only({ raw, refinements }: Shape, keywords: ReadonlySet<string>): boolean {
  return refinements.length === 0 && Object.keys(raw).every((keyword) => keywords.has(keyword) || !judging.has(keyword))
}

/** Whether one keyword is all of it. */
function says(shape: Shape, keyword: string): boolean {
  return keyword in shape.raw && only(shape, keyword === 'type' ? ofType : new Set([keyword]))
}

/** No object or array can be meant, and nothing in it is coded or refers to another place. */
function isScalar(shape: Shape): boolean {
  if (shape.codec !== undefined || shape.target !== undefined || shape.all.length > 0 || shape.foreign || 'not' in shape.raw) return false
  if (shape.types?.some((type) => type === 'object' || type === 'array') === true) return false
  if (shape.types !== undefined && shape.any === undefined) return true
  if (shape.any !== undefined) return shape.any.every(isScalar)
  const choices = 'const' in shape.raw ? [shape.raw.const] : shape.raw.enum
  return Array.isArray(choices) && choices.every((choice) => choice === null || typeof choice !== 'object')
}

/** Names like numbers stand before all others in the JSON of an object, wherever they are declared; what every object inherits is no value. */
function isWritable(name: string): boolean {
  return name.length <= LONGEST_NAME && !/^\d+$/.test(name) && !(name in Object.prototype) && /^[\x20-\xff]*$/.test(name)
}
