import type { IncomingMessage, ServerResponse } from 'node:http'
import { BodyTooLarge } from '../http/failures.ts'
import { NodeIncoming } from '../node/node-incoming.ts'

/** A request whose body something in front of us has read to its end. */
export interface ParsedRequest extends IncomingMessage {
  readonly body?: unknown
}

const encoder = new TextEncoder()
/** They describe bytes that are gone: what is here was inflated, decoded and parsed. */
const gone = new Set(['content-length', 'content-encoding', 'transfer-encoding'])

/** A request whose body comes from `req.body`, where a parser of the host's has left it, instead of from the stream. */
export class ParsedIncoming extends NodeIncoming {
  readonly #value: unknown
  #bytes: Uint8Array | undefined

  constructor(request: ParsedRequest, response: ServerResponse, target?: string) {
    super(request, response, target)
    this.#value = request.body
  }

  override header(name: string): string | undefined {
    if (name === 'content-length') return String(this.#encoded().byteLength)
    if (gone.has(name)) return undefined
    const value = super.header(name)
    // A parser has decoded whatever charset it was; what we make of it is UTF-8.
    return name === 'content-type' && value !== undefined && typeof this.#value !== 'string'
      ? value.replace(/;\s*charset=[^;]*/i, '')
      : value
  }

  override *headers(): Iterable<readonly [name: string, value: string]> {
    for (const [name] of super.headers()) if (!gone.has(name)) yield [name, this.header(name) as string]
    yield ['content-length', this.header('content-length') as string]
  }

  override stream(): ReadableStream<Uint8Array> | null {
    return new Blob([this.#encoded() as Uint8Array<ArrayBuffer>]).stream()
  }

  override gather(limit: number): Promise<Uint8Array> {
    const bytes = this.#encoded()
    return bytes.byteLength > limit ? Promise.reject(new BodyTooLarge(limit)) : Promise.resolve(bytes)
  }

  #encoded(): Uint8Array {
    return (this.#bytes ??= encoded(this.#value, super.header('content-type') ?? ''))
  }
}

/** What a parser made of the body, as the bytes that it was made of. */
function encoded(value: unknown, type: string): Uint8Array {
  if (value instanceof Uint8Array) return new Uint8Array(value.buffer, value.byteOffset, value.byteLength)
  if (/^application\/x-www-form-urlencoded\b/i.test(type) && typeof value === 'object' && value !== null) {
    const form = new URLSearchParams()
    appendFields(form, '', value)
    return encoder.encode(form.toString())
  }
  if (/^multipart\//i.test(type)) {
    throw new Error(
      'The host has read a multipart form before nodeHandler, and its files cannot be had back; mount nodeHandler in front of that parser',
    )
  }
  // What `express.json` parsed may be a string too; `express.text` leaves nothing else.
  const isText = typeof value === 'string' && !/^application\/(json|[\w.+-]+\+json)\b/i.test(type)
  return encoder.encode(isText ? value : JSON.stringify(value))
}

/** Lists as repeated names, and deeper fields in brackets, which is how `qs` reads them. */
function appendFields(form: URLSearchParams, name: string, value: unknown): void {
  if (Array.isArray(value)) for (const item of value) appendFields(form, name, item)
  else if (typeof value === 'object' && value !== null) {
    for (const [key, inner] of Object.entries(value)) appendFields(form, name === '' ? key : `${name}[${key}]`, inner)
  } else form.append(name, String(value))
}
