import { isHost } from '../../http/host.ts'
import type { AllowedHosts } from '../allowed-hosts.ts'
import { Fields } from './fields.ts'
import type { Http1Limits } from './limits.ts'
import { malformed, Refusal, tooLarge } from './refusal.ts'
import { longestLine, overlongLine, readRequestLine, type RequestLine } from './request-line.ts'

/** RFC 9112 §2.2: what some clients leave behind a body is passed over, but not without end. */
const EMPTY_LINES = 2
/** What no head can have, whatever follows: a line end that is half, or NUL. */
const hopeless = /(?:^|[^\r])\n|\r(?!\n|$)|\0/
/** The lines of a longer packet are not remembered: a part of a string keeps the whole alive. */
const REMEMBERED = 8_192

/** A head that was read whole. */
export interface Head {
  readonly line: RequestLine
  readonly fields: Fields
  /** Where it ends in the text. */
  readonly end: number
}

/** Reads the heads of one connection's requests. */
export class RequestReader {
  readonly #limits: Http1Limits
  readonly #hosts: AllowedHosts | undefined
  readonly #isSecure: () => boolean
  #emptyLines = 0
  #last: Fields | undefined

  /** `isSecure` says whether the connection is one of TLS. */
  constructor(limits: Http1Limits, hosts: AllowedHosts | undefined, isSecure: () => boolean) {
    this.#limits = limits
    this.#hosts = hosts
    this.#isSecure = isSecure
  }

  /**
   * The head that begins at `from`, or, where it is not whole yet, the place from which on its bytes must be kept. What can't become a
   * head any more is refused at once, by throwing a {@link Refusal}.
   */
  read(text: string, from: number): Head | number {
    let start = from
    while (text.startsWith('\r\n', start)) {
      if (++this.#emptyLines > EMPTY_LINES) throw malformed('empty lines')
      start += 2
    }
    const lineEnd = text.indexOf('\r\n', start)
    const longest = longestLine(this.#limits)
    if (lineEnd === -1 || lineEnd - start > longest) {
      const line = upTo(text, start, longest)
      if (line.length < longest + 2) return start
      throw overlongLine(line)
    }
    const line = readRequestLine(text.slice(start, lineEnd), this.#limits)
    const first = lineEnd + 2
    const end = text.indexOf('\r\n\r\n', lineEnd)
    if (end === -1 || end - lineEnd > this.#limits.fields) {
      if (upTo(text, first, this.#limits.fields).length < this.#limits.fields + 2) return start
      throw tooLarge('long fields')
    }
    this.#emptyLines = 0
    const fields = this.#fieldsOf(text.slice(first, end + 2), line.minor, text.length)
    this.#checkHost(line.authority, fields.host)
    // RFC 9110 §7.4: what belongs to `https` must not be answered to whoever asks in the clear.
    if (line.secure && !this.#isSecure()) throw new Refusal('misdirected-request', 'scheme')
    return { line, fields, end: end + 4 }
  }

  /** A kept connection mostly sends the same lines again, which were judged. */
  #fieldsOf(block: string, minor: 0 | 1, length: number): Fields {
    const last = this.#last
    if (last !== undefined && last.text === block && last.minor === minor) return last
    const fields = new Fields(block, minor, this.#limits)
    this.#last = length > REMEMBERED ? undefined : fields
    return fields
  }

  #checkHost(authority: string | undefined, named: string | undefined): void {
    if (authority !== undefined && !isHost(authority)) throw malformed('authority')
    const host = authority ?? named
    if (this.#hosts === undefined || host === undefined) return
    if (!this.#hosts(host)) throw new Refusal('misdirected-request', 'Host')
  }
}

/**
 * What there is of something that may be `limit` bytes long, and of its end, by which alone a part of it shows that it is too long: so the
 * same bytes get the same verdict wherever they were cut. Throws where nothing that follows could mend it.
 */
function upTo(text: string, start: number, limit: number): string {
  const part = text.slice(start, start + limit + 2)
  if (hopeless.test(part)) throw malformed('line end')
  return part
}
