import { concat } from '../http/concat.ts'

/** Parts up to here are copied together. */
const SMALL = 512
const BLOCK = 8_192

/**
 * Bytes that came in parts. Small ones are copied together: a chunk may hold one byte, and a view of it weighs a hundred times as much
 * and keeps the whole packet alive.
 */
export class ByteList {
  #parts: Uint8Array[] = []
  #block: Uint8Array | undefined = undefined
  #filled = 0
  #size = 0

  get size(): number {
    return this.#size
  }

  add(part: Uint8Array): void {
    this.#size += part.byteLength
    // The first one is mostly the only one.
    if (part.byteLength > SMALL || (this.#block === undefined && this.#parts.length === 0)) {
      this.#seal()
      this.#parts.push(part)
      return
    }
    if (this.#block !== undefined && this.#filled + part.byteLength > BLOCK) this.#seal()
    this.#block ??= new Uint8Array(BLOCK)
    this.#block.set(part, this.#filled)
    this.#filled += part.byteLength
  }

  /** Takes the first part away; undefined where there is none. */
  shift(): Uint8Array | undefined {
    if (this.#parts.length === 0) this.#seal()
    const part = this.#parts.shift()
    if (part !== undefined) this.#size -= part.byteLength
    return part
  }

  /** Takes everything away as one. */
  takeAll(): Uint8Array {
    this.#seal()
    const whole = concat(this.#parts, this.#size)
    this.clear()
    return whole
  }

  clear(): void {
    this.#parts = []
    this.#block = undefined
    this.#filled = 0
    this.#size = 0
  }

  #seal(): void {
    if (this.#block === undefined) return
    this.#parts.push(this.#block.subarray(0, this.#filled))
    this.#block = undefined
    this.#filled = 0
  }
}
