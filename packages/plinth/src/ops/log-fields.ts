import { isSecretName, MASK, maskUrls, plainName } from '../internal/secret-names.ts'

/** How much of a record is written; the rest is cut with a mark. */
export interface FieldLimits {
  /** Levels of objects and arrays below the record. Default 6. */
  readonly depth: number
  /** Characters of one text. Default 8,192. */
  readonly text: number
  /** Members of one object, items of one array. Default 100. */
  readonly members: number
  /** Characters of a whole record, roughly. Default 65,536. */
  readonly total: number
}

export const fieldLimits: FieldLimits = { depth: 6, text: 8_192, members: 100, total: 65_536 }

/** Whose values are masked wherever they stand in a record, by name. */
export interface MaskNames {
  /** Names to mask besides the usual ones; case, `-` and `_` make no difference. */
  readonly mask?: readonly string[]
  /** Names not to mask although they look like secrets: `nextPageToken`. */
  readonly reveal?: readonly string[]
}

export type Fields = { [name: string]: unknown }

/** The logger's own members of a record. A field of the same name would stand twice in the line, and readers take the later one. */
const reserved: ReadonlySet<string> = new Set(['level', 'time', 'message'])

/**
 * Turns whatever code hands to a logger into plain data for one line: secrets masked by name at any depth, errors spelt
 * out, sizes bounded. A logger that throws, or that a hostile value keeps busy, would be worse than a line that is cut.
 */
export class FieldCleaner {
  readonly #limits: FieldLimits
  readonly #masked: ReadonlySet<string>
  readonly #revealed: ReadonlySet<string>
  /** By name as written: most names come again and again. Bounded, since names may come from clients. */
  readonly #known = new Map<string, boolean>()

  constructor(limits: Partial<FieldLimits> = {}, names: MaskNames = {}) {
    this.#limits = { ...fieldLimits, ...limits }
    this.#masked = new Set(names.mask?.map(plainName))
    this.#revealed = new Set(names.reveal?.map(plainName))
  }

  /** The members of `fields`, ready to be written after level and time. */
  clean(fields: { readonly [name: string]: unknown }): Fields {
    const run = new Run(this.#limits, (name) => this.secret(name))
    const clean = run.members(fields, 0)
    for (const name of reserved) {
      if (!Object.hasOwn(clean, name)) continue
      clean[`_${name}`] = clean[name]
      delete clean[name]
    }
    return clean
  }

  text(message: string): string {
    return cut(maskUrls(message), this.#limits.text)
  }

  secret(name: string): boolean {
    let known = this.#known.get(name)
    if (known === undefined) {
      const plain = plainName(name)
      known = !this.#revealed.has(plain) && (this.#masked.has(plain) || isSecretName(name))
      if (this.#known.size < 2_000) this.#known.set(name, known)
    }
    return known
  }
}

function cut(text: string, limit: number): string {
  return text.length <= limit ? text : `${text.slice(0, limit)}… (${text.length - limit} more)`
}

/** One record: its budget, and what it stands inside of. */
class Run {
  readonly #limits: FieldLimits
  readonly #secret: (name: string) => boolean
  readonly #inside: object[] = []
  #left: number

  constructor(limits: FieldLimits, secret: (name: string) => boolean) {
    this.#limits = limits
    this.#secret = secret
    this.#left = limits.total
  }

  members(value: object, depth: number): Fields {
    const out: Fields = {}
    let count = 0
    for (const name of Object.keys(value)) {
      if (++count > this.#limits.members || this.#left <= 0) {
        out['…'] = `${Object.keys(value).length - count + 1} more`
        break
      }
      // As an own member it would be harmless in the line, but an assignment sets the prototype of ours instead.
      if (name === '__proto__') continue
      this.#add(out, name, value, depth)
    }
    return out
  }

  #add(out: Fields, name: string, from: object, depth: number): void {
    const key = cut(name, 200)
    this.#left -= key.length + 4
    let value: unknown
    try {
      value = (from as Fields)[name]
    } catch {
      out[key] = '[unreadable]'
      return
    }
    // `hasPassword: true` and a password that is not there say nothing.
    if (value !== undefined && value !== null && typeof value !== 'boolean' && this.#secret(name)) out[key] = MASK
    else out[key] = this.value(value, depth)
  }

  value(value: unknown, depth: number): unknown {
    switch (typeof value) {
      case 'string':
        return this.#text(value)
      case 'number':
        this.#left -= 8
        return Number.isFinite(value) ? value : String(value)
      case 'boolean':
      case 'undefined':
        return value
      case 'bigint':
        return this.#text(String(value))
      case 'function':
        return `[function ${cut(value.name, 100)}]`
      case 'symbol':
        return this.#text(String(value))
    }
    return value === null ? null : this.#object(value as object, depth)
  }

  #text(value: string): string {
    const clean = cut(maskUrls(cut(value, this.#limits.text * 2)), Math.max(0, Math.min(this.#limits.text, this.#left)))
    this.#left -= clean.length + 2
    return clean
  }

  #object(value: object, depth: number): unknown {
    if (this.#inside.includes(value)) return '[circular]'
    if (this.#left <= 0 || depth >= this.#limits.depth) return Array.isArray(value) ? `[${value.length} items]` : '[object]'
    this.#inside.push(value)
    try {
      return this.#shape(value, depth + 1)
    } catch {
      // A proxy or a toJSON that throws must not take the line, or the request, with it.
      return '[unreadable]'
    } finally {
      this.#inside.pop()
    }
  }

  #shape(value: object, depth: number): unknown {
    if (Array.isArray(value)) return this.#items(value, value.length, depth)
    if (value instanceof Error) return this.#error(value, depth)
    if (ArrayBuffer.isView(value)) return `[${value.byteLength} bytes]`
    if (value instanceof Map) return this.#entries(value, depth)
    if (value instanceof Set) return this.#items(value, value.size, depth)
    const { toJSON } = value as { toJSON?: unknown }
    if (typeof toJSON === 'function') return this.value(toJSON.call(value), depth)
    return this.members(value, depth)
  }

  #items(values: Iterable<unknown>, size: number, depth: number): unknown[] {
    const out: unknown[] = []
    for (const item of values) {
      if (out.length >= this.#limits.members || this.#left <= 0) {
        out.push(`… (${size - out.length} more)`)
        break
      }
      out.push(this.value(item, depth))
    }
    return out
  }

  #entries(map: ReadonlyMap<unknown, unknown>, depth: number): Fields {
    const out: Fields = {}
    let count = 0
    for (const [key, value] of map) {
      if (++count > this.#limits.members) break
      const name = typeof key === 'object' || typeof key === 'function' ? `[${typeof key}]` : String(key)
      if (name !== '__proto__') this.#add(out, name, { [name]: value }, depth)
    }
    return out
  }

  #error(error: Error, depth: number): Fields {
    const told = withoutValues(error)
    const out: Fields = { type: cut(error.constructor?.name || error.name, 100), message: this.#text(told.message) }
    if (typeof error.stack === 'string') out['stack'] = this.#text(told.stack)
    const cause: unknown = error.cause
    if (cause !== undefined) out['cause'] = this.value(cause, depth)
    if (error instanceof AggregateError) out['errors'] = this.value(error.errors, depth)
    // `code`, `status` and what a driver adds; the rest of the shape is ours.
    for (const [name, value] of Object.entries(this.members(error, depth)))
      if (!Object.hasOwn(out, name) && name !== 'name' && !told.unsaid.has(name)) out[name] = value
    return out
  }
}

const nothing: ReadonlySet<string> = new Set()
const parameters: ReadonlySet<string> = new Set(['params'])
/** `Key (token)=(…) already exists.`, `Failing row contains (…).` */
const rowValues: ReadonlySet<string> = new Set(['detail', 'where', 'parameters'])

/**
 * Errors of databases repeat the values of a statement, passwords and tokens among them, and no name stands beside those by which they
 * could be masked: Drizzle in its message and as `params`, PostgreSQL in `detail`.
 */
function withoutValues(error: Error): { readonly message: string; readonly stack: string; readonly unsaid: ReadonlySet<string> } {
  const message = String(error.message)
  const stack = String(error.stack)
  const { query, params, severity, routine } = error as unknown as Fields
  if (typeof query === 'string' && Array.isArray(params)) {
    const at = message.indexOf('\nparams: ')
    if (at === -1) return { message, stack, unsaid: parameters }
    const short = message.slice(0, at)
    return { message: short, stack: stack.replace(message, () => short), unsaid: parameters }
  }
  return { message, stack, unsaid: typeof severity === 'string' && typeof routine === 'string' ? rowValues : nothing }
}
