import { builtin } from '../internal/builtin.ts'
import { collect } from './collect.ts'
import { BodyTooLarge, HttpFailure } from './failures.ts'

type Coding = 'gzip' | 'deflate' | 'br' | 'zstd'
type Zlib = typeof import('node:zlib')
interface Decoded {
  readonly buffer: Uint8Array
  readonly engine: { readonly bytesWritten: number }
}
type Decoder = (bytes: Uint8Array, options: object, done: (error: NodeJS.ErrnoException | null, decoded: Decoded) => void) => void

/** The platform's, `null` where it is not Node, Bun or Deno. Loaded with the first body that is coded, since few ever come. */
function orPlatforms(zlib: Zlib | null | undefined): Zlib | null {
  return zlib === undefined ? (builtin<Zlib>('node:zlib') ?? null) : zlib
}

/**
 * The coding that a `Content-Encoding` names (RFC 9110 §8.4), `undefined` for none. One at most: stacked codings multiply
 * what a bomb inflates to, and no client stacks them. Throws `HttpFailure` 415 `unsupported-encoding` with `Accept-Encoding`.
 */
export function contentCoding(header: string | undefined, given?: Zlib | null): Coding | undefined {
  if (header === undefined) return undefined
  const coding = header.trim().toLowerCase()
  if (coding === '' || coding === 'identity') return undefined
  if (coding === 'gzip' || coding === 'x-gzip') return 'gzip'
  if (coding === 'deflate') return 'deflate'
  const zlib = orPlatforms(given)
  if (coding === 'br' && zlib !== null) return 'br'
  if (coding === 'zstd' && zlib !== null && 'zstdDecompress' in zlib) return 'zstd'
  throw unsupported(coding.includes(',') ? 'The body must have one content encoding at most.' : undefined, zlib)
}

function unsupported(detail: string | undefined, zlib: Zlib | null): HttpFailure {
  const accepted = ['gzip', 'deflate']
  if (zlib !== null) accepted.push('br')
  if (zlib !== null && 'zstdDecompress' in zlib) accepted.push('zstd')
  return new HttpFailure('unsupported-encoding', detail, { headers: ['accept-encoding', accepted.join(', ')] })
}

/**
 * Decodes a whole body. Rejects with `BodyTooLarge` as soon as the output passes `limit` bytes, whatever it would have
 * come to, and with `HttpFailure` 400 `malformed-request` when the bytes are corrupt, cut short, or followed by others.
 * Off the event loop where `node:zlib` is there.
 */
export function decodeBytes(bytes: Uint8Array, coding: Coding, limit: number, given?: Zlib | null): Promise<Uint8Array> {
  const zlib = orPlatforms(given)
  if (zlib === null) {
    const decoded = decodeStream(new Blob([bytes as Uint8Array<ArrayBuffer>]).stream(), coding, bytes.length)
    return collect(decoded.getReader(), limit, cancel)
  }
  return new Promise((resolve, reject) => {
    // `info` gives the count of bytes read, since zlib passes over what follows the end of the coded data.
    decoderOf(zlib, coding)(bytes, { maxOutputLength: Math.max(limit, 1), info: true }, (error, decoded) => {
      if (error !== null) reject(error.code === 'ERR_BUFFER_TOO_LARGE' ? new BodyTooLarge(limit) : corrupt())
      else if (decoded.engine.bytesWritten !== bytes.length) reject(corrupt())
      // zlib takes no limit of 0.
      else if (decoded.buffer.length > limit) reject(new BodyTooLarge(limit))
      else resolve(decoded.buffer)
    })
  })
}

function decoderOf(zlib: Zlib, coding: Coding): Decoder {
  if (coding === 'gzip') return zlib.gunzip as unknown as Decoder
  if (coding === 'deflate') return zlib.inflate as unknown as Decoder
  if (coding === 'br') return zlib.brotliDecompress as unknown as Decoder
  // From Node 22.15; the types are those of our floor.
  return (zlib as Zlib & { zstdDecompress: Decoder }).zstdDecompress
}

/**
 * Decodes as the reader pulls. `limit` is for the bytes as they arrive, since coded data can go on for ever and decode to
 * nothing; whoever reads the stream counts what comes out.
 * Throws `HttpFailure` 415 when the platform has no decoder for streams in this coding.
 */
export function decodeStream(source: ReadableStream<Uint8Array>, coding: Coding, limit: number): ReadableStream<Uint8Array> {
  let decoder: DecompressionStream
  try {
    decoder = new DecompressionStream((coding === 'br' ? 'brotli' : coding) as CompressionFormat)
  } catch {
    throw new HttpFailure('unsupported-encoding', 'This content encoding is not supported for a body that is read as a stream.', {
      headers: ['accept-encoding', 'gzip, deflate'],
    })
  }
  const counted = source.pipeThrough(countBytes(limit))
  const reader = counted.pipeThrough(decoder as ReadableWritablePair<Uint8Array, Uint8Array>).getReader()
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        try {
          const { done, value } = await reader.read()
          if (done) controller.close()
          else controller.enqueue(value)
        } catch (error) {
          controller.error(isDecoderError(error) ? corrupt() : error)
        }
      },
      cancel: (reason) => reader.cancel(reason),
    },
    { highWaterMark: 0 },
  )
}

function countBytes(limit: number): TransformStream<Uint8Array, Uint8Array> {
  let left = limit
  return new TransformStream({
    transform(chunk, controller) {
      left -= chunk.length
      if (left < 0) controller.error(new BodyTooLarge(limit))
      else controller.enqueue(chunk)
    },
  })
}

/** The decoder's own errors, apart from those of the source: `TypeError` by the standard, zlib's codes on Node. */
function isDecoderError(error: unknown): boolean {
  if (error instanceof TypeError) return true
  return error instanceof Error && 'code' in error && /^(Z_|ERR_TRAILING_JUNK|ERR__ERROR|ERR_BROTLI|ERR_ZSTD)/.test(String(error.code))
}

async function cancel(reader: ReadableStreamDefaultReader<Uint8Array>): Promise<void> {
  await reader.cancel().catch(() => {})
}

function corrupt(): HttpFailure {
  return new HttpFailure('malformed-request', 'The body is not what its content encoding says.')
}
