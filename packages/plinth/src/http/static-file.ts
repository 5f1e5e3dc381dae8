import { checkHeader } from './header-value.ts'
import { contentDisposition } from './content-disposition.ts'
import { fileValidators, type Validators } from './etag.ts'
import { fileBytes, fileStream } from './file-stream.ts'
import { isCompressible, mediaTypeOf } from './mime.ts'
import { acceptableEncoding } from './negotiate.ts'
import { openFile, openTrusted, type OpenedFile, type OpenFileOptions } from './open-file.ts'
import { evaluatePreconditions, rangeApplies, type ConditionalRequest } from './preconditions.ts'
import { parseRange, type ByteRange } from './range.ts'

/** Settings of `serveFile`. */
export interface ServeFileOptions extends OpenFileOptions {
  /** Folder that `path` must stay within, with all of `openFile`'s checks. Without it `path` is trusted: never build it from input. */
  readonly root?: string
  /** Sent as `Content-Disposition: attachment` under this name; `true` for the file's own. */
  readonly download?: string | true
  /** Media type; by default from the extension. */
  readonly type?: string
  /** `Cache-Control` of the answer. */
  readonly cache?: string
  /** Send `x.js.br`, `x.js.zst` or `x.js.gz` beside `x.js` to clients that take it, if it is no older. Default true, for text and the like. */
  readonly precompressed?: boolean
}

/**
 * An answer, ready but for what transports add: `Date`, and `Content-Length` where the body is at hand. Names of headers are in lower
 * case. A stream must be read or cancelled, or the file stays open.
 */
export interface ServedFile {
  readonly status: 200 | 206 | 304 | 412 | 416
  readonly headers: string[]
  readonly body: Uint8Array | ReadableStream<Uint8Array> | null
}

const codings = { br: '.br', zstd: '.zst', gzip: '.gz' } as const
type Coding = keyof typeof codings
/** Up to this many bytes are sent in one piece. */
const SMALL = 65_536

/**
 * Answers GET and HEAD with a file: type, validators, conditions (RFC 9110 §13), a single range (§14), precompressed siblings.
 * `undefined` when there is no such file. `path` is relative to `root` where that is given.
 */
export async function serveFile(
  path: string,
  request: ConditionalRequest,
  options: ServeFileOptions = {},
): Promise<ServedFile | undefined> {
  const type = options.type ?? mediaTypeOf(path)
  if (options.cache !== undefined) checkHeader('cache-control', options.cache)
  checkHeader('content-type', type)
  const plain = await openAt(path, options)
  if (plain === undefined) return undefined
  let file: OpenedFile = plain
  try {
    const varies = (options.precompressed ?? true) && isCompressible(type)
    const packed = varies ? await openPacked(path, plain, request.header('accept-encoding'), options) : undefined
    if (packed !== undefined) {
      file = packed.file
      await plain.handle.close()
    }
    const coding = packed?.coding ?? 'identity'
    const validators = fileValidators(file.size, file.mtimeMs, coding)
    return await answer(file, request, validators, sharedHeaders(validators, varies, options.cache), () =>
      contentHeaders(path, type, coding, options.download),
    )
  } catch (error) {
    await file.handle.close()
    throw error
  }
}

async function answer(
  file: OpenedFile,
  request: ConditionalRequest,
  validators: Validators,
  headers: string[],
  content: () => string[],
): Promise<ServedFile> {
  const verdict = evaluatePreconditions(request, validators)
  if (verdict !== 'proceed') return bare(file, verdict, headers)
  const asked = request.method === 'GET' && rangeApplies(request.header('if-range'), validators) ? request.header('range') : undefined
  const range = parseRange(asked, file.size)
  if (range === 'unsatisfiable') return bare(file, 416, [...headers, 'content-range', `bytes */${file.size}`])

  const part: ByteRange = range === 'whole' ? { first: 0, last: file.size - 1 } : range
  const length = part.last - part.first + 1
  headers.push(...content())
  if (range !== 'whole') headers.push('content-range', `bytes ${part.first}-${part.last}/${file.size}`)
  const status = range === 'whole' ? 200 : 206
  if (request.method === 'HEAD') headers.push('content-length', String(length))
  if (request.method === 'HEAD' || length === 0) return bare(file, status, headers)
  if (length <= SMALL) return { status, headers, body: await fileBytes(file.handle, part) }
  headers.push('content-length', String(length))
  return { status, headers, body: fileStream(file.handle, part) }
}

async function bare(file: OpenedFile, status: ServedFile['status'], headers: string[]): Promise<ServedFile> {
  await file.handle.close()
  return { status, headers, body: null }
}

/** What a 304 has as well (RFC 9110 §15.4.5). */
function sharedHeaders({ etag, lastModified }: Validators, varies: boolean, cache: string | undefined): string[] {
  const headers = ['etag', etag, 'last-modified', new Date(lastModified * 1_000).toUTCString(), 'accept-ranges', 'bytes']
  if (varies) headers.push('vary', 'accept-encoding')
  if (cache !== undefined) headers.push('cache-control', cache)
  return headers
}

function contentHeaders(path: string, type: string, coding: string, download: string | true | undefined): string[] {
  const headers = ['content-type', type, 'x-content-type-options', 'nosniff']
  if (coding !== 'identity') headers.push('content-encoding', coding)
  if (download !== undefined) headers.push('content-disposition', contentDisposition('attachment', download === true ? path : download))
  return headers
}

function openAt(path: string, options: ServeFileOptions): Promise<OpenedFile | undefined> {
  return options.root === undefined ? openTrusted(path) : openFile(options.root, path, options)
}

/** The sibling that the client likes best. One older than the file itself was left behind by a build, and is passed over. */
async function openPacked(
  path: string,
  plain: OpenedFile,
  accept: string | undefined,
  options: ServeFileOptions,
): Promise<{ file: OpenedFile; coding: Coding } | undefined> {
  let offers = Object.keys(codings) as Coding[]
  while (offers.length > 0) {
    const coding = acceptableEncoding(accept, offers)
    if (coding === undefined || coding === 'identity') return undefined
    const file = await openAt(`${path}${codings[coding]}`, options)
    if (file !== undefined) {
      if (file.mtimeMs >= plain.mtimeMs) return { file, coding }
      await file.handle.close()
    }
    offers = offers.filter((offer) => offer !== coding)
  }
  return undefined
}
