import { HttpFailure } from './failures.ts'
import { parsePartHead, type PartHead } from './multipart-head.ts'

/** What the scanner found next. `more`: push bytes, or say there are none. */
export type MultipartEvent =
  | { readonly kind: 'more' | 'part-end' | 'end' }
  | { readonly kind: 'part'; readonly head: PartHead }
  | { readonly kind: 'data'; readonly bytes: Uint8Array }

const MORE = { kind: 'more' } as const
const PART_END = { kind: 'part-end' } as const
const END = { kind: 'end' } as const

const CR = 0x0d
const LF = 0x0a
const DASH = 0x2d
const EMPTY = new Uint8Array(0)

/**
 * Cuts a multipart body (RFC 2046 §5.1, RFC 7578) into parts, however its bytes arrive. Bytes in by `push` and `finish`,
 * events out by `next`; it reads nothing itself, so that one machine serves bodies in memory and streams.
 *
 * Stricter than RFC 2046: nothing but one CRLF may stand before the first delimiter or after the last, and delimiter lines
 * have no padding. No client needs these, and a body hidden in a preamble is seen by some parsers and not by others.
 */
export class MultipartScanner {
  readonly #delimiter: Uint8Array
  readonly #headSize: number
  readonly #nameSize: number
  #state: 'start' | 'delimiter' | 'head' | 'data' | 'epilogue' = 'start'
  /** Bytes not yet given out are `#buffer[#at, #end)`; `#scanned` of them are known not to end the head. */
  #buffer: Uint8Array = EMPTY
  #at = 0
  #end = 0
  #scanned = 0
  #owned = false
  /** At the CRLF between a part's head and its content. */
  #fresh = false
  #finished = false

  /** `boundary` as the `Content-Type` has it; `headSize` in bytes, `nameSize` in characters. */
  constructor(boundary: string, headSize: number, nameSize: number) {
    this.#delimiter = new TextEncoder().encode(`\r\n--${boundary}`)
    this.#headSize = headSize
    this.#nameSize = nameSize
  }

  push(chunk: Uint8Array): void {
    const left = this.#end - this.#at
    if (left === 0) {
      this.#buffer = chunk
      this.#at = 0
      this.#end = chunk.length
      this.#owned = false
      return
    }
    if (!this.#owned || this.#buffer.length - this.#end < chunk.length) {
      // Twice what is needed, so that a head that comes byte by byte isn't copied anew with each. Never moved within
      // one buffer: events already given out are views of it.
      const larger = new Uint8Array((left + chunk.length) * 2)
      larger.set(this.#buffer.subarray(this.#at, this.#end))
      this.#buffer = larger
      this.#at = 0
      this.#end = left
      this.#owned = true
    }
    this.#buffer.set(chunk, this.#end)
    this.#end += chunk.length
  }

  /** No more bytes will come. */
  finish(): void {
    this.#finished = true
  }

  /** Throws `HttpFailure` 400 `malformed-form`; the scanner is of no use after that. */
  next(): MultipartEvent {
    if (this.#state === 'start' && !this.#start()) return this.#wait()
    if (this.#state === 'delimiter' && !this.#delimiterEnd()) return this.#wait()
    if (this.#state === 'head') return this.#head()
    if (this.#state === 'data') return this.#data()
    return this.#epilogue()
  }

  #wait(): MultipartEvent {
    if (this.#finished) throw new HttpFailure('malformed-form', 'The multipart body ends before its last delimiter.')
    return MORE
  }

  /** The first delimiter, with or without the CRLF that all others have. */
  #start(): boolean {
    if (this.#at === this.#end) return false
    const skipped = this.#buffer[this.#at] === CR ? 0 : 2
    const matched = this.#match(this.#at, skipped)
    if (matched === 'no') throw new HttpFailure('malformed-form', 'The multipart body does not begin with its delimiter.')
    if (matched === 'partly') return false
    this.#at += this.#delimiter.length - skipped
    this.#state = 'delimiter'
    return true
  }

  /** After a delimiter: CRLF goes on to the next part, `--` ends the body. */
  #delimiterEnd(): boolean {
    if (this.#end - this.#at < 2) return false
    const first = this.#buffer[this.#at]
    const second = this.#buffer[this.#at + 1]
    if (first === CR && second === LF) this.#state = 'head'
    else if (first === DASH && second === DASH) this.#state = 'epilogue'
    else throw new HttpFailure('malformed-form', 'A delimiter of the multipart body is followed by something else.')
    this.#at += 2
    this.#scanned = 0
    return true
  }

  #head(): MultipartEvent {
    const at = this.#at
    const end = this.#end
    if (end > at && this.#buffer[at] === CR) throw new HttpFailure('malformed-form', 'A part has no Content-Disposition header.')
    for (let cr = this.#buffer.indexOf(CR, at + this.#scanned); cr !== -1 && cr + 3 < end; cr = this.#buffer.indexOf(CR, cr + 1)) {
      if (cr - at > this.#headSize) break
      if (this.#buffer[cr + 1] !== LF || this.#buffer[cr + 2] !== CR || this.#buffer[cr + 3] !== LF) continue
      const head = parsePartHead(this.#buffer.subarray(at, cr), this.#nameSize)
      // The CRLF of the empty line stays: where a part has no content at all, its delimiter begins with it.
      this.#at = cr + 2
      this.#fresh = true
      this.#state = 'data'
      return { kind: 'part', head }
    }
    if (end - at > this.#headSize + 3) throw new HttpFailure('malformed-form', 'The header of a part is too long.')
    // The last three bytes may begin a CRLF CRLF.
    this.#scanned = Math.max(end - at - 3, 0)
    return this.#wait()
  }

  #data(): MultipartEvent {
    if (this.#fresh) {
      const matched = this.#match(this.#at, 0)
      if (matched === 'partly') return this.#wait()
      this.#fresh = false
      if (matched === 'fully') return this.#partEnd()
      this.#at += 2
    }
    let stop = this.#end
    for (let cr = this.#buffer.indexOf(CR, this.#at); cr !== -1 && cr < this.#end; cr = this.#buffer.indexOf(CR, cr + 1)) {
      const matched = this.#match(cr, 0)
      if (matched === 'no') continue
      if (matched === 'fully' && cr === this.#at) return this.#partEnd()
      stop = cr
      break
    }
    if (stop === this.#at) return this.#wait()
    const bytes = this.#buffer.subarray(this.#at, stop)
    this.#at = stop
    return { kind: 'data', bytes }
  }

  #partEnd(): MultipartEvent {
    this.#at += this.#delimiter.length
    this.#state = 'delimiter'
    return PART_END
  }

  #epilogue(): MultipartEvent {
    const left = this.#end - this.#at
    const crlf = left <= 2 && (left < 1 || this.#buffer[this.#at] === CR) && (left < 2 || this.#buffer[this.#at + 1] === LF)
    if (!crlf || (left === 1 && this.#finished)) {
      throw new HttpFailure('malformed-form', 'The multipart body goes on after its last delimiter.')
    }
    return this.#finished ? END : MORE
  }

  /** Whether the delimiter, less its first `skipped` bytes, stands at `from`; `partly` when the bytes end before that is known. */
  #match(from: number, skipped: number): 'fully' | 'partly' | 'no' {
    const delimiter = this.#delimiter
    for (let index = skipped, at = from; index < delimiter.length; index++, at++) {
      if (at >= this.#end) return 'partly'
      if (this.#buffer[at] !== delimiter[index]) return 'no'
    }
    return 'fully'
  }
}
