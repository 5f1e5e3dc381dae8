import { addTo, Bag } from './bag.ts'
import { BodyTooLarge, HttpFailure } from './failures.ts'
import { FormFile } from './form-file.ts'
import { parseMediaType, requireUtf8, type MediaType } from './media-type.ts'
import type { PartHead } from './multipart-head.ts'
import { MultipartScanner } from './multipart-scanner.ts'

/** Sizes in bytes. The whole body has its own limit besides. */
export interface MultipartLimits {
  /** Parts that are not files. Default 1,000. */
  readonly fields: number
  /** Default 100. */
  readonly files: number
  /** Default 64 KiB. */
  readonly fieldSize: number
  /** Default 10 MiB. */
  readonly fileSize: number
  /** Header lines of one part. Default 8 KiB. */
  readonly headSize: number
  /** Characters in a field's name. Default 256. */
  readonly nameSize: number
}

/** The defaults of `MultipartLimits`. */
export const multipartLimits: MultipartLimits = {
  fields: 1_000,
  files: 100,
  fieldSize: 65_536,
  fileSize: 10_485_760,
  headSize: 8_192,
  nameSize: 256,
}

/** A form in memory: a string or a file, or an array where a name was repeated. */
export type FormValues = Bag<string | FormFile | (string | FormFile)[]>

/**
 * The boundary of a `multipart/form-data` type. RFC 2046 §5.1.1 says what one may be.
 * Throws `HttpFailure` 415 for another type, 400 `malformed-form` for a missing or impossible boundary.
 */
export function multipartBoundary(type: MediaType): string {
  if (type.essence !== 'multipart/form-data') throw new HttpFailure('unsupported-media-type')
  const boundary = type.parameters.get('boundary')
  if (boundary === undefined || !/^[0-9A-Za-z'()+_,\-./:=? ]{0,69}[0-9A-Za-z'()+_,\-./:=?]$/.test(boundary)) {
    throw new HttpFailure('malformed-form', 'The Content-Type must give a boundary of 1 to 70 characters.')
  }
  return boundary
}

/**
 * Parses a form held in memory. Files are views of `bytes`, not copies. A file input left empty (no filename, no content)
 * is left out, as if the field were not there. Names are taken as they are: brackets and dots mean nothing.
 *
 * Throws `HttpFailure`: 400 `malformed-form`, 413 `too-many-fields` or `body-too-large`.
 */
export function parseMultipart(bytes: Uint8Array, boundary: string, limits: MultipartLimits = multipartLimits): FormValues {
  const form: FormValues = new Bag()
  const counter = new PartCounter(limits)
  const scanner = new MultipartScanner(boundary, limits.headSize, limits.nameSize)
  scanner.push(bytes)
  scanner.finish()
  let head: PartHead | undefined
  let content: Uint8Array = EMPTY
  for (let event = scanner.next(); event.kind !== 'end'; event = scanner.next()) {
    if (event.kind === 'part') {
      head = event.head
      content = EMPTY
      counter.begin(head)
    } else if (event.kind === 'data') {
      // The whole body was pushed at once, so that the content of a part comes as one event.
      counter.add(event.bytes.length)
      content = event.bytes
    } else if (head !== undefined) {
      if (head.filename === undefined) addTo<string | FormFile>(form, head.name, fieldText(head, content))
      else if (head.filename !== '' || content.length > 0) addTo<string | FormFile>(form, head.name, toFile(head, head.filename, content))
    }
  }
  return form
}

const EMPTY = new Uint8Array(0)
const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

function toFile(head: PartHead, filename: string, content: Uint8Array): FormFile {
  return new FormFile(head.name, filename, head.type ?? 'application/octet-stream', content)
}

/** A field's text. Throws `HttpFailure` for a charset other than UTF-8, and for bytes that aren't. */
export function fieldText(head: PartHead, content: Uint8Array): string {
  if (head.type !== undefined) requireUtf8(parseMediaType(head.type))
  try {
    return utf8.decode(content)
  } catch {
    throw new HttpFailure('malformed-form', 'A field is not valid UTF-8.')
  }
}

/** Counts parts and the bytes of each against the limits. */
export class PartCounter {
  readonly #limits: MultipartLimits
  #fields = 0
  #files = 0
  #left = 0
  #limit = 0

  constructor(limits: MultipartLimits) {
    this.#limits = limits
  }

  begin(head: PartHead): void {
    const file = head.filename !== undefined
    const count = file ? ++this.#files : ++this.#fields
    const most = file ? this.#limits.files : this.#limits.fields
    if (count > most) {
      throw new HttpFailure('too-many-fields', file ? 'The form has too many files.' : undefined, { members: { limit: most } })
    }
    this.#limit = file ? this.#limits.fileSize : this.#limits.fieldSize
    this.#left = this.#limit
  }

  add(bytes: number): void {
    this.#left -= bytes
    if (this.#left < 0) throw new BodyTooLarge(this.#limit)
  }
}
