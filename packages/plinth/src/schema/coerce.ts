import type { Location } from './contract.ts'
import { allows } from './explain.ts'
import { ChoiceCoercion, ScalarCoercion, Single } from './coerce-scalars.ts'
import { type Course, Later, type Outcome, Projector, step } from './course.ts'
import { isRaw, type Shape } from './shape.ts'

/**
 * How a value arrived. `text`: fields of text, as in paths and queries; `cookie`: among others of the same site; `form`:
 * with files and checkboxes; `header`: names in lower case, lists by comma (RFC 9110 §5.6.1); `json`: with its types.
 */
export type Arrival = 'text' | 'cookie' | 'form' | 'header' | 'json'

export function arrivalOf(location: Location, form: boolean): Arrival {
  if (location === 'body') return form ? 'form' : 'json'
  return location === 'headers' ? 'header' : location === 'cookies' ? 'cookie' : 'text'
}

export interface CoerceOptions {
  readonly arrival: Arrival
  /** Fill in `default`s. Off for a Standard Schema, which does so itself. */
  readonly defaults: boolean
  /** Undeclared fields stay unless the schema is content without them; kept for a validator that reports them. */
  readonly keepOthers: boolean
  /** Say here that a name was repeated or a text is no number: some Standard Schemas would convert it to something. */
  readonly scalars: boolean
}

/**
 * What must happen to a value before it is checked: texts become what the schema says, single values become arrays,
 * defaults are filled in. `undefined` where nothing must. A text that can't become what it should stays, for the check
 * to refuse it.
 */
export function coercion(shape: Shape, options: CoerceOptions): Projector | undefined {
  return new Builder(options).build(shape, true)
}

class Builder {
  readonly #options: CoerceOptions
  readonly #made = new Map<Shape, Later>()

  constructor(options: CoerceOptions) {
    this.#options = options
  }

  /** `alone`: no other part of an intersection has a say in which fields there are. */
  build(shape: Shape, alone: boolean): Projector | undefined {
    const known = this.#made.get(shape)
    if (known !== undefined) return known.done ? known.target : known
    const later = new Later()
    this.#made.set(shape, later)
    later.target = this.#make(shape, alone)
    later.done = true
    return later.target
  }

  #make(shape: Shape, alone: boolean): Projector | undefined {
    const parts: Projector[] = []
    const add = (part: Projector | undefined): void => {
      if (part !== undefined) parts.push(part)
    }
    const single = alone && shape.all.length === 0 && shape.any === undefined
    if (shape.target !== undefined) add(this.build(shape.target, single))
    for (const one of shape.all) add(this.build(one, false))
    if (shape.any !== undefined) add(this.#union(shape.any))
    if (shape.fields !== undefined || shape.patterns.length > 0 || (shape.rest !== undefined && shape.rest !== false))
      add(this.#object(shape, single))
    if (shape.types?.includes('array')) add(this.#array(shape))
    if (this.#options.arrival !== 'json') add(this.#scalar(shape))
    return parts.length > 1 ? new Sequence(parts) : parts[0]
  }

  #union(branches: readonly Shape[]): Projector | undefined {
    const plans = branches.map((shape) => ({ shape, projector: this.build(shape, false) }))
    return plans.every((plan) => plan.projector === undefined) ? undefined : new UnionCoercion(plans)
  }

  #object(shape: Shape, alone: boolean): Projector | undefined {
    const { arrival, defaults, keepOthers } = this.#options
    const fields = (shape.fields ?? []).map((field) => ({
      name: field.name,
      from: arrival === 'header' ? field.name.toLowerCase() : field.name,
      projector: this.build(field.shape, true),
      fallback: defaults ? defaultOf(field.shape) : undefined,
    }))
    const rest = shape.rest === undefined || shape.rest === false ? undefined : this.build(shape.rest, true)
    const patterns = shape.patterns.map(([pattern, inside]) => [pattern, this.build(inside, true)] as const)
    if (
      arrival === 'json' &&
      rest === undefined &&
      !fields.some((field) => field.projector ?? field.fallback) &&
      !patterns.some(([, one]) => one)
    ) {
      return undefined
    }
    // Every browser sends headers and cookies of its own: a schema that refuses others would refuse everybody.
    const crowded = arrival === 'header' || arrival === 'cookie'
    const open = shape.patterns.length > 0 || isRaw(shape.raw.additionalProperties) || shape.raw.additionalProperties === true
    const others = !alone || open || keepOthers || (shape.rest === false && !crowded)
    return new ObjectCoercion(fields, others, patterns, rest)
  }

  #array(shape: Shape): Projector | undefined {
    const { arrival } = this.#options
    const items = shape.items ? this.build(shape.items, true) : undefined
    const prefix = shape.prefix.map((item) => this.build(item, true))
    if (arrival === 'json')
      return items === undefined && !prefix.some((item) => item) ? undefined : new ArrayCoercion(prefix, items, false, false)
    return new ArrayCoercion(prefix, items, !shape.types?.includes('string'), arrival === 'header')
  }

  #scalar(shape: Shape): Projector | undefined {
    const { raw, types } = shape
    const choices = raw.const === undefined ? raw.enum : [raw.const]
    if (Array.isArray(choices))
      return choices.every((choice) => typeof choice === 'string') && !this.#options.scalars ? undefined : new ChoiceCoercion(choices)
    if (types === undefined || types.includes('array') || types.includes('object')) return undefined
    // TypeBox's check refuses what is no text; a Standard Schema that converts would take anything.
    if (types.includes('string')) return this.#options.scalars ? new Single(types) : undefined
    return new ScalarCoercion(types, this.#options.arrival === 'form')
  }
}

function defaultOf(shape: Shape): { readonly value: unknown } | undefined {
  let end: Shape | undefined = shape
  while (end !== undefined && end.raw.default === undefined) end = end.target
  return end === undefined ? undefined : { value: end.raw.default }
}

class Sequence extends Projector {
  readonly #parts: readonly Projector[]

  constructor(parts: readonly Projector[]) {
    super()
    this.#parts = parts
  }

  run(value: unknown, course: Course): unknown {
    for (const part of this.#parts) value = part.run(value, course)
    return value
  }
}

interface FieldCoercion {
  readonly name: string
  readonly from: string
  readonly projector: Projector | undefined
  readonly fallback: { readonly value: unknown } | undefined
}

type Fields = { [name: string]: unknown }

class ObjectCoercion extends Projector {
  readonly #fields: readonly FieldCoercion[]
  readonly #declared: ReadonlySet<string>
  readonly #others: boolean
  readonly #patterns: readonly (readonly [RegExp, Projector | undefined])[]
  readonly #rest: Projector | undefined

  constructor(
    fields: readonly FieldCoercion[],
    others: boolean,
    patterns: readonly (readonly [RegExp, Projector | undefined])[],
    rest: Projector | undefined,
  ) {
    super()
    this.#fields = fields
    this.#declared = new Set(fields.map((field) => field.from))
    this.#others = others
    this.#patterns = patterns
    this.#rest = rest
  }

  run(value: unknown, course: Course): unknown {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return value
    const from = value as Fields
    const copy: Fields = {}
    for (const field of this.#fields) {
      const inside = from[field.from]
      if (inside !== undefined && (Object.hasOwn(from, field.from) || !(field.from in Object.prototype))) {
        copy[field.name] = field.projector === undefined ? inside : step(field.projector, inside, field.name, course)
      } else if (field.fallback !== undefined) {
        const { value: filled } = field.fallback
        copy[field.name] = typeof filled === 'object' ? structuredClone(filled) : filled
      }
    }
    if (this.#others) this.#copyOthers(from, copy, course)
    return copy
  }

  #copyOthers(from: Fields, copy: Fields, course: Course): void {
    for (const name of Object.keys(from)) {
      if (this.#declared.has(name)) continue
      if (name === '__proto__') {
        course.path.push(name)
        course.fail('is a name that is not allowed')
        course.path.pop()
        continue
      }
      const match = this.#patterns.find(([pattern]) => pattern.test(name))
      const plan = match === undefined ? this.#rest : match[1]
      copy[name] = plan === undefined ? from[name] : step(plan, from[name], name, course)
    }
  }
}

class ArrayCoercion extends Projector {
  readonly #prefix: readonly (Projector | undefined)[]
  readonly #items: Projector | undefined
  readonly #wrap: boolean
  readonly #commas: boolean

  constructor(prefix: readonly (Projector | undefined)[], items: Projector | undefined, wrap: boolean, commas: boolean) {
    super()
    this.#prefix = prefix
    this.#items = items
    this.#wrap = wrap
    this.#commas = commas
  }

  run(value: unknown, course: Course): unknown {
    let items: unknown = value
    if (this.#commas && typeof value === 'string')
      items = value
        .split(',')
        .map((item) => item.trim())
        .filter((item) => item !== '')
    else if (this.#wrap && !Array.isArray(value)) items = [value]
    if (!Array.isArray(items)) return value
    const plain = this.#items === undefined && this.#prefix.length === 0
    return plain ? items : items.map((item: unknown, index) => this.#item(item, index, course))
  }

  #item(item: unknown, index: number, course: Course): unknown {
    const plan = index < this.#prefix.length ? this.#prefix[index] : this.#items
    return plan === undefined ? item : step(plan, item, index, course)
  }
}

/** Takes the first branch that, coerced, allows the value. */
class UnionCoercion extends Projector {
  readonly #plans: readonly { readonly shape: Shape; readonly projector: Projector | undefined }[]

  constructor(plans: readonly { readonly shape: Shape; readonly projector: Projector | undefined }[]) {
    super()
    this.#plans = plans
  }

  run(value: unknown, course: Course): unknown {
    return course.once(this, value, this.#judge)
  }

  readonly #judge = (value: unknown, course: Course): Outcome => {
    for (const { shape, projector } of this.#plans) {
      const trial = course.trial()
      const result = projector === undefined ? value : projector.run(value, trial)
      if (trial.issues === undefined && allows(shape, result)) return { result, issues: undefined }
    }
    return { result: value, issues: undefined }
  }
}
