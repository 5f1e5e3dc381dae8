import type { Lit } from '../schema/types.ts'
import type { HeaderFields, Reply } from './types.ts'

/** What `reply` makes; recognised by class, since a row of a table may have `status` and `value` too. */
export class ReplyValue<S extends number, V> implements Reply<S, V> {
  declare readonly '~reply': true
  readonly status: S
  readonly value: V
  readonly headers: HeaderFields | undefined

  constructor(status: S, value: V, headers: HeaderFields | undefined) {
    this.status = status
    this.value = value
    this.headers = headers
  }
}

/**
 * A value with a status and headers. Where the contract declares replies, use the `reply` of the handler's context: it
 * reports a wrong status or shape where it is written.
 */
export function reply<const S extends number, V extends Lit>(status: S, value: V, headers?: HeaderFields): Reply<S, V> {
  return new ReplyValue(status, value, headers)
}
