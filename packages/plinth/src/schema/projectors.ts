import { type Course, Projector, step } from './course.ts'

export type Fields = { [name: string]: unknown }

export class FieldPlan {
  readonly name: string
  readonly inherited: boolean
  readonly projector: Projector | undefined

  constructor(name: string, inherited: boolean, inside: Projector | undefined) {
    this.name = name
    this.inherited = inherited
    this.projector = inside
  }
}

/**
 * What is `sparing` copies only what has to change: an object of which every field is declared stays as it came. That is for data
 * that was parsed and is nobody else's; a value of the application may say another thing each time it is read.
 */
export class ObjectProjector extends Projector {
  readonly #fields: readonly FieldPlan[]
  readonly #sparing: boolean

  constructor(fields: readonly FieldPlan[], sparing: boolean) {
    super()
    this.#fields = fields
    this.#sparing = sparing
  }

  run(value: unknown, course: Course): unknown {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return value
    const from = value as Fields
    if (this.#sparing) return this.#spared(from, course)
    const copy: Fields = {}
    copyFields(this.#fields, from, copy, course)
    return copy
  }

  #spared(from: Fields, course: Course): Fields {
    const fields = this.#fields
    let copy: Fields | undefined
    let kept = 0
    for (let index = 0; index < fields.length; index++) {
      const field = fields[index] as FieldPlan
      const inside = own(field, from)
      if (inside === undefined) continue
      const made = field.projector === undefined ? inside : step(field.projector, inside, field.name, course)
      if (copy === undefined && made === inside) kept++
      else (copy ??= this.#first(index, from))[field.name] = made
    }
    if (copy !== undefined) return copy
    return countOf(from) === kept ? from : this.#first(fields.length, from)
  }

  /** The fields before one, which stay as they are. */
  #first(end: number, from: Fields): Fields {
    const copy: Fields = {}
    for (let index = 0; index < end; index++) {
      const field = this.#fields[index] as FieldPlan
      const inside = own(field, from)
      if (inside !== undefined) copy[field.name] = inside
    }
    return copy
  }
}

/** How many fields there are: `Object.keys` makes an array of each object of a body to tell. */
function countOf(from: Fields): number {
  let count = 0
  for (const _ in from) count++
  return count
}

function own({ name, inherited }: FieldPlan, from: Fields): unknown {
  return inherited && !Object.hasOwn(from, name) ? undefined : from[name]
}

function copyFields(fields: readonly FieldPlan[], from: Fields, to: Fields, course: Course): void {
  for (let index = 0; index < fields.length; index++) {
    const field = fields[index] as FieldPlan
    const inside = own(field, from)
    if (inside === undefined) continue
    to[field.name] = field.projector === undefined ? inside : step(field.projector, inside, field.name, course)
  }
}

export class OpenProjector extends Projector {
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
      } else copy[name] = plan.value === undefined ? inside : step(plan.value, inside, name, course)
    }
    return copy
  }

  #plan(name: string): { readonly value: Projector | undefined } | undefined {
    for (const [pattern, value] of this.#patterns) if (pattern.test(name)) return { value }
    return this.#rest
  }
}

export class ArrayProjector extends Projector {
  readonly #prefix: readonly (Projector | undefined)[]
  readonly #items: Projector | undefined
  readonly #sparing: boolean

  constructor(prefix: readonly (Projector | undefined)[], items: Projector | undefined, sparing: boolean) {
    super()
    this.#prefix = prefix
    this.#items = items
    this.#sparing = sparing
  }

  run(value: unknown, course: Course): unknown {
    if (!Array.isArray(value)) return value
    let copy: unknown[] | undefined = this.#sparing ? undefined : []
    for (let index = 0; index < value.length; index++) {
      const inside: unknown = value[index]
      const plan = index < this.#prefix.length ? this.#prefix[index] : this.#items
      const made = plan === undefined ? inside : step(plan, inside, index, course)
      if (copy !== undefined || made !== inside) (copy ??= value.slice(0, index)).push(made)
    }
    return copy ?? value
  }
}

/** Of an intersection: what any part declares, laid over each other. */
export class Merged extends Projector {
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
