import type { TCodec, TUnsafe } from 'typebox'
import { Refine, Unsafe } from './typebox.ts'

/** One file of a multipart form, as a handler receives it. */
export interface FormFile {
  /** The name of the form's field. */
  readonly name: string
  /** What the client calls the file. Never a path to write to. */
  readonly filename: string
  /** The media type that the client claims; nobody has looked inside. */
  readonly type: string
  /** Bytes, where they are known before the file is read. */
  readonly size?: number | undefined
  stream(): ReadableStream<Uint8Array>
  arrayBuffer(): Promise<ArrayBuffer>
}

export interface FileLimits {
  /** Bytes. Default: the limit of the form. */
  readonly maxSize?: number
  /** Media types, as `image/png` or `image/*`. Default: any. */
  readonly types?: readonly string[]
}

/** A client sends a `Blob`, a handler receives a {@link FormFile}. */
export type TFile = TCodec<TUnsafe<Blob>, FormFile>

/**
 * A file field of a multipart form; `t.Array(t.File())` for several. The size is judged here when it is known; where the
 * file still streams, the form's reader must hold it to `maxSize`.
 */
export function File(limits: FileLimits = {}): TFile {
  const unsafe = Refine(
    Unsafe<FormFile>({ '~file': limits }),
    (value) => fileIssue(value, limits) === undefined,
    (value) => fileIssue(value, limits) ?? '',
  )
  // Only the types need a codec: both ends of it are the same object.
  return unsafe as unknown as TFile
}

/** The limits that a schema made by `t.File` carries. */
export function fileLimits(schema: { readonly [keyword: string]: unknown }): FileLimits | undefined {
  return schema['~file'] as FileLimits | undefined
}

function fileIssue(value: unknown, limits: FileLimits): string | undefined {
  if (!isFormFile(value)) return 'must be a file'
  const { maxSize, types } = limits
  if (maxSize !== undefined && value.size !== undefined && value.size > maxSize) return `must not be larger than ${maxSize} bytes`
  if (types !== undefined && !types.some((type) => covers(type, value.type))) return `must be of the type ${types.join(' or ')}`
  return undefined
}

function isFormFile(value: unknown): value is FormFile {
  return (
    typeof value === 'object' &&
    value !== null &&
    'filename' in value &&
    typeof value.filename === 'string' &&
    'type' in value &&
    typeof value.type === 'string' &&
    'stream' in value &&
    typeof value.stream === 'function'
  )
}

function covers(allowed: string, claimed: string): boolean {
  const type = (claimed.split(';', 1)[0] ?? '').trim().toLowerCase()
  return allowed.endsWith('/*') ? type.startsWith(allowed.slice(0, -1).toLowerCase()) : type === allowed.toLowerCase()
}
