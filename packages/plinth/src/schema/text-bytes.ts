// One memory for all replies: what is written in it is a string before anybody else has a turn.

/** Longer texts are not written here. */
const SIZE = 65_536
/** The longest that is written without asking whether there is room: a name and a number. */
const LONGEST = 512
/** Behind this place nothing new is begun. */
export const ROOM: number = SIZE - LONGEST
/** Instead of a place: this value can't be written here. */
export const NOWHERE = -1
/** Of a name as it is declared; quoted and with what is written beyond it, it leaves room for a number. */
export const LONGEST_NAME = 128

interface Memory extends Uint8Array {
  latin1Write(text: string, at: number): number
  latin1Slice(start: number, end: number): string
}
interface Platform {
  readonly Buffer?: { from(memory: ArrayBufferLike): Memory }
  readonly process?: { readonly versions?: { readonly v8?: string; readonly bun?: string } }
}

/**
 * Whether the engine's own `JSON.stringify` is slow: V8 before 13.8 (Node before 25) takes twice as long as V8 has since. There, what judges
 * a reply writes it as well, in a third less time than copying, checking and stringifying take; elsewhere it would be no gain.
 */
export function writesSlowly({ Buffer, process }: Platform): boolean {
  const { v8, bun } = process?.versions ?? {}
  if (Buffer === undefined || v8 === undefined || bun !== undefined) return false
  const [major = 0, minor = 0] = v8.split('.').map(Number)
  return major < 13 || (major === 13 && minor < 8)
}

const platform = globalThis as unknown as Platform
export const bytes: Uint8Array = new Uint8Array(SIZE)
const view = new DataView(bytes.buffer)
const memory: Memory | undefined = writesSlowly(platform) ? platform.Buffer?.from(bytes.buffer) : undefined

/** Whether replies are to be written here. */
export const writesHere: boolean = memory !== undefined

/** What was written up to a place. */
export function written(end: number): string {
  return (memory as Memory).latin1Slice(0, end)
}

const QUOTE = 0x22
const BACKSLASH = 0x5c

/** A text that is known beforehand, four bytes a number: written byte by byte, names take longer than values. */
export class Constant {
  readonly #words: Int32Array
  readonly length: number

  /** `text` has one byte a character. */
  constructor(text: string) {
    this.length = text.length
    const padded = new DataView(new ArrayBuffer(Math.ceil(text.length / 4) * 4))
    for (let index = 0; index < text.length; index++) padded.setUint8(index, text.charCodeAt(index))
    this.#words = Int32Array.from({ length: padded.byteLength / 4 }, (_, index) => padded.getInt32(index * 4, true))
  }

  /** Up to three bytes behind it are written too. */
  write(at: number): number {
    const words = this.#words
    for (let index = 0; index < words.length; index++) view.setInt32(at + index * 4, words[index] as number, true)
    return at + this.length
  }
}

/** Longer texts are looked at and copied by the platform, whose calls cost as much as a loop over so many characters. */
const LONG = 64
/** In longer ones what has to be escaped is left to the platform too. */
const VERY_LONG = 256
/** What is not written as it is, or not as one byte. */
const odd = /[^\x20\x21\x23-\x5b\x5d-\xff]/
const wide = /[^\0-\xff]/

/** As `JSON.stringify` writes it; `NOWHERE` for a text with a character that takes more than a byte, or for which there is no room. */
export function writeText(text: string, at: number): number {
  const { length } = text
  // Escaped, each may become two.
  if (at + length * 2 > ROOM) return NOWHERE
  const start = at
  bytes[at++] = QUOTE
  if (length > LONG && !odd.test(text)) at += (memory as Memory).latin1Write(text, at)
  else if (length > VERY_LONG) return writeRare(text, start)
  else {
    for (let index = 0; index < length; index++) {
      const code = text.charCodeAt(index)
      if (code < 0x20 || code > 0xff) return writeRare(text, start)
      if (code === QUOTE || code === BACKSLASH) bytes[at++] = BACKSLASH
      bytes[at++] = code
    }
  }
  bytes[at++] = QUOTE
  return at
}

/** A text with control characters, or much to escape. */
function writeRare(text: string, at: number): number {
  const json = JSON.stringify(text)
  return at + json.length > ROOM || wide.test(json) ? NOWHERE : at + (memory as Memory).latin1Write(json, at)
}

/** A finite number, as `String` writes it, which is asked where the digits are not plain to see: it makes a string of each. */
export function writeNumber(value: number, at: number): number {
  if (value < 0) {
    bytes[at++] = 0x2d
    value = -value
  }
  if (value < 1e7) {
    const whole = value | 0
    if (whole === value) return writeDigits(whole, at)
    // No two decimals of up to 15 digits are the same double, so one that is this double is how it is written.
    const hundredths = Math.round(value * 100)
    if (hundredths / 100 === value) return writeHundredths(hundredths, at)
  }
  const text = String(value)
  for (let index = 0; index < text.length; index++) bytes[at++] = text.charCodeAt(index)
  return at
}

function writeDigits(value: number, at: number): number {
  let end = at + 1
  for (let more = value; more >= 10; more = (more / 10) | 0) end++
  let rest = value
  for (let place = end - 1; place >= at; place--) {
    const tens = (rest / 10) | 0
    bytes[place] = 0x30 + rest - tens * 10
    rest = tens
  }
  return end
}

/** Money, mostly: two digits behind the point, or one. */
function writeHundredths(value: number, at: number): number {
  const whole = (value / 100) | 0
  const rest = value - whole * 100
  const tenths = (rest / 10) | 0
  const last = rest - tenths * 10
  at = writeDigits(whole, at)
  bytes[at++] = 0x2e
  bytes[at++] = 0x30 + tenths
  if (last > 0) bytes[at++] = 0x30 + last
  return at
}
