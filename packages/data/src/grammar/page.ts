import { PostgrestError } from './postgrest-error.ts'
import type { Page } from './request.ts'

/** Everything. */
export const wholePage: Page = { offset: 0, limit: undefined }

/** PGRST103: the rows that were asked for can't be. */
export function unsatisfiable(details: string): PostgrestError {
  return new PostgrestError('PGRST103', 'Requested range not satisfiable', details)
}

/** The value of `limit` or `offset`. What is no integer says nothing. Throws PGRST103 for what is below zero. */
export function parseCount(value: string, name: 'limit' | 'offset'): number | undefined {
  const text = value.trim()
  if (!/^-?[0-9]+$/.test(text)) return undefined
  const count = Number(text)
  if (count < 0) throw unsatisfiable(`${name === 'limit' ? 'Limit' : 'Offset'} should be greater than or equal to zero.`)
  // No table has as many rows, so the nearest number that is exact (and not -0) means the same.
  return Math.min(Math.abs(count), Number.MAX_SAFE_INTEGER)
}

/** A `Range` header, `0-9` or `10-`. Anything else is ignored. Throws PGRST103 when it ends before it begins. */
export function parseRange(header: string | undefined): Page | undefined {
  const match = header === undefined ? null : /^([0-9]+)-([0-9]*)$/.exec(header.trim())
  if (match === null) return undefined
  const lower = Math.min(Number(match[1]), Number.MAX_SAFE_INTEGER)
  if (match[2] === '') return { offset: lower, limit: undefined }
  const upper = Math.min(Number(match[2]), Number.MAX_SAFE_INTEGER)
  if (upper < lower) {
    throw unsatisfiable('The lower boundary must be lower than or equal to the upper boundary in the Range header.')
  }
  return { offset: lower, limit: Math.min(upper - lower + 1, Number.MAX_SAFE_INTEGER) }
}

/** The rows in both. Throws PGRST103 when there are none, unless one of the two asks for none. */
export function intersectPages(a: Page, b: Page): Page {
  const offset = Math.max(a.offset, b.offset)
  const end = Math.min(endOf(a), endOf(b))
  if (end === Infinity) return { offset, limit: undefined }
  if (end <= offset && a.limit !== 0 && b.limit !== 0) {
    throw unsatisfiable('The Range header has no rows in common with limit and offset.')
  }
  return { offset, limit: Math.max(0, end - offset) }
}

function endOf(page: Page): number {
  return page.limit === undefined ? Infinity : page.offset + page.limit
}
