// TypeScript says all of this earlier; these are for plain JavaScript, and for settings that came from elsewhere.

/** @throws {TypeError} `cors: options must be an object, not null`. */
export function requireObject(what: string, value: unknown): asserts value is object {
  if (typeof value !== 'object' || value === null) wrong(what, 'an object', value)
}

/** @throws {TypeError} naming what is wrong. */
export function requireText(what: string, value: unknown): asserts value is string {
  if (typeof value !== 'string') wrong(what, 'a string', value)
}

/** @throws {TypeError} naming what is wrong. */
export function requireFunction(what: string, value: unknown): void {
  if (typeof value !== 'function') wrong(what, 'a function', value)
}

/** `undefined` passes: a setting that was left out. @throws {TypeError} naming what is wrong. */
export function requireList(what: string, value: unknown): void {
  if (value !== undefined && !Array.isArray(value)) wrong(what, 'an array', value)
}

function wrong(what: string, right: string, value: unknown): never {
  throw new TypeError(`${what} must be ${right}, not ${shown(value)}`)
}

/** Never the value itself: a secret may have been passed in the wrong place. */
function shown(value: unknown): string {
  if (value === null || value === undefined) return String(value)
  if (Array.isArray(value)) return 'an array'
  return typeof value === 'object' ? 'an object' : `a ${typeof value}`
}
