import { isHost } from '../../http/host.ts'
import { trimBlanks } from '../../http/trim-blanks.ts'
import type { Http1Limits } from './limits.ts'
import { malformed, Refusal, tooLarge } from './refusal.ts'

/** A whole block of field lines (RFC 9112 §5), each with its CRLF: no folding, no space before the colon, no control characters. */
const block = /^(?:[!#$%&'*+\-.^_`|~0-9A-Za-z]+:[\t\x20-\x7e\x80-\xff]*\r\n)*$/

/** How the body behind a head ends (RFC 9112 §6.3). */
export type Framing = { readonly kind: 'none' } | { readonly kind: 'length'; readonly length: number } | { readonly kind: 'chunked' }

const none: Framing = { kind: 'none' }
const chunked: Framing = { kind: 'chunked' }

/**
 * The field lines of one head: judged once, read only when somebody asks. A kept connection sends the same lines again and again, so
 * the last block of each is remembered with what was found in it.
 */
export class Fields {
  readonly text: string
  readonly minor: 0 | 1
  readonly framing: Framing
  readonly host: string | undefined
  readonly close: boolean
  readonly upgrade: boolean
  readonly continues: boolean
  #values: Map<string, string> | undefined

  /** `text` is every line with its CRLF. Throws {@link Refusal}. */
  constructor(text: string, minor: 0 | 1, limits: Http1Limits) {
    if (!block.test(text)) throw malformed('field line')
    this.text = text
    this.minor = minor
    const seen = judge(text, limits)
    if (seen.hosts > 1 || (seen.hosts === 0 && minor === 1)) throw malformed('number of Host fields')
    if (seen.host !== undefined && !isHost(seen.host)) throw malformed('Host')
    this.host = seen.host
    const options = seen.connection === undefined ? [] : members(seen.connection)
    const asks = (option: string): boolean => options.includes(option)
    // What old clients say to proxies, and llhttp hears: of two readers the one that goes on would take what the other never sees.
    this.close = minor === 0 || asks('close') || (seen.proxyConnection !== undefined && members(seen.proxyConnection).includes('close'))
    this.upgrade = seen.upgrade && minor === 1 && asks('upgrade')
    this.framing = framingOf(seen, minor)
    this.continues = expectation(seen.expect, minor)
  }

  /** One field by lower-case name; several lines joined, as RFC 9110 §5.3 and RFC 6265 §5.4 say. */
  get(name: string): string | undefined {
    return this.#all().get(name)
  }

  entries(): Iterable<readonly [name: string, value: string]> {
    return this.#all()
  }

  #all(): Map<string, string> {
    if (this.#values !== undefined) return this.#values
    const values = new Map<string, string>()
    const { text } = this
    for (let start = 0; start < text.length;) {
      const colon = text.indexOf(':', start)
      const end = text.indexOf('\r\n', colon)
      const name = text.slice(start, colon).toLowerCase()
      const value = trimBlanks(text, colon + 1, end)
      const before = values.get(name)
      values.set(name, before === undefined ? value : `${before}${name === 'cookie' ? '; ' : ', '}${value}`)
      start = end + 2
    }
    return (this.#values = values)
  }
}

/** What the judge needs to know of a block. */
interface Seen {
  hosts: number
  host: string | undefined
  length: string | undefined
  coding: string | undefined
  connection: string | undefined
  proxyConnection: string | undefined
  expect: string | undefined
  upgrade: boolean
}

/** Of these a second line is an attempt to be read in two ways. */
const single: ReadonlySet<string> = new Set([
  'content-length',
  'transfer-encoding',
  'content-type',
  'authorization',
  'origin',
  'upgrade',
  'expect',
])
const lengths: ReadonlySet<number> = new Set([4, 6, 7, 10, 12, 13, 14, 16, 17])

/** RFC 9112 §7, with its parameters; of these `chunked` itself has none. */
const transferCoding =
  /^[!#$%&'*+\-.^_`|~0-9a-z]+(?:[\t ]*;[\t ]*[!#$%&'*+\-.^_`|~0-9a-z]+[\t ]*=[\t ]*(?:[!#$%&'*+\-.^_`|~0-9a-z]+|"(?:[\t \x21\x23-\x5b\x5d-\x7e\x80-\xff]|\\[\t\x20-\x7e\x80-\xff])*"))*$/

/** Looks at each line once; names are compared only where their length may be one of those that matter. */
function judge(text: string, limits: Http1Limits): Seen {
  const seen: Seen = {
    hosts: 0,
    host: undefined,
    length: undefined,
    coding: undefined,
    connection: undefined,
    proxyConnection: undefined,
    expect: undefined,
    upgrade: false,
  }
  let met: string[] | undefined
  let count = 0
  for (let start = 0; start < text.length;) {
    const end = text.indexOf('\r\n', start)
    if (end - start > limits.fieldLine || ++count > limits.fieldCount) throw tooLarge('fields')
    const colon = text.indexOf(':', start)
    if (lengths.has(colon - start)) {
      const name = text.slice(start, colon).toLowerCase()
      if (single.has(name)) {
        met ??= []
        if (met.includes(name)) throw malformed('two fields of a kind that may come once')
        met.push(name)
      }
      note(seen, name, text, colon + 1, end)
    }
    start = end + 2
  }
  return seen
}

function note(seen: Seen, name: string, text: string, start: number, end: number): void {
  if (name === 'host') {
    seen.hosts++
    seen.host = trimBlanks(text, start, end)
  } else if (name === 'connection') seen.connection = withLine(seen.connection, text, start, end)
  else if (name === 'proxy-connection') seen.proxyConnection = withLine(seen.proxyConnection, text, start, end)
  else if (name === 'content-length') seen.length = framingValue(text, start, end)
  else if (name === 'transfer-encoding') seen.coding = framingValue(text, start, end)
  else if (name === 'expect') seen.expect = trimBlanks(text, start, end)
  else if (name === 'upgrade') seen.upgrade = true
}

function withLine(before: string | undefined, text: string, start: number, end: number): string {
  const value = trimBlanks(text, start, end)
  return before === undefined ? value : `${before},${value}`
}

/**
 * A value on which the length of the body hangs. A tab behind it is a blank by RFC 9110 §5.6.3, and refused by llhttp: nothing may pass here
 * that does not pass there, so it stays, and is part of no legal value.
 */
function framingValue(text: string, start: number, end: number): string {
  const value = trimBlanks(text, start, end)
  return text.slice(text.indexOf(value, start) + value.length, end).includes('\t') ? `${value}\t` : value
}

/** The members of a list (RFC 9110 §5.6.1), in lower case. */
function members(list: string): string[] {
  return list.split(',').map((it) => trimBlanks(it).toLowerCase())
}

function framingOf({ length, coding }: Seen, minor: 0 | 1): Framing {
  if (coding !== undefined) {
    // RFC 9112 §6.1: the pair is how requests are smuggled, and HTTP/1.0 has no codings.
    if (length !== undefined) throw malformed('Transfer-Encoding beside Content-Length')
    if (minor === 0) throw malformed('Transfer-Encoding in HTTP/1.0')
    if (coding.toLowerCase() === 'chunked') return chunked
    const codings = members(coding)
    // Alone it is none of ours, in whatever blanks it comes.
    if (codings.length === 1 || !codings.every((it) => transferCoding.test(it)) || codings.indexOf('chunked') !== codings.length - 1)
      throw malformed('Transfer-Encoding')
    throw new Refusal('not-implemented', 'another coding before chunked')
  }
  if (length === undefined) return none
  // Digits, and no zero before them: some read an octal number there.
  if (!/^(?:0|[1-9]\d*)$/.test(length)) throw malformed('Content-Length')
  const bytes = Number(length)
  if (!Number.isSafeInteger(bytes)) throw new Refusal('body-too-large', 'Content-Length')
  return bytes === 0 ? none : { kind: 'length', length: bytes }
}

function expectation(expect: string | undefined, minor: 0 | 1): boolean {
  // RFC 9110 §10.1.1: a server must not hear it from HTTP/1.0.
  if (expect === undefined || minor === 0) return false
  if (expect.toLowerCase() === '100-continue') return true
  throw new Refusal('expectation-failed', 'Expect')
}

/** What says where this message ends, or what becomes of the connection behind it: by then both are decided. */
const decided: ReadonlySet<string> = new Set([
  'content-length',
  'transfer-encoding',
  'connection',
  'proxy-connection',
  'keep-alive',
  'upgrade',
])

/** Trailers are checked and thrown away (RFC 9110 §6.5.1): nothing of them may pass for a field of the head. */
export function checkTrailers(text: string, limits: Http1Limits): void {
  if (text === '') return
  if (!block.test(text)) throw malformed('trailer')
  let count = 0
  for (let start = 0; start < text.length;) {
    if (++count > limits.fieldCount) throw tooLarge('trailers')
    const name = text.slice(start, text.indexOf(':', start)).toLowerCase()
    if (decided.has(name)) throw malformed('framing in a trailer')
    start = text.indexOf('\r\n', start) + 2
  }
}
