import { Course, type Projector } from './course.ts'
import type { Codec } from './shape.ts'
import { bytes, Constant, NOWHERE, ROOM, writeNumber, writeText } from './text-bytes.ts'
import type { Branch } from './union-projector.ts'

/**
 * Judges a value and writes its JSON in one go, each part read once. It gives the place behind what it wrote, or `NOWHERE` for what it
 * does not write: a value that may be wrong, or right in a way of which the longer way knows more. It never writes what is wrong.
 */
export abstract class TextWriter {
  abstract write(value: unknown, at: number): number
}

/** Kinds of values of which an object's and an array's loop knows itself: a call of one of many writers costs as much as a number. */
export type Kind = 'text' | 'integer' | 'number' | 'boolean'

/** A kind as it is compared in the loops. */
const TEXT = 0
const INTEGER = 1
const NUMBER = 2
const BOOLEAN = 3
const OTHER = 4
const numbers: { readonly [kind in Kind]: number } = { text: TEXT, integer: INTEGER, number: NUMBER, boolean: BOOLEAN }

const truth = new Constant('true')
const untruth = new Constant('false')
const nothing = new Constant('null')

export type Inside = Kind | TextWriter

function kindOf(inside: Inside): number {
  return typeof inside === 'string' ? numbers[inside] : OTHER
}

function writeBoolean(value: unknown, at: number): number {
  if (value === true) return truth.write(at)
  return value === false ? untruth.write(at) : NOWHERE
}

function writeKind(kind: number, value: unknown, at: number): number {
  switch (kind) {
    case TEXT:
      return typeof value === 'string' ? writeText(value, at) : NOWHERE
    case INTEGER:
      return Number.isInteger(value) ? writeNumber(value as number, at) : NOWHERE
    case NUMBER:
      return Number.isFinite(value) ? writeNumber(value as number, at) : NOWHERE
    default:
      return writeBoolean(value, at)
  }
}

export class WrittenField {
  readonly name: string
  readonly required: boolean
  readonly kind: number
  readonly writer: TextWriter | undefined
  /** The name behind a comma, which for the first field becomes a brace. */
  readonly start: Constant

  constructor(name: string, required: boolean, inside: Inside) {
    this.name = name
    this.required = required
    this.kind = kindOf(inside)
    this.writer = typeof inside === 'string' ? undefined : inside
    this.start = new Constant(`,${JSON.stringify(name)}:`)
  }
}

export class ObjectWriter extends TextWriter {
  readonly #fields: readonly WrittenField[]

  constructor(fields: readonly WrittenField[]) {
    super()
    this.#fields = fields
  }

  write(value: unknown, at: number): number {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return NOWHERE
    const fields = this.#fields
    const start = at
    for (let index = 0; index < fields.length; index++) {
      const field = fields[index] as WrittenField
      const { name, kind } = field
      const inside = (value as { readonly [name: string]: unknown })[name]
      if (inside === undefined) {
        if (field.required) return NOWHERE
        continue
      }
      if (at > ROOM) return NOWHERE
      at = field.start.write(at)
      at = kind === OTHER ? (field.writer as TextWriter).write(inside, at) : writeKind(kind, inside, at)
      if (at === NOWHERE) return NOWHERE
    }
    if (at === start) at++
    bytes[start] = 0x7b
    bytes[at++] = 0x7d
    return at
  }
}

export class ArrayWriter extends TextWriter {
  readonly #kind: number
  readonly #items: TextWriter | undefined
  readonly #least: number
  readonly #most: number

  constructor(items: Inside, least: number, most: number) {
    super()
    this.#kind = kindOf(items)
    this.#items = typeof items === 'string' ? undefined : items
    this.#least = least
    this.#most = most
  }

  write(value: unknown, at: number): number {
    if (!Array.isArray(value)) return NOWHERE
    const { length } = value
    if (length < this.#least || length > this.#most) return NOWHERE
    const kind = this.#kind
    const start = at
    for (let index = 0; index < length; index++) {
      if (at > ROOM) return NOWHERE
      bytes[at++] = 0x2c
      const item: unknown = value[index]
      at = kind === OTHER ? (this.#items as TextWriter).write(item, at) : writeKind(kind, item, at)
      if (at === NOWHERE) return NOWHERE
    }
    if (length === 0) at++
    bytes[start] = 0x5b
    bytes[at++] = 0x5d
    return at
  }
}

/** What turns a scalar into its text has nothing to say. */
const course = new Course('reply')

/** Texts, numbers, booleans and null, of which a check says whether they are right; without one, somebody has said so already. */
export class ScalarWriter extends TextWriter {
  readonly #check: { Check(value: unknown): boolean } | undefined
  readonly #made: Projector | undefined

  /** `made` turns what the application has instead of a text (a `Date`) into the text. */
  constructor(check: { Check(value: unknown): boolean } | undefined, made: Projector | undefined) {
    super()
    this.#check = check
    this.#made = made
  }

  write(value: unknown, at: number): number {
    const wire = this.#made === undefined ? value : this.#made.run(value, course)
    if (this.#check !== undefined && !this.#check.Check(wire)) return NOWHERE
    if (typeof wire === 'string') return writeText(wire, at)
    if (typeof wire === 'number') return Number.isFinite(wire) ? writeNumber(wire, at) : NOWHERE
    return wire === null ? nothing.write(at) : writeBoolean(wire, at)
  }
}

export class CodecWriter extends TextWriter {
  readonly #codec: Codec
  readonly #wire: TextWriter

  constructor(codec: Codec, wire: TextWriter) {
    super()
    this.#codec = codec
    this.#wire = wire
  }

  write(value: unknown, at: number): number {
    return this.#wire.write(this.#codec.encode(value), at)
  }
}

/** Writes what only one branch may be. Where several may, which of them it is takes trials. */
export class UnionWriter extends TextWriter {
  readonly #branches: readonly Branch[]
  readonly #writers: readonly TextWriter[]

  constructor(branches: readonly Branch[], writers: readonly TextWriter[]) {
    super()
    this.#branches = branches
    this.#writers = writers
  }

  write(value: unknown, at: number): number {
    let only = -1
    for (let index = 0; index < this.#branches.length; index++) {
      if (!(this.#branches[index] as Branch).maybe(value)) continue
      if (only !== -1) return NOWHERE
      only = index
    }
    return only === -1 ? NOWHERE : (this.#writers[only] as TextWriter).write(value, at)
  }
}

/** One of the kinds where a writer is wanted. */
export class KindWriter extends TextWriter {
  readonly #kind: number

  constructor(kind: Kind) {
    super()
    this.#kind = numbers[kind]
  }

  write(value: unknown, at: number): number {
    return writeKind(this.#kind, value, at)
  }
}

/** Stands for a writer that is still being made: schemas may contain themselves. */
export class LaterWriter extends TextWriter {
  target: TextWriter | undefined

  write(value: unknown, at: number): number {
    return this.target === undefined ? NOWHERE : this.target.write(value, at)
  }
}
