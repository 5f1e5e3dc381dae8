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
   * Replaces every line of a header.
   * @throws {TypeError} when the name is no token or the value has CR, LF, NUL or a code above U+00FF.
   */
  set(name: string, value: string): this {
    const lower = name.toLowerCase()
    checkHeader(lower, value)
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

  /** Adds `value` to a list header such as `Vary`, unless it is there or the list is `*`. */
  merge(name: string, value: string): this {
    const present = this.header(name)
    if (present === undefined) return this.set(name, value)
    const items = present.split(',').map((item) => item.trim().toLowerCase())
    return items.includes('*') || items.includes(value.toLowerCase()) ? this : this.set(name, `${present}, ${value}`)
  }

  #ownList(): string[] {
    if (!this.#own) {
      this.#headers = this.#headers.slice()
      this.#own = true
    }
    return this.#headers as string[]
  }
}
