import { isDeepStrictEqual } from 'node:util'

type Json = unknown
interface JsonObject {
  readonly [key: string]: Json
}

const isObject = (value: Json): value is JsonObject => typeof value === 'object' && value !== null && !Array.isArray(value)

/** PostgreSQL cuts names after 63 bytes without a word; a schema may say them whole. */
export function cut(name: string): string {
  const bytes = Buffer.from(name)
  if (bytes.length <= 63) return name
  let end = 63
  while (((bytes[end] as number) & 0xc0) === 0x80) end--
  return bytes.subarray(0, end).toString()
}

/**
 * `actual` in the words of `said`, wherever it is what `said` comes to: drizzle-kit compares texts, and would take `'{}'` and
 * `'{}'::text[]` for a change. What is different stays as it is.
 *
 * @param actual what the database has, read from its catalogs
 * @param meant what `said` comes to, read from the catalogs in the same way
 * @param said what the schema says
 */
export function align(actual: Json, meant: Json, said: Json): Json {
  if (said !== undefined && isDeepStrictEqual(actual, meant)) return said
  if (!isObject(actual) || !isObject(meant) || !isObject(said)) return actual
  const whole = new Map(Object.keys(said).map((key) => [cut(key), key]))
  const result: { [key: string]: Json } = {}
  for (const [key, value] of Object.entries(actual)) {
    const own = Object.hasOwn(said, key) ? key : whole.get(key)
    if (own === undefined || !Object.hasOwn(meant, key)) result[key] = value
    else result[own] = align(value, meant[key], said[own])
  }
  return result
}
