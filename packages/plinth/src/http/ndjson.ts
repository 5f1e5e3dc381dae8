import { frameStream, jsonText } from './frame-stream.ts'
import { SseEvent, type EventStreamOptions } from './sse.ts'

/**
 * `application/x-ndjson` from an async iterable: each item in JSON on a line of its own. Of an `sse(…)` item the `data` is
 * sent. Heartbeats are empty lines, which the format lets readers skip; a reader that can't needs `heartbeat: 0`.
 */
export function ndjsonStream(items: AsyncIterable<unknown>, options: EventStreamOptions = {}): ReadableStream<Uint8Array> {
  const { encode = jsonText } = options
  return frameStream(items, (item) => line(item, encode), '\n', options)
}

function line(item: unknown, encode: (value: unknown) => string): string {
  const text = encode(item instanceof SseEvent ? (item.fields.data ?? null) : item)
  // An encoder of the application's own may indent.
  if (/[\r\n]/.test(text)) throw new TypeError('ndjson: an item must be encoded as one line.')
  return `${text}\n`
}
