/** Both ends count. */
export interface ByteRange {
  readonly first: number
  readonly last: number
}

const single = /^bytes=[ \t]*(\d{0,20})-(\d{0,20})[ \t]*$/i

/**
 * Reads a `Range` header (RFC 9110 §14.2) against a representation of `size` bytes. `whole` where the header is to be ignored: another
 * unit, malformed, or several ranges, which §14.2 lets a server ignore: clients hardly send them, and overlapping ones have brought
 * servers down (CVE-2011-3192).
 */
export function parseRange(header: string | undefined, size: number): ByteRange | 'whole' | 'unsatisfiable' {
  const match = header === undefined ? null : single.exec(header)
  if (match === null) return 'whole'
  const [, from = '', to = ''] = match
  if (from === '') {
    if (to === '') return 'whole'
    const suffix = Number(to)
    if (suffix === 0) return 'unsatisfiable'
    return size === 0 ? 'whole' : { first: Math.max(size - suffix, 0), last: size - 1 }
  }
  const first = Number(from)
  if (to !== '' && Number(to) < first) return 'whole'
  if (first >= size) return 'unsatisfiable'
  return { first, last: to === '' ? size - 1 : Math.min(Number(to), size - 1) }
}
