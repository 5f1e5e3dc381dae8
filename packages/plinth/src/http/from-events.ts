import type { Incoming } from '../contract.ts'
import { Answer } from './answer.ts'
import { eventFormat } from './event-format.ts'
import type { SourceLife } from './frame-stream.ts'
import { ndjsonStream } from './ndjson.ts'
import { sseStream } from './sse.ts'

/**
 * An async iterable as server-sent events, or as NDJSON for a client that prefers that. `no-transform` and `x-accel-buffering` keep
 * proxies from holding events back to compress or buffer them.
 */
export function fromEvents(
  events: AsyncIterable<unknown>,
  incoming: Incoming,
  routeHeaders: readonly string[],
  failed: (error: unknown) => void,
  encode?: (value: unknown) => string,
  life?: SourceLife,
): Answer {
  const lines = eventFormat(incoming.header('accept')) === 'ndjson'
  const options = { onError: failed, ...(encode && { encode }), ...(life && { life }) }
  const stream = lines ? ndjsonStream(events, options) : sseStream(events, options)
  return new Answer(200, routeHeaders, stream)
    .set('content-type', lines ? 'application/x-ndjson' : 'text/event-stream; charset=utf-8')
    .set('x-content-type-options', 'nosniff')
    .set('cache-control', 'no-cache, no-transform')
    .set('x-accel-buffering', 'no')
    .merge('vary', 'accept')
}
