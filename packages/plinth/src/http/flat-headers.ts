import { checkHeader } from './header-value.ts'
import type { HeaderFields } from './types.ts'

/**
 * Header fields as transports take them: name, value, name, value, …, names in lower case.
 * @throws {TypeError} when a name is no token or a value has CR, LF, NUL or a code above U+00FF.
 */
export function flatHeaders(fields: HeaderFields): string[] {
  const flat: string[] = []
  for (const [name, value] of Object.entries(fields)) {
    const lower = name.toLowerCase()
    for (const one of typeof value === 'string' ? [value] : value) {
      checkHeader(lower, one)
      flat.push(lower, one)
    }
  }
  return flat
}
