import { frameStream, jsonText, type FrameStreamOptions } from './frame-stream.ts'
import { requireObject } from '../internal/arguments.ts'

/** The fields of a server-sent event (HTML §9.2). */
export interface SseFields<T = unknown> {
  /** A string is sent as it is, its lines as several `data` lines; anything else as JSON. Without it a browser fires nothing. */
  readonly data?: T
  /** The event's name; `message` where it is left out. One line. */
  readonly event?: string
  /** What a browser sends back as `Last-Event-ID` when it connects again. One line, no NUL. */
  readonly id?: string
  /** Milliseconds to wait before connecting again. */
  readonly retry?: number
}

/** An event with fields of its own, as `sse` makes it. */
export class SseEvent<out T = unknown> {
  declare readonly '~sse': true
  readonly fields: SseFields<T>

  constructor(fields: SseFields<T>) {
    this.fields = fields
  }
}

/**
 * An event with a name, an id or a retry time; yield it where a plain value would be sent as `data` alone.
 * Throws `TypeError` when `event` or `id` has a line break, which would let input write fields and events of its own.
 */
export function sse<T = never>(fields: SseFields<T>): SseEvent<T> {
  requireObject('sse: fields', fields)
  const { event, id, retry } = fields
  if (event !== undefined && /[\r\n]/.test(event)) throw new TypeError('sse: `event` must be one line.')
  if (id !== undefined && /[\r\n\0]/.test(id)) throw new TypeError('sse: `id` must be one line without NUL.')
  if (retry !== undefined && !(Number.isSafeInteger(retry) && retry >= 0)) {
    throw new TypeError('sse: `retry` must be a whole number of milliseconds.')
  }
  return new SseEvent(fields)
}

/** Settings of `sseStream` and `ndjsonStream`. */
export interface EventStreamOptions extends FrameStreamOptions {
  /** How a value becomes text. Default JSON. */
  readonly encode?: (value: unknown) => string
}

/** `text/event-stream` from an async iterable: `sse(…)` items with their fields, others as `data` in JSON. Heartbeats are comments. */
export function sseStream(events: AsyncIterable<unknown>, options: EventStreamOptions = {}): ReadableStream<Uint8Array> {
  const { encode = jsonText } = options
  return frameStream(
    events,
    (item) => (item instanceof SseEvent ? frame(item.fields, encode) : `data: ${lines(encode(item))}\n\n`),
    ':\n\n',
    options,
  )
}

function frame({ event, id, retry, data }: SseFields, encode: (value: unknown) => string): string {
  let text = ''
  if (event !== undefined) text += `event: ${event}\n`
  if (id !== undefined) text += `id: ${id}\n`
  if (retry !== undefined) text += `retry: ${retry}\n`
  if (data !== undefined) text += `data: ${lines(typeof data === 'string' ? data : encode(data))}\n`
  return `${text}\n`
}

/** A CR ends a line as well as an LF does (HTML §9.2.5). */
function lines(text: string): string {
  return /[\r\n]/.test(text) ? text.split(/\r\n|\r|\n/).join('\ndata: ') : text
}
