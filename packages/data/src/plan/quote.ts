import { PostgrestError } from '../grammar/postgrest-error.ts'

const encoder = new TextEncoder()
const MAX_BYTES = 63

/** A name as an identifier of SQL, whatever it consists of. */
export function quote(name: string): string {
  return `"${name.replaceAll('"', '""')}"`
}

/**
 * A name for a result, chosen by the client. PostgreSQL would cut a longer one off without a word, and two of them might then
 * be the same.
 */
export function quoteAlias(name: string): string {
  if (name.length * 3 > MAX_BYTES && encoder.encode(name).length > MAX_BYTES) {
    throw new PostgrestError('PGRST100', `"the name '${name.slice(0, 80)}' is too long"`, `a name can have ${MAX_BYTES} bytes at most`)
  }
  return quote(name)
}
