import type { AsyncResource } from 'node:async_hooks'
import type { Dispatch } from '../../contract.ts'
import type { AllowedHosts } from '../allowed-hosts.ts'
import type { OpenEvents } from '../open-events.ts'
import type { Http1Limits } from './limits.ts'
import type { RefusalCode } from './refusal.ts'

/** What the connections of one server have in common. */
export interface Shared {
  readonly dispatch: Dispatch
  readonly limits: Http1Limits
  /** Undefined takes any. */
  readonly hosts: AllowedHosts | undefined
  readonly events: OpenEvents
  /** The asynchronous context of no request. */
  readonly outside: AsyncResource
  /** Hears of each request that the parser refused. */
  readonly refused: ((code: RefusalCode, reason: string) => void) | undefined
  /** True once the server drains: answers end their connections. */
  closing: boolean
  /** Milliseconds of a monotonic clock, renewed by the server's one timer: asking it for each request would cost more than parsing. */
  now: number
  /** The `Date` field with its CRLF, renewed likewise. */
  date: string
}
