import { type MediaRange, parameter, parseMediaType, splitOutsideQuotes } from './media-type.ts'

const anything: MediaRange = { media: { kind: 'any' }, text: '*/*' }

/** A hostile header has thousands of members, an honest one a dozen. Those after these are not read. */
const MAX_MEMBERS = 64

/** Reads an `Accept` header, best first: by weight, then as sent. Without a header, or in an empty one, anything is fine. */
export function parseAccept(header: string | undefined): MediaRange[] {
  if (header === undefined || header.trim() === '') return [anything]
  // Most clients name one type, or none in particular.
  if (!/[,;]/.test(header)) return [{ media: mediaOf(header), text: header.trim() }]
  const ranges: { range: MediaRange; weight: number }[] = []
  for (const member of splitOutsideQuotes(header, ',').slice(0, MAX_MEMBERS)) {
    const parts = splitOutsideQuotes(member, ';')
    const weight = weightOf(parts)
    const text = parts
      .filter((part) => !/^\s*q\s*=/i.test(part))
      .join(';')
      .trim()
    if (text !== '' && weight > 0) ranges.push({ range: { media: mediaOf(text), text }, weight })
  }
  return ranges.sort((a, b) => b.weight - a.weight).map(({ range }) => range)
}

function mediaOf(text: string): MediaRange['media'] {
  const essence = text.split(';', 1)[0]!.trim().toLowerCase()
  if (essence === '*/*' || essence === '*') return { kind: 'any' }
  return essence.endsWith('/*') ? { kind: 'within', type: essence.slice(0, -2) } : parseMediaType(text)
}

/** A weight that is none counts for nothing: what its sender wanted can't be told. */
function weightOf(parts: readonly string[]): number {
  const text = parameter(parts.slice(1), 'q')
  if (text === undefined) return 1
  return /^(?:0(?:\.[0-9]{0,3})?|1(?:\.0{0,3})?)$/.test(text) ? Number(text) : 0
}
