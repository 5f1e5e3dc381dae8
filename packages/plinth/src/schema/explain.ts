import type { Issue, Location } from './contract.ts'
import { choiceMessage, count, formatMessage, list, typeMessage, wanted } from './messages.ts'
import type { JsonType, Raw, Shape } from './shape.ts'
import { isRaw } from './shape.ts'
import engine from './typebox.ts'

/** More issues than this help nobody. */
export const MAX_ISSUES = 100
/** Values looked at for one explanation. */
const MAX_STEPS = 200_000
/** Longer names in a pointer are cut: they come from the client and end in logs. */
const MAX_NAME = 100

/** What is known of a value already: without it a union inside a union, and so on down, takes 2^depth trials. */
type Verdicts = Map<Shape, WeakMap<object, boolean>>

/** Finds everything that is wrong with a value. The slow path: the value was refused already. */
export class Explanation {
  readonly issues: Issue[] = []
  readonly #location: Location | 'reply'
  /** True where every value came as text, so that an array is a name that was repeated. */
  readonly #texts: boolean
  readonly #most: number
  readonly #verdicts: Verdicts
  #steps = 0

  constructor(location: Location | 'reply', texts: boolean, most: number = MAX_ISSUES, verdicts: Verdicts = new Map()) {
    this.#location = location
    this.#texts = texts
    this.#most = most
    this.#verdicts = verdicts
  }

  get full(): boolean {
    return this.issues.length >= this.#most || this.#steps > MAX_STEPS
  }

  add(pointer: string, message: string): void {
    if (this.issues.length < this.#most) this.issues.push({ location: this.#location, pointer, message })
  }

  /** True when the shape allows the value. */
  allows(shape: Shape, value: unknown): boolean {
    if (typeof value !== 'object' || value === null) return this.#tries(shape, value)
    let known = this.#verdicts.get(shape)
    if (known === undefined) this.#verdicts.set(shape, (known = new WeakMap()))
    let verdict = known.get(value)
    if (verdict === undefined) known.set(value, (verdict = this.#tries(shape, value)))
    return verdict
  }

  #tries(shape: Shape, value: unknown): boolean {
    const trial = new Explanation(this.#location, this.#texts, 1, this.#verdicts)
    // Without a budget, or a valid value could be called wrong. What was judged once is not judged again.
    trial.#steps = -Infinity
    trial.walk(shape, value, '')
    return trial.issues.length === 0
  }

  walk(shape: Shape, value: unknown, pointer: string): void {
    if (this.full) return
    this.#steps++
    const { raw, secret } = shape
    const before = this.issues.length
    const choices = raw.const === undefined ? raw.enum : [raw.const]
    const limited = Array.isArray(choices)
    if (
      limited
        ? !choices.some((choice) => same(choice, value))
        : shape.types !== undefined && !shape.types.some((type) => isType(type, value))
    ) {
      // In a text place an array is a name that was repeated.
      if (this.#texts && Array.isArray(value) && !shape.types?.includes('array')) this.add(pointer, 'must be given only once')
      else if (limited) this.add(pointer, secret ? 'is not valid' : choiceMessage(choices))
      else this.add(pointer, typeMessage(shape.types ?? []))
      return
    }
    if (secret) return this.#secret(shape, value, pointer)
    if (typeof value === 'string') this.#text(shape, value, pointer)
    else if (typeof value === 'number') this.#number(raw, value, pointer)
    else if (Array.isArray(value)) this.#array(shape, value, pointer)
    else if (isObject(value)) this.#object(shape, value, pointer)
    if (shape.target !== undefined) this.walk(shape.target, value, pointer)
    for (const part of shape.all) this.walk(part, value, pointer)
    if (shape.any !== undefined) this.#union(shape.any, value, pointer, raw.anyOf === undefined)
    if (isRaw(raw.not) && Object.keys(raw.not).length === 0) this.add(pointer, 'is not allowed')
    // Refinements are written for values that have the right type already.
    if (this.issues.length > before) return
    for (const refinement of shape.refinements) {
      if (!refinement.check(value)) this.add(pointer, refinementMessage(refinement.error(value), value))
    }
  }

  /** Neither the pattern nor the choices are named, and of the value no more than that it is not good. */
  #secret(shape: Shape, value: unknown, pointer: string): void {
    if (this.allows({ ...shape, secret: false }, value)) return
    const { minLength, maxLength } = shape.raw
    if (typeof value === 'string' && typeof minLength === 'number' && points(value) < minLength)
      this.add(pointer, atLeast(minLength, 'character'))
    else if (typeof value === 'string' && typeof maxLength === 'number' && points(value) > maxLength) {
      this.add(pointer, `must have at most ${count(maxLength, 'character')}`)
    } else this.add(pointer, 'is not valid')
  }

  #text(shape: Shape, value: string, pointer: string): void {
    const { minLength, maxLength, format } = shape.raw
    if (typeof minLength === 'number' && value.length < minLength * 2 && points(value) < minLength) {
      this.add(pointer, minLength === 1 ? 'must not be empty' : atLeast(minLength, 'character'))
    }
    // The length first, and alone: it is what keeps a costly pattern away from a long text.
    else if (typeof maxLength === 'number' && value.length > maxLength && points(value) > maxLength) {
      this.add(pointer, `must have at most ${count(maxLength, 'character')}`)
    } else if (typeof format === 'string' && !engine.Format.Test(format, value)) this.add(pointer, formatMessage(format))
    else if (shape.pattern !== undefined && !shape.pattern.test(value)) this.add(pointer, `must match the pattern ${shape.pattern.source}`)
  }

  #number(raw: Raw, value: number, pointer: string): void {
    const { minimum, maximum, exclusiveMinimum, exclusiveMaximum, multipleOf } = raw
    if (typeof minimum === 'number' && value < minimum) this.add(pointer, `must be at least ${minimum}`)
    if (typeof maximum === 'number' && value > maximum) this.add(pointer, `must be at most ${maximum}`)
    if (typeof exclusiveMinimum === 'number' && value <= exclusiveMinimum) this.add(pointer, `must be greater than ${exclusiveMinimum}`)
    if (typeof exclusiveMaximum === 'number' && value >= exclusiveMaximum) this.add(pointer, `must be less than ${exclusiveMaximum}`)
    if (typeof multipleOf === 'number' && !engine.isMultipleOf(value, multipleOf)) this.add(pointer, `must be a multiple of ${multipleOf}`)
  }

  #array(shape: Shape, value: readonly unknown[], pointer: string): void {
    const { minItems, maxItems, uniqueItems } = shape.raw
    if (typeof minItems === 'number' && value.length < minItems) this.add(pointer, atLeast(minItems, 'item'))
    if (typeof maxItems === 'number' && value.length > maxItems) return this.add(pointer, `must have at most ${count(maxItems, 'item')}`)
    if (shape.items === false && value.length > shape.prefix.length) {
      return this.add(pointer, `must have at most ${count(shape.prefix.length, 'item')}`)
    }
    for (let index = 0; index < value.length && !this.full; index++) {
      const item = shape.prefix[index] ?? shape.items
      if (item !== undefined && item !== false) this.walk(item, value[index], `${pointer}/${index}`)
    }
    if (uniqueItems === true && new Set(value.map(canonical)).size < value.length) this.add(pointer, 'must not repeat an item')
  }

  #object(shape: Shape, value: Raw, pointer: string): void {
    const { minProperties, maxProperties, propertyNames } = shape.raw
    for (const name of shape.required) if (!Object.hasOwn(value, name)) this.add(member(pointer, name), 'is required')
    for (const field of shape.fields ?? []) {
      if (this.full) return
      const inside = value[field.name]
      if (inside !== undefined && (Object.hasOwn(value, field.name) || !(field.name in Object.prototype))) {
        this.walk(field.shape, inside, member(pointer, field.name))
      } else if (field.required) this.add(member(pointer, field.name), 'is required')
    }
    const names = Object.keys(value)
    if (typeof minProperties === 'number' && names.length < minProperties) this.add(pointer, atLeast(minProperties, 'field'))
    if (typeof maxProperties === 'number' && names.length > maxProperties) {
      return this.add(pointer, `must have at most ${count(maxProperties, 'field')}`)
    }
    if (shape.patterns.length > 0 || shape.rest !== undefined) this.#others(shape, value, names, pointer)
    if (isRaw(propertyNames) && typeof propertyNames.pattern === 'string') {
      const allowed = new RegExp(propertyNames.pattern, 'u')
      for (const name of names) if (!allowed.test(name)) this.add(member(pointer, name), 'has a name that is not allowed')
    }
  }

  #others(shape: Shape, value: Raw, names: readonly string[], pointer: string): void {
    const declared = new Set(shape.fields?.map((field) => field.name))
    for (const name of names) {
      if (this.full) return
      let matched = declared.has(name)
      for (const [pattern, inside] of shape.patterns) {
        if (!pattern.test(name)) continue
        matched = true
        this.walk(inside, value[name], member(pointer, name))
      }
      if (matched || shape.rest === undefined) continue
      if (shape.rest === false) this.add(member(pointer, name), 'is not allowed')
      else this.walk(shape.rest, value[name], member(pointer, name))
    }
  }

  /** One issue for the whole union, or the issues of the one branch that the value was evidently meant for. */
  #union(branches: readonly Shape[], value: unknown, pointer: string, exactly: boolean): void {
    const matching = exactly ? branches.filter((branch) => this.allows(branch, value)).length : 0
    if (matching > 1) return this.add(pointer, 'must match only one of the allowed forms')
    if (matching === 1 || branches.some((branch) => this.allows(branch, value))) return
    const near = branches.filter((branch) => meant(branch, value))
    const only = near.length === 1 ? near[0] : undefined
    if (only !== undefined) return this.walk(only, value, pointer)
    const tag = near.length === 0 && isObject(value) ? tagOf(branches) : undefined
    if (tag !== undefined) return this.add(member(pointer, tag.name), choiceMessage(tag.values))
    const words = branches.map(wanted)
    const repeated = this.#texts && Array.isArray(value) && !branches.some((branch) => branch.types?.includes('array') ?? true)
    if (repeated) this.add(pointer, 'must be given only once')
    else if (words.includes(undefined) || near.length > 1) this.add(pointer, 'must match one of the allowed forms')
    else this.add(pointer, `must be ${list(words.flatMap((several) => several ?? []))}`)
  }
}

/** The field whose constant tells the objects of a union apart. */
function tagOf(branches: readonly Shape[]): { readonly name: string; readonly values: readonly unknown[] } | undefined {
  const objects = branches.map(end).filter((branch) => branch.fields !== undefined)
  for (const { name } of objects[0]?.fields ?? []) {
    const values = objects.map((branch) => branch.fields?.find((field) => field.name === name)?.shape.raw.const)
    if (!values.includes(undefined)) return { name, values }
  }
  return undefined
}

export function end(shape: Shape): Shape {
  while (shape.target !== undefined) shape = shape.target
  return shape
}

/** True when the shape allows the value. */
export function allows(shape: Shape, value: unknown): boolean {
  return new Explanation('reply', false).allows(shape, value)
}

/** A branch of the value's own kind whose constants it has: `{ type: 'card', … }` was meant to be a card. */
function meant(branch: Shape, value: unknown): boolean {
  const shape = end(branch)
  if (typeof value !== 'object' || value === null) return false
  if (Array.isArray(value)) return shape.types?.includes('array') ?? false
  if (shape.fields === undefined) return false
  return shape.fields.every((field) => field.shape.raw.const === undefined || same(field.shape.raw.const, (value as Raw)[field.name]))
}

export function isType(type: JsonType, value: unknown): boolean {
  switch (type) {
    case 'null':
      return value === null
    case 'array':
      return Array.isArray(value)
    case 'object':
      return isObject(value)
    case 'number':
      return Number.isFinite(value)
    case 'integer':
      return Number.isInteger(value)
    default:
      return typeof value === type
  }
}

function isObject(value: unknown): value is Raw {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** Equality of JSON values, members in any order. */
export function same(one: unknown, other: unknown): boolean {
  return one === other || (typeof one === 'object' && typeof other === 'object' && canonical(one) === canonical(other))
}

function canonical(value: unknown): string {
  return (
    JSON.stringify(value, (_key, inside: unknown) =>
      isObject(inside) ? Object.fromEntries(Object.entries(inside).sort(([a], [b]) => (a < b ? -1 : 1))) : inside,
    ) ?? ''
  )
}

/** JSON Schema counts code points, not UTF-16 units. */
function points(text: string): number {
  let length = 0
  for (const _ of text) length++
  return length
}

function atLeast(least: number, what: string): string {
  return `must have at least ${count(least, what)}`
}

/** RFC 6901 §3: `~` and `/` of a name are escaped. */
export function member(pointer: string, name: string): string {
  const short = name.length > MAX_NAME ? `${name.slice(0, MAX_NAME)}…` : name
  return `${pointer}/${short.replaceAll('~', '~0').replaceAll('/', '~1')}`
}

function refinementMessage(message: string, value: unknown): string {
  return message === '' || message === 'Refine Error' || repeats(message, value) ? 'is not valid' : message
}

/** Whether a message that others wrote gives the value away. */
export function repeats(message: string, value: unknown): boolean {
  if (value === null || value === undefined || typeof value === 'boolean') return false
  if (typeof value === 'object' || typeof value === 'function') return false
  const text = String(value)
  if (text === '') return false
  const at = message.indexOf(text)
  if (at === -1) return false
  if (text.length > 3) return true
  // A short value is found inside ordinary words; there only a whole word counts.
  return message.split(/[^\p{L}\p{N}_-]+/u).includes(text) || message.includes(`"${text}"`)
}
