import type { Incoming } from '../contract.ts'
import { Answer } from './answer.ts'

/** An async iterable as server-sent events, or as NDJSON for who asks for that. */
export function fromEvents(_events: AsyncIterable<unknown>, _incoming: Incoming, _headers: readonly string[], _failed: (error: unknown) => void): Answer {
  throw new Error('events are not wired yet')
}
