import { MASK, maskUrls } from '../internal/secret-names.ts'

const masked = new WeakMap<object, object>()

/**
 * A configuration as it is read: plain frozen members. Printed in whatever way, it shows its secrets masked; only who
 * reads a member by name has the value.
 */
class ConfigValues {
  toJSON(): object {
    return masked.get(this) ?? {}
  }
  toString(): string {
    return JSON.stringify(this)
  }
  /** `console.log` and `util.inspect`, on Node, Bun and Deno alike. */
  [Symbol.for('nodejs.util.inspect.custom')](): object {
    return this.toJSON()
  }
  [Symbol.for('Deno.customInspect')](inspect: (value: unknown) => string): string {
    return inspect(this.toJSON())
  }
}

type Members = { [name: string]: unknown }

/** Members of these names would take the place of what masks. */
export const unusable: ReadonlySet<string> = new Set(['toJSON', 'toString', 'constructor', '__proto__'])

/** `isSecret` judges by key: `smtp.password`. */
export function configValues(value: object, isSecret: (key: string) => boolean, at = ''): object {
  const view = new ConfigValues() as unknown as Members
  const shown: Members = {}
  for (const [name, inside] of Object.entries(value)) {
    const key = at === '' ? name : `${at}.${name}`
    const nested = isPlain(inside) ? configValues(inside, isSecret, key) : Array.isArray(inside) ? Object.freeze(inside) : inside
    view[name] = nested
    shown[name] = isSecret(key) && inside !== undefined ? MASK : isPlain(inside) ? masked.get(nested as object) : show(nested)
  }
  masked.set(view, shown)
  return Object.freeze(view)
}

function isPlain(value: unknown): value is object {
  return typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype
}

function show(value: unknown): unknown {
  if (typeof value === 'string') return maskUrls(value)
  if (typeof value === 'bigint') return String(value)
  return Array.isArray(value) ? value.map(show) : value
}

/** One value in one line, for a table. */
export function valueText(value: unknown, secret: boolean): string | undefined {
  if (value === undefined) return undefined
  if (secret) return MASK
  const text = typeof value === 'string' ? maskUrls(value) : (JSON.stringify(show(value)) ?? String(value))
  return text.length > 200 ? `${text.slice(0, 200)}…` : text
}
