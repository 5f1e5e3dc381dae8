import type { TCodec, TUnsafe } from 'typebox'
import { FormFile } from '../http/form-file.ts'
import { Refine, Unsafe } from './typebox.ts'

export interface FileLimits {
  /** Bytes. Default: what the form's own limits allow. */
  readonly maxSize?: number
  /** Media types, as `image/png` or `image/*`. Default: any. */
  readonly types?: readonly string[]
}

/** A client sends a `Blob`, a handler receives a {@link FormFile}. */
export type TFile = TCodec<TUnsafe<Blob>, FormFile>

/** A file field of a multipart form; `t.Array(t.File())` for several. */
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
  if (!(value instanceof FormFile)) return 'must be a file'
  const { maxSize, types } = limits
  if (maxSize !== undefined && value.size > maxSize) return `must not be larger than ${maxSize} bytes`
  if (types !== undefined && !types.some((type) => covers(type, value.type))) return `must be of the type ${types.join(' or ')}`
  return undefined
}

function covers(allowed: string, claimed: string): boolean {
  const type = (claimed.split(';', 1)[0] ?? '').trim().toLowerCase()
  return allowed.endsWith('/*') ? type.startsWith(allowed.slice(0, -1).toLowerCase()) : type === allowed.toLowerCase()
}
