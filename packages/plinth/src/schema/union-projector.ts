import type { Issue } from './contract.ts'
import { type Course, type Outcome, Projector } from './course.ts'
import { allows, end } from './explain.ts'
import type { Direction } from './project.ts'
import type { Fields } from './projectors.ts'
import type { JsonType, Shape } from './shape.ts'

export class Branch {
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
export class UnionProjector extends Projector {
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
