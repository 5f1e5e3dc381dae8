import { checkTrailers } from './fields.ts'
import type { Http1Limits } from './limits.ts'
import { malformed, Refusal, tooLarge } from './refusal.ts'

const CR = 13
const LF = 10
/** Enough for any length that there is; a longer number is somebody's attempt to overflow one. */
const SIZE_DIGITS = 16
/**
 * RFC 9112 §7.1.1: extensions are passed over, but must be some. The blanks that its grammar lets stand around `;` and `=` nobody sends, and
 * llhttp refuses them: what one parser reads there and another does not is a second request.
 */
const sizeLine =
  /^([0-9A-Fa-f]{1,16})((?:;[!#$%&'*+\-.^_`|~0-9A-Za-z]+(?:=(?:[!#$%&'*+\-.^_`|~0-9A-Za-z]+|"(?:[\t \x21\x23-\x5b\x5d-\x7e\x80-\xff]|\\[\t\x20-\x7e\x80-\xff])*"))?)*)$/
/** What a line may begin with while its end has not come yet; anything else is refused at once. */
const sizeStart = /^[0-9A-Fa-f]{1,16}(?:;[^\r\n\0]*)?\r?$/

type Expecting = 'size' | 'data' | 'data-end' | 'trailers' | 'nothing'

/** Takes chunked coding off a body (RFC 9112 §7.1), as strictly as its grammar is. */
export class ChunkedDecoder {
  readonly #limits: Http1Limits
  #expecting: Expecting = 'size'
  #left = 0
  #line = ''
  #extensions = 0
  #trailers = ''

  constructor(limits: Http1Limits) {
    this.#limits = limits
  }

  get done(): boolean {
    return this.#expecting === 'nothing'
  }

  /** Hands data to `take`; gives the position behind what it used up. Throws a Refusal for what is no chunked body. */
  decode(bytes: Buffer, from: number, take: (data: Buffer) => void): number {
    let at = from
    while (at < bytes.length && this.#expecting !== 'nothing') {
      if (this.#expecting === 'data') {
        const end = Math.min(bytes.length, at + this.#left)
        take(bytes.subarray(at, end))
        this.#left -= end - at
        at = end
        if (this.#left === 0) this.#expecting = 'data-end'
      } else if (this.#expecting === 'data-end') {
        if (bytes[at] !== (this.#line === '' ? CR : LF)) throw malformed('end of a chunk')
        this.#line = this.#line === '' ? '\r' : ''
        if (this.#line === '') this.#expecting = 'size'
        at++
      } else at = this.#readLine(bytes, at)
    }
    return at
  }

  #readLine(bytes: Buffer, from: number): number {
    const end = bytes.indexOf(LF, from)
    this.#line += bytes.toString('latin1', from, end === -1 ? bytes.length : end)
    const sizing = this.#expecting === 'size'
    const most = sizing ? SIZE_DIGITS + this.#limits.chunkExtras - this.#extensions : this.#limits.chunkExtras - this.#trailers.length
    if (end === -1 || this.#line.length > most + 1) {
      // A line that is cut must get the verdict that it gets in one piece.
      const part = this.#line.slice(0, most + 2)
      if (sizing ? !sizeStart.test(part) : /\r[^]|\0/.test(part)) throw malformed(sizing ? 'chunk size' : 'trailer')
      if (part.length > most + 1) throw sizing ? longExtensions() : tooLarge('trailers')
      return bytes.length
    }
    if (!this.#line.endsWith('\r')) throw malformed(sizing ? 'chunk size' : 'trailer')
    const line = this.#line.slice(0, -1)
    this.#line = ''
    if (sizing) this.#size(line)
    else this.#trailer(line)
    return end + 1
  }

  #size(line: string): void {
    const match = sizeLine.exec(line)
    if (match === null) throw malformed('chunk size')
    this.#extensions += (match[2] as string).length
    if (this.#extensions > this.#limits.chunkExtras) throw longExtensions()
    this.#left = Number.parseInt(match[1] as string, 16)
    if (!Number.isSafeInteger(this.#left)) throw malformed('chunk size')
    this.#expecting = this.#left === 0 ? 'trailers' : 'data'
  }

  #trailer(line: string): void {
    if (line !== '') {
      this.#trailers += `${line}\r\n`
      if (this.#trailers.length > this.#limits.chunkExtras) throw tooLarge('trailers')
      return
    }
    checkTrailers(this.#trailers, this.#limits)
    this.#expecting = 'nothing'
  }
}

/** They are no fields: what is too large is the body that they stand in. */
function longExtensions(): Refusal {
  return new Refusal('body-too-large', 'chunk extensions')
}
