import { type Course, Projector } from './course.ts'
import { typeMessage } from './messages.ts'
import type { JsonType } from './shape.ts'

/** JSON's own grammar of numbers: no `+`, no hexadecimal, no spaces, no Infinity, no leading zeros. */
const number = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?$/
const integer = /^-?(?:0|[1-9]\d*)$/
/** Longer texts are no number that anybody means. */
const MAX_DIGITS = 400

/** The number that a text says; `undefined` for none, and for one that a JavaScript number would round. */
export function numberIn(text: string, whole: boolean): number | undefined {
  if (text.length > MAX_DIGITS || !(whole ? integer : number).test(text)) return undefined
  const value = Number(text)
  if (!Number.isFinite(value) || (whole && !Number.isSafeInteger(value))) return undefined
  return value === 0 ? 0 : value
}

export class ScalarCoercion extends Projector {
  readonly #types: readonly JsonType[]
  readonly #form: boolean

  constructor(types: readonly JsonType[], form: boolean) {
    super()
    this.#types = types
    this.#form = form
  }

  run(value: unknown, course: Course): unknown {
    if (typeof value === 'string') {
      for (const type of this.#types) {
        const result = this.#as(type, value)
        if (result !== undefined) return result
      }
    }
    course.fail(Array.isArray(value) ? 'must be given only once' : typeMessage(this.#types))
    return value
  }

  #as(type: JsonType, text: string): unknown {
    if (type === 'number' || type === 'integer') return numberIn(text, type === 'integer')
    if (type === 'null') return text === 'null' ? null : undefined
    if (text === 'true' || text === '1') return true
    if (text === 'false' || text === '0') return false
    // What a browser sends for a checked box without a value of its own.
    return this.#form && text === 'on' ? true : undefined
  }
}

export class ChoiceCoercion extends Projector {
  readonly #choices: ReadonlyMap<string, unknown>

  constructor(choices: readonly unknown[]) {
    super()
    const texts = new Map<string, unknown>()
    for (const choice of choices) if (choice === null || typeof choice !== 'object') texts.set(String(choice), choice)
    // Where '1' and 1 are both choices, the text as it came wins.
    for (const choice of choices) if (typeof choice === 'string') texts.set(choice, choice)
    this.#choices = texts
  }

  run(value: unknown, course: Course): unknown {
    if (Array.isArray(value)) course.fail('must be given only once')
    return typeof value === 'string' && this.#choices.has(value) ? this.#choices.get(value) : value
  }
}

export class Single extends Projector {
  readonly #types: readonly JsonType[]

  constructor(types: readonly JsonType[]) {
    super()
    this.#types = types
  }

  run(value: unknown, course: Course): unknown {
    if (Array.isArray(value) && !this.#types.includes('array')) course.fail('must be given only once')
    return value
  }
}
