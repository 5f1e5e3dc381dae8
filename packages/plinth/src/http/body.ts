import type { Incoming } from '../contract.ts'
import { contentCoding, decodeBytes, decodeStream } from './content-coding.ts'
import { HttpFailure } from './failures.ts'
import { parseJson } from './json-body.ts'
import { isJson, parseMediaType, requireUtf8 } from './media-type.ts'
import { multipartBoundary, multipartLimits, parseMultipart, type FormValues, type MultipartLimits } from './multipart-form.ts'
import { multipartParts, type Part } from './multipart.ts'
import { parseUrlencoded, type QueryValues } from './query.ts'

/** How a body is read: `json` is `application/json` and `+json` types, `text` any `text/*`, `bytes` any type at all. */
export type BodyKind = 'json' | 'urlencoded' | 'multipart' | 'text' | 'bytes'

/** A body as it was read. `none`: no bytes and no `Content-Type`. Only urlencoded and multipart values are strings to coerce. */
export type ParsedBody =
  | { readonly kind: 'none'; readonly value: undefined }
  | { readonly kind: 'json'; readonly value: unknown }
  | { readonly kind: 'urlencoded'; readonly value: QueryValues }
  | { readonly kind: 'multipart'; readonly value: FormValues }
  | { readonly kind: 'text'; readonly value: string }
  | { readonly kind: 'bytes'; readonly value: Uint8Array }

/** `fields` also counts the pairs of urlencoded bodies. */
export interface BodyLimits extends MultipartLimits {
  /** The whole body in bytes, as it arrives and again as decoded from gzip and the like. Default 1 MiB. */
  readonly size: number
  /** How deep arrays and objects of JSON may be nested. Default 64. */
  readonly depth: number
}

/** The defaults of `BodyLimits`. */
export const bodyLimits: BodyLimits = { size: 1_048_576, depth: 64, ...multipartLimits }

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/**
 * Reads and parses the body by its `Content-Type`, which must be of one of the kinds in `accepts`.
 *
 * Rejects with `HttpFailure`: 415 for a type, charset or content encoding that isn't accepted, 413 past a limit, 400 for
 * what doesn't parse. Nothing is guessed: a body without a type is bytes or refused, a form is never read as JSON.
 */
export async function readBody(incoming: Incoming, accepts: readonly BodyKind[], limits: BodyLimits = bodyLimits): Promise<ParsedBody> {
  const header = incoming.header('content-type')
  if (header === undefined) return readUntyped(incoming, accepts, limits)
  // Before the body is read: one that can't be used is not worth waiting for.
  const { kind, boundary } = announced(header, accepts)
  return parsed(kind, boundary, await gather(incoming, limits.size), limits)
}

/** As `readBody`, of a body that is at hand; `undefined` where `readBody` has to wait. Throws what that rejects with. */
export function readGathered(incoming: Incoming, accepts: readonly BodyKind[], limits: BodyLimits): ParsedBody | undefined {
  const header = incoming.header('content-type')
  if (header === undefined || incoming.header('content-encoding') !== undefined) return undefined
  const { kind, boundary } = announced(header, accepts)
  const bytes = incoming.gathered?.(limits.size)
  return bytes === undefined ? undefined : parsed(kind, boundary, bytes, limits)
}

function announced(header: string, accepts: readonly BodyKind[]): { readonly kind: BodyKind; readonly boundary: string } {
  const type = parseMediaType(header)
  const kind = kindOf(type.essence, accepts)
  if (kind !== 'bytes' && kind !== 'multipart') requireUtf8(type)
  return { kind, boundary: kind === 'multipart' ? multipartBoundary(type) : '' }
}

function parsed(kind: BodyKind, boundary: string, bytes: Uint8Array, limits: BodyLimits): ParsedBody {
  switch (kind) {
    case 'json':
      return { kind, value: parseJson(bytes, limits.depth) }
    case 'urlencoded':
      return { kind, value: parseUrlencoded(decodeText(bytes, 'malformed-form'), limits.fields) }
    case 'multipart':
      return { kind, value: parseMultipart(bytes, boundary, limits) }
    case 'text':
      return { kind, value: decodeText(bytes, 'malformed-request') }
    case 'bytes':
      return { kind, value: bytes }
  }
}

/**
 * Reads a multipart form part by part instead, files as streams; `limits.size` still bounds the whole.
 * Throws as `readBody` does, here or in the loop.
 */
export function readParts(incoming: Incoming, limits: BodyLimits = bodyLimits): AsyncGenerator<Part, void, undefined> {
  const header = incoming.header('content-type')
  if (header === undefined) throw untyped(['multipart'])
  const type = parseMediaType(header)
  kindOf(type.essence, ['multipart'])
  const boundary = multipartBoundary(type)
  const coding = contentCoding(incoming.header('content-encoding'))
  const stream = incoming.stream()
  if (stream === null) throw new HttpFailure('malformed-form', 'The body is empty, where a form was announced.')
  return multipartParts(coding === undefined ? stream : decodeStream(stream, coding, limits.size), boundary, limits.size, limits)
}

function gather(incoming: Incoming, limit: number): Promise<Uint8Array> {
  const coding = contentCoding(incoming.header('content-encoding'))
  if (coding === undefined) return incoming.gather(limit)
  return incoming.gather(limit).then((bytes) => (bytes.length === 0 ? bytes : decodeBytes(bytes, coding, limit)))
}

async function readUntyped(incoming: Incoming, accepts: readonly BodyKind[], limits: BodyLimits): Promise<ParsedBody> {
  const bytes = await gather(incoming, limits.size)
  if (bytes.length === 0) return { kind: 'none', value: undefined }
  if (accepts.includes('bytes')) return { kind: 'bytes', value: bytes }
  throw untyped(accepts)
}

/** How a body of this `Content-Type` would be read. Throws `HttpFailure` 415 when it is malformed: the one place where it is judged. */
export function bodyKindOf(contentType: string): BodyKind {
  return naturalKind(parseMediaType(contentType).essence)
}

function naturalKind(essence: string): BodyKind {
  if (isJson(essence)) return 'json'
  if (essence === 'application/x-www-form-urlencoded') return 'urlencoded'
  if (essence === 'multipart/form-data') return 'multipart'
  return essence.startsWith('text/') ? 'text' : 'bytes'
}

function kindOf(essence: string, accepts: readonly BodyKind[]): BodyKind {
  const kind = naturalKind(essence)
  if (accepts.includes(kind)) return kind
  if (accepts.includes('bytes')) return 'bytes'
  throw new HttpFailure('unsupported-media-type', undefined, acceptedTypes(accepts))
}

function untyped(accepts: readonly BodyKind[]): HttpFailure {
  return new HttpFailure('unsupported-media-type', 'The request has a body, but no Content-Type.', acceptedTypes(accepts))
}

const typeOf: { readonly [kind in BodyKind]: string } = {
  json: 'application/json',
  urlencoded: 'application/x-www-form-urlencoded',
  multipart: 'multipart/form-data',
  text: 'text/plain',
  bytes: 'application/octet-stream',
}

/** A 415 says in `Accept` what would do (RFC 9110 §15.5.16). */
function acceptedTypes(accepts: readonly BodyKind[]): { members: { accepts: string[] }; headers: string[] } {
  const types = accepts.map((kind) => typeOf[kind])
  return { members: { accepts: types }, headers: ['accept', types.join(', ')] }
}

function decodeText(bytes: Uint8Array, code: 'malformed-form' | 'malformed-request'): string {
  try {
    return utf8.decode(bytes)
  } catch {
    throw new HttpFailure(code, 'The body is not valid UTF-8.')
  }
}
