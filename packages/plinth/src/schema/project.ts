import { Decoding, digits, Encoding, FiniteNumber, instant } from './codec-projectors.ts'
import { Later, type Projector } from './course.ts'
import { ArrayProjector, FieldPlan, Merged, ObjectProjector, OpenProjector } from './projectors.ts'
import type { Shape } from './shape.ts'
import { Branch, UnionProjector } from './union-projector.ts'

/**
 * Copies of a value what its schema declares, codecs applied: towards the handler (`decode`, of a value that was checked)
 * or towards the wire (`encode`, of one that is checked afterwards). The copy is what is checked and sent, so nothing
 * that a getter or `toJSON` would say a second time gets out.
 */
export type Direction = 'decode' | 'encode'

/** The projector of a shape; `undefined` where a value passes as it is. */
export function projector(shape: Shape, direction: Direction): Projector | undefined {
  return new Builder(direction).build(shape, direction === 'decode')
}

class Builder {
  readonly #direction: Direction
  readonly #made = { sparing: new Map<Shape, Later>(), copying: new Map<Shape, Later>() }

  constructor(direction: Direction) {
    this.#direction = direction
  }

  build(shape: Shape, sparing: boolean): Projector | undefined {
    const made = this.#made[sparing ? 'sparing' : 'copying']
    const known = made.get(shape)
    if (known !== undefined) return known.done ? known.target : known
    const later = new Later()
    made.set(shape, later)
    later.target = this.#make(shape, sparing)
    later.done = true
    return later.target
  }

  #make(shape: Shape, sparing: boolean): Projector | undefined {
    const inner = this.#inner(shape, sparing)
    const { codec } = shape
    if (codec === undefined) return inner
    return this.#direction === 'decode' ? new Decoding(inner, codec) : new Encoding(inner, codec)
  }

  #inner(shape: Shape, sparing: boolean): Projector | undefined {
    const hasFields = shape.fields !== undefined || shape.patterns.length > 0 || isOpen(shape)
    const hasItems = shape.prefix.length > 0 || Boolean(shape.items)
    const several = shape.all.length + [shape.target, shape.any, hasFields, hasItems].filter(Boolean).length > 1
    // Of parts that are laid over each other, one that gives the value back has no say in it.
    const alone = sparing && !several
    const parts: Projector[] = []
    const add = (part: Projector | undefined): void => {
      if (part !== undefined) parts.push(part)
    }
    if (shape.target !== undefined) add(this.build(shape.target, alone))
    for (const one of shape.all) add(this.build(one, alone))
    if (shape.any !== undefined) add(this.#union(shape.any, alone))
    if (hasFields) add(this.#object(shape, alone))
    if (hasItems) add(this.#array(shape, alone))
    if (this.#direction === 'encode') add(scalar(shape))
    if (parts.length === 1 && !(shape.all.length > 1)) return parts[0]
    return parts.length === 0 ? undefined : new Merged(parts)
  }

  #object(shape: Shape, sparing: boolean): Projector {
    const fields = (shape.fields ?? []).map((field) => {
      // A name that every object inherits must be its own, or its prototype would answer.
      return new FieldPlan(field.name, field.name in Object.prototype, this.build(field.shape, sparing))
    })
    if (shape.patterns.length === 0 && !isOpen(shape)) return new ObjectProjector(fields, sparing)
    const patterns = shape.patterns.map(([pattern, inside]) => [pattern, this.build(inside, sparing)] as const)
    const rest = shape.rest === undefined || shape.rest === false ? undefined : { value: this.build(shape.rest, sparing) }
    return new OpenProjector(fields, patterns, rest)
  }

  #array(shape: Shape, sparing: boolean): Projector | undefined {
    const prefix = shape.prefix.map((item) => this.build(item, sparing))
    const items = shape.items ? this.build(shape.items, sparing) : undefined
    return items === undefined && prefix.every((item) => item === undefined) ? undefined : new ArrayProjector(prefix, items, sparing)
  }

  #union(branches: readonly Shape[], sparing: boolean): Projector | undefined {
    const plans = branches.map((branch) => new Branch(branch, this.build(branch, sparing)))
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
