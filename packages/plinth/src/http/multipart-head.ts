import { HttpFailure } from './failures.ts'
import { parseMediaType } from './media-type.ts'
import { trimBlanks } from './trim-blanks.ts'

/** What the head of a part says (RFC 7578 §4.2). */
export interface PartHead {
  readonly name: string
  /** Set for files alone; `''` is what browsers send for a file input left empty. */
  readonly filename: string | undefined
  readonly type: string | undefined
}

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })
const fieldLine = /^([!#$%&'*+\-.^_`|~0-9A-Za-z]+):(.*)$/su
const parameterAt = /[ \t]*;[ \t]*([!#$%&'*+\-.^_`|~0-9A-Za-z]+)=(?:"((?:[^"\\]|\\.)*)"|([!#$%&'*+\-.^_`|~0-9A-Za-z]+))/suy
// eslint-disable-next-line no-control-regex
const control = /[\x00-\x1f\x7f]/
// eslint-disable-next-line no-control-regex
const controls = /[\x00-\x1f\x7f]/g

/**
 * Parses the header lines of one part, without the empty line at their end. `nameSize` is the most characters a name may
 * have, escapes taken out. Throws `HttpFailure` 400 `malformed-form`.
 */
export function parsePartHead(bytes: Uint8Array, nameSize: number): PartHead {
  let disposition: string | undefined
  let type: string | undefined
  for (const line of decode(bytes).split('\r\n')) {
    const match = fieldLine.exec(line)
    if (match === null || /[\r\n\0]/.test(line)) throw malformed('A part has a malformed header line.')
    const lower = (match[1] ?? '').toLowerCase()
    const value = trimBlanks(match[2] ?? '')
    if (lower === 'content-disposition') {
      if (disposition !== undefined) throw malformed('A part has two Content-Disposition headers.')
      disposition = value
    } else if (lower === 'content-type') {
      if (type !== undefined) throw malformed('A part has two Content-Type headers.')
      type = partType(value)
    } else if (lower === 'content-transfer-encoding' && !/^(?:7bit|8bit|binary)$/i.test(value)) {
      // Deprecated by RFC 7578 §4.7. Passing base64 on as if it were the content would be a silent error.
      throw malformed('A part has a Content-Transfer-Encoding, which RFC 7578 §4.7 deprecates.')
    }
  }
  if (disposition === undefined) throw malformed('A part has no Content-Disposition header.')
  return { ...parseDisposition(disposition, nameSize), type }
}

function decode(bytes: Uint8Array): string {
  try {
    return utf8.decode(bytes)
  } catch {
    throw malformed('The header of a part is not valid UTF-8.')
  }
}

/** Kept as sent once it is known to be well-formed; a bad one is dropped, since browsers send whatever the system says. */
function partType(value: string): string | undefined {
  try {
    parseMediaType(value)
    return value
  } catch {
    return undefined
  }
}

function parseDisposition(value: string, nameSize: number): { name: string; filename: string | undefined } {
  if (!/^form-data(?=[ \t;]|$)/i.test(value)) throw malformed('The Content-Disposition of each part must be form-data.')
  let name: string | undefined
  let filename: string | undefined
  for (let at = 'form-data'.length; at < value.length;) {
    parameterAt.lastIndex = at
    const match = parameterAt.exec(value)
    if (match === null) throw malformed('A part has a malformed Content-Disposition.')
    at = parameterAt.lastIndex
    const key = (match[1] ?? '').toLowerCase()
    const text = match[2] === undefined ? (match[3] ?? '') : unquote(match[2])
    if (key === 'name') {
      if (name !== undefined) throw malformed('A part has two names.')
      name = text
    } else if (key === 'filename') {
      if (filename !== undefined) throw malformed('A part has two filenames.')
      filename = safeFilename(text)
    } else if (key === 'filename*') {
      // Readers that take it and readers that don't would see two different files.
      throw malformed('A part has filename*, which RFC 7578 §4.2 forbids.')
    }
  }
  if (name === undefined) throw malformed('A part has no name.')
  if (name.length > nameSize) throw malformed('The name of a field is too long.')
  if (control.test(name)) throw malformed('The name of a field has control characters.')
  return { name, filename }
}

/**
 * Undoes both ways in which clients escape: browsers send `%22`, `%0D` and `%0A` (HTML §4.10.21.8), curl and Go a backslash
 * before `"` and `\`. Any other backslash stands for itself.
 */
function unquote(text: string): string {
  return text.replace(/\\(["\\])|%(22|0D|0A)/g, (_, escaped: string | undefined, hex: string) =>
    escaped === undefined ? String.fromCharCode(Number.parseInt(hex, 16)) : escaped,
  )
}

/** RFC 7578 §4.2: never trust a path in a filename. What is left is safe to show, though not to use as a file's name on disk. */
function safeFilename(filename: string): string {
  const last = filename.slice(Math.max(filename.lastIndexOf('/'), filename.lastIndexOf('\\')) + 1).replace(controls, '')
  return last === '.' || last === '..' ? '' : last.slice(0, 255).replace(/\p{Surrogate}$/u, '')
}

function malformed(detail: string): HttpFailure {
  return new HttpFailure('malformed-form', detail)
}
