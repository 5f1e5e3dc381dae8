import type { Incoming } from '../contract.ts'
import { Answer } from './answer.ts'
import { eventFormat } from './event-format.ts'
import { ndjsonStream } from './ndjson.ts'
import { sseStream } from './sse.ts'

// Proxies hold back what they compress or buffer: `no-transform` (RFC 9111 §5.2.2.6) and nginx's own header ask them not to.
const common = ['cache-control', 'no-cache, no-transform', 'x-accel-buffering', 'no', 'x-content-type-options', 'nosniff', 'vary', 'accept']

/** An async iterable as server-sent events, or as NDJSON for who asks for that. An error ends the stream and the connection. */
export function fromEvents(
  events: AsyncIterable<unknown>,
  incoming: Incoming,
  headers: readonly string[],
  onError: (error: unknown) => void,
): Answer {
  const ndjson = eventFormat(incoming.header('accept')) === 'ndjson'
  const type = ndjson ? 'application/x-ndjson; charset=utf-8' : 'text/event-stream; charset=utf-8'
  const body = ndjson ? ndjsonStream(events, { onError }) : sseStream(events, { onError })
  return new Answer(200, ['content-type', type, ...common, ...headers], body)
}
