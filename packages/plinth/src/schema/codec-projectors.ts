import { type Course, Projector } from './course.ts'
import { repeats } from './explain.ts'
import { typeMessage } from './messages.ts'
import type { Codec, JsonType } from './shape.ts'

abstract class Coding extends Projector {
  protected readonly inner: Projector | undefined
  protected readonly codec: Codec

  constructor(inner: Projector | undefined, codec: Codec) {
    super()
    this.inner = inner
    this.codec = codec
  }
}

export class Decoding extends Coding {
  run(value: unknown, course: Course): unknown {
    const wire = this.inner === undefined ? value : this.inner.run(value, course)
    try {
      return this.codec.decode(wire)
    } catch (error) {
      course.fail(codecMessage(error, wire))
      return undefined
    }
  }
}

export class Encoding extends Coding {
  run(value: unknown, course: Course): unknown {
    let wire: unknown
    try {
      wire = this.codec.encode(value)
    } catch (error) {
      course.fail(codecMessage(error, value))
      return undefined
    }
    return this.inner === undefined ? wire : this.inner.run(wire, course)
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
export const instant: Projector = new Instant()

class Digits extends Projector {
  run(value: unknown): unknown {
    return typeof value === 'bigint' ? value.toString() : value
  }
}
export const digits: Projector = new Digits()

/** `JSON.stringify` would write NaN and Infinity as null; for TypeBox its own check says so. */
export class FiniteNumber extends Projector {
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
