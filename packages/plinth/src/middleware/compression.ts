import { acceptableEncoding, type Answer, type App, type Context, isCompressible, module, type Next } from '../app/index.ts'
import { encodeBytes, encodeStream, type Encoding, encodingsOf, platformZlib, type Zlib } from './encoder.ts'
import { requireList, requireObject } from '../internal/arguments.ts'
import { isStream } from '../internal/is-stream.ts'

/** Settings of `compression`. */
export interface CompressionOptions {
  /** Bytes from which a body is worth it. Default 1,024: below it the whole answer fits one packet anyway. */
  readonly threshold?: number
  /** Codings to offer, the preferred first. Default `zstd`, `br`, `gzip`, as far as the platform has them. */
  readonly encodings?: readonly Encoding[]
}

/**
 * Compresses what clients accept compressed (RFC 9110 §8.4, §12.5.3): text, JSON, XML and their kin, whole bodies off the event
 * loop, streams piece by piece, so that events are not held back. Left alone: what is encoded already, partial content,
 * `Cache-Control: no-transform`, bodies with a digest. A strong `ETag` becomes a weak one: other bytes, same meaning.
 *
 * A page that shows a secret and, beside it, text that an attacker chose tells the secret by its compressed length (BREACH). Answer
 * such a page with `Cache-Control: no-transform`, or mask the secret anew in each answer.
 * @throws {TypeError} when `threshold` is no whole number, or the platform does not have a coding that `encodings` lists.
 */
export function compression(options: CompressionOptions = {}): App<{}, {}> {
  requireObject('compression: options', options)
  requireList('compression: encodings', options.encodings)
  return compressionWith(options, platformZlib())
}

/** With another platform's zlib, or none, for tests. */
export function compressionWith({ threshold = 1024, encodings }: CompressionOptions, zlib: Zlib | null): App<{}, {}> {
  if (!Number.isSafeInteger(threshold) || threshold < 0)
    throw new TypeError('compression: threshold must be a whole number of bytes, 0 or more')
  const able = encodingsOf(zlib)
  for (const it of encodings ?? []) {
    if (!able.includes(it)) throw new TypeError(`compression: '${it}' is not here; this platform has ${able.join(', ')}`)
  }
  const offered = encodings ?? able
  const around = async (ctx: Context, next: Next): Promise<Answer> => {
    const answer = await next()
    const head = ctx.method === 'HEAD'
    if (!eligible(answer, threshold, head)) return answer
    // Who refuses the plain form too, and knows none of ours, gets the plain one: a 406 would help nobody.
    const encoding = acceptableEncoding(ctx.header('accept-encoding'), offered) ?? 'identity'
    return encoding === 'identity' ? answer : encode(answer, encoding, threshold, head, zlib)
  }
  // On answers that are not compressed as well (RFC 9110 §12.5.5): a cache has to know that another client gets other bytes.
  return module('compression', { scope: 'parent' }).headers({ vary: 'Accept-Encoding' }).around(around)
}

function eligible(answer: Answer, threshold: number, head: boolean): boolean {
  const { status, body } = answer
  if (status === 206 || status === 204 || status === 304) return false
  // A file answers HEAD with its length alone.
  if (body === null && !(head && Number(answer.header('content-length') ?? 0) >= Math.max(threshold, 1))) return false
  // A string of n characters has n bytes at least and three times as many at most.
  if (typeof body === 'string' && body.length * 3 < threshold) return false
  if (body instanceof Uint8Array && body.byteLength < threshold) return false
  if (!isCompressible(answer.header('content-type') ?? '')) return false
  const cache = answer.header('cache-control')
  if (cache !== undefined && /(?:^|[\s,])no-transform\b/i.test(cache)) return false
  for (const name of ['content-encoding', 'content-range', 'content-digest', 'repr-digest', 'digest']) {
    if (answer.header(name) !== undefined) return false
  }
  return true
}

async function encode(answer: Answer, encoding: Encoding, threshold: number, head: boolean, zlib: Zlib | null): Promise<Answer> {
  const { body } = answer
  if (body === null) return labelled(answer, encoding)
  if (isStream(body)) {
    const length = answer.header('content-length')
    if (length !== undefined && Number(length) < threshold) return answer
    // `CompressionStream` can't flush: an event would wait for thousands that come after it.
    if (zlib === null) return answer
    if (!head) answer.body = encodeStream(body, encoding, zlib)
    return labelled(answer, encoding)
  }
  const bytes = typeof body === 'string' ? new TextEncoder().encode(body) : body
  if (bytes.byteLength < threshold) return answer
  // HEAD says what GET would, but for the length, which only the work would tell (RFC 9110 §9.3.2).
  answer.body = head ? null : await encodeBytes(bytes, encoding, zlib)
  return labelled(answer, encoding)
}

function labelled(answer: Answer, encoding: Encoding): Answer {
  answer.set('content-encoding', encoding).remove('content-length')
  const tag = answer.header('etag')
  if (tag?.startsWith('"')) answer.set('etag', `W/${tag}`)
  return answer
}
