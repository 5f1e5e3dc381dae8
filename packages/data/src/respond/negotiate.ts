import { PostgrestError } from '../grammar/postgrest-error.ts'
import { type MediaRange, type MediaType, mediaTypeName } from '../grammar/media-type.ts'
import type { Format } from '../plan/body.ts'

/** The form of an answer and its Content-Type. */
export interface Representation {
  readonly format: Format
  readonly contentType: string
  /** Exactly one row, or it is an error. */
  readonly singular: boolean
}

/** The first form of those wanted that there is. Throws PGRST107 when there is none. */
export function negotiate(accept: readonly MediaRange[]): Representation {
  for (const { media } of accept) {
    const found = representationOf(media)
    if (found !== undefined) return found
  }
  const wanted = accept.map((it) => it.text).join(', ')
  throw new PostgrestError('PGRST107', `None of these media types are available: ${wanted}`)
}

const json: MediaType = { kind: 'json' }

function representationOf(media: MediaRange['media']): Representation | undefined {
  switch (media.kind) {
    case 'any':
    case 'json':
      return of(json, { kind: 'json', nullsStripped: false })
    case 'within':
      if (media.type === 'application') return of(json, { kind: 'json', nullsStripped: false })
      return media.type === 'text' ? of({ kind: 'csv' }, { kind: 'csv' }) : undefined
    case 'csv':
      return of(media, { kind: 'csv' })
    case 'array':
      return of(media, { kind: 'json', nullsStripped: true })
    case 'object':
      return of(media, { kind: 'object', nullsStripped: media.nullsStripped })
    default:
      return undefined
  }
}

function of(media: MediaType, format: Format): Representation {
  return { format, contentType: `${mediaTypeName(media)}; charset=utf-8`, singular: format.kind === 'object' }
}

/** PGRST116: one row was wanted. */
export function notSingular(rows: number): PostgrestError {
  return new PostgrestError('PGRST116', 'Cannot coerce the result to a single JSON object', `The result contains ${rows} rows`)
}
