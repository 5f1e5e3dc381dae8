import { PostgrestError } from './postgrest-error.ts'

/** What the `Prefer` headers ask for (RFC 7240), in the order in which `Preference-Applied` lists it. */
export interface Preferences {
  readonly resolution: 'merge-duplicates' | 'ignore-duplicates' | undefined
  readonly missing: 'default' | 'null' | undefined
  readonly return: 'minimal' | 'headers-only' | 'representation' | undefined
  readonly count: 'exact' | 'planned' | 'estimated' | undefined
  readonly tx: 'commit' | 'rollback' | undefined
  readonly handling: 'strict' | 'lenient' | undefined
  /** As it was sent; whether there is such a zone, the database knows. */
  readonly timezone: string | undefined
  /** Rows that a write may touch. Holds only together with `handling=strict`. */
  readonly maxAffected: number | undefined
}

const choices: { readonly [name: string]: readonly string[] } = {
  resolution: ['merge-duplicates', 'ignore-duplicates'],
  missing: ['default', 'null'],
  return: ['minimal', 'headers-only', 'representation'],
  count: ['exact', 'planned', 'estimated'],
  tx: ['commit', 'rollback'],
  handling: ['strict', 'lenient'],
}

const nothing: Preferences = {
  resolution: undefined,
  missing: undefined,
  return: undefined,
  count: undefined,
  tx: undefined,
  handling: undefined,
  timezone: undefined,
  maxAffected: undefined,
}

type Mutable = { -readonly [K in keyof Preferences]: Preferences[K] }

/**
 * Reads the values of all `Prefer` headers, joined by commas. Of each kind the first holds.
 * Throws PGRST122 for what is not known, if `handling=strict` is among them.
 */
export function parsePrefer(header: string | undefined): Preferences {
  if (header === undefined) return nothing
  const found: Mutable = { ...nothing }
  const unknown: string[] = []
  for (const part of header.split(',')) {
    const preference = part.trim()
    if (preference !== '' && !take(found, preference)) unknown.push(preference)
  }
  if (found.handling === 'strict' && unknown.length > 0) {
    throw new PostgrestError('PGRST122', 'Invalid preferences given with handling=strict', `Invalid preferences: ${unknown.join(', ')}`)
  }
  return found
}

/** Whether `preference` is one that we know; if it is the first of its kind, it is kept. */
function take(found: Mutable, preference: string): boolean {
  const equals = preference.indexOf('=')
  if (equals === -1) return false
  const name = preference.slice(0, equals)
  const value = preference.slice(equals + 1)
  if (name === 'timezone') {
    if (value === '') return false
    found.timezone ??= value
    return true
  }
  if (name === 'max-affected') {
    // A limit that can't be read must not pass for one: whoever insists on it by handling=strict hears about it.
    if (!/^[0-9]+$/.test(value)) return false
    found.maxAffected ??= Math.min(Number(value), Number.MAX_SAFE_INTEGER)
    return true
  }
  if (!Object.hasOwn(choices, name) || !choices[name]!.includes(value)) return false
  const values = found as { [name: string]: string | number | undefined }
  values[name] ??= value
  return true
}

/**
 * The value of `Preference-Applied` for the preferences that were followed; undefined when there are none.
 * Which they are, whoever answers says by leaving out the others.
 */
export function preferenceApplied(applied: Partial<Preferences>): string | undefined {
  const parts: string[] = []
  for (const name of ['resolution', 'missing', 'return', 'count', 'tx', 'handling', 'timezone'] as const) {
    const value = applied[name]
    if (value !== undefined) parts.push(`${name}=${value}`)
  }
  if (applied.maxAffected !== undefined && applied.handling === 'strict') parts.push(`max-affected=${applied.maxAffected}`)
  return parts.length === 0 ? undefined : parts.join(', ')
}
