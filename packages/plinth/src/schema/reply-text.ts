import type { Shape } from './shape.ts'
import { NOWHERE, ROOM, writesHere, written } from './text-bytes.ts'
import { textWriter } from './text-writer.ts'
import type { TextWriter } from './text-writers.ts'

/** So many replies go the long way first: what is rarely asked is not worth preparing for. */
const RARE = 8
/** After one that could not be written, so many are not tried at most. */
const LONGEST_PAUSE = 1_024

/** Somebody is writing: a getter or codec may encode another reply meanwhile. */
let busy = false

/** Writes the replies of one schema where that is the short way. */
export class ReplyText {
  readonly #shape: Shape
  readonly #checked: boolean
  #writer: TextWriter | undefined
  /** So many more replies go the long way. */
  #pause: number = writesHere ? RARE : Infinity
  #nextPause = 1

  /** Without `checked` the values are those that somebody has judged, and are only stripped. */
  constructor(shape: Shape, checked: boolean) {
    this.#shape = shape
    this.#checked = checked
  }

  /** The text, or `undefined` where the long way has to tell what becomes of the value. */
  of(value: unknown): string | undefined {
    if (this.#pause > 0) {
      this.#pause--
      return undefined
    }
    if (busy) return undefined
    this.#writer ??= textWriter(this.#shape, this.#checked)
    if (this.#writer === undefined) return void (this.#pause = Infinity)
    const end = write(this.#writer, value)
    if (end !== NOWHERE && end <= ROOM) {
      this.#nextPause = 1
      return written(end)
    }
    // Replies that are too long, or in another script, are so again.
    this.#pause = this.#nextPause
    this.#nextPause = Math.min(this.#nextPause * 2, LONGEST_PAUSE)
    return undefined
  }
}

function write(writer: TextWriter, value: unknown): number {
  busy = true
  try {
    return writer.write(value, 0)
  } catch {
    // A codec or getter that throws, or a value that contains itself: the long way says what is wrong with it.
    return NOWHERE
  } finally {
    busy = false
  }
}
