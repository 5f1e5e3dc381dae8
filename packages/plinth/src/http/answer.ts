import type { Outgoing, OutgoingBody } from '../contract.ts'
import { checkHeader } from './header-value.ts'

/**
 * An answer on its way out. Headers are a flat list, as transports write them; the list that it was made with may be shared
 * by every answer of a route and is copied before the first change.
 */
export class Answer implements Outgoing {
  status: number
  body: OutgoingBody
  #headers: readonly string[]
  #own = false

  /** `headers` must be checked already (lower-case names, legal values) and is not changed. */
  constructor(status: number, headers: readonly string[], body: OutgoingBody) {
    this.status = status
    this.#headers = headers
    this.body = body
  }

  /** True while the headers are the list that it was made with: most answers of a route then have one and the same. */
  get isShared(): boolean {
    return !this.#own
  }

  get headers(): readonly string[] {
    return this.#headers
  }

  /** The first value of a header, by lower-case name. */
  header(name: string): string | undefined {
    const list = this.#headers
    for (let i = 0; i < list.length; i += 2) if (list[i] === name) return list[i + 1]
    return undefined
  }

  /**
   * Replaces every line of a header; `Vary` is widened instead. A handler that names what its answer depends on must not drop
   * what a wrap or guard said before it: a shared cache would hand one origin's answer to another. `remove` drops it all the same.
   * @throws {TypeError} when the name is no token or the value has CR, LF, NUL or a code above U+00FF.
   */
  set(name: string, value: string): this {
    const lower = name.toLowerCase()
    checkHeader(lower, value)
    if (lower === 'vary' && this.header(lower) !== undefined) return this.#widen(lower, value)
    const list = this.#ownList()
    let found = false
    for (let i = 0; i < list.length; i += 2) {
      if (list[i] !== lower) continue
      if (found) {
        list.splice(i, 2)
        i -= 2
      } else {
        list[i + 1] = value
        found = true
      }
    }
    if (!found) list.push(lower, value)
    return this
  }

  /** Adds a line. Throws as {@link Answer.set} does. */
  append(name: string, value: string): this {
    const lower = name.toLowerCase()
    checkHeader(lower, value)
    if (lower === 'vary' && this.header(lower) !== undefined) return this.#widen(lower, value)
    this.#ownList().push(lower, value)
    return this
  }

  remove(name: string): this {
    const lower = name.toLowerCase()
    if (this.header(lower) === undefined) return this
    const list = this.#ownList()
    for (let i = list.length - 2; i >= 0; i -= 2) if (list[i] === lower) list.splice(i, 2)
    return this
  }

  /** Adds each item of `value` to a list header such as `Vary`, unless it is there or the list is `*`. */
  merge(name: string, value: string): this {
    return this.header(name.toLowerCase()) === undefined ? this.set(name, value) : this.#widen(name.toLowerCase(), value)
  }

  #widen(lower: string, value: string): this {
    checkHeader(lower, value)
    const list = this.#headers
    let present = ''
    for (let i = 0; i < list.length; i += 2) if (list[i] === lower) present += present === '' ? list[i + 1] : `, ${list[i + 1]}`
    const items = new Set(present.split(',').map((item) => item.trim().toLowerCase()))
    let joined = present
    for (const item of value.split(',')) {
      const trimmed = item.trim()
      if (trimmed === '' || items.has('*') || items.has(trimmed.toLowerCase())) continue
      items.add(trimmed.toLowerCase())
      joined = trimmed === '*' ? '*' : `${joined}, ${trimmed}`
    }
    if (joined === present) return this
    return this.remove(lower).#add(lower, joined)
  }

  #add(lower: string, value: string): this {
    this.#ownList().push(lower, value)
    return this
  }

  #ownList(): string[] {
    if (!this.#own) {
      this.#headers = this.#headers.slice()
      this.#own = true
    }
    return this.#headers as string[]
  }
}
