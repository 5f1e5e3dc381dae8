import { acceptable } from './negotiate.ts'

/** The two forms in which an async iterable leaves. */
export type EventFormat = 'sse' | 'ndjson'

const formats: Readonly<Record<string, EventFormat>> = {
  'text/event-stream': 'sse',
  'application/x-ndjson': 'ndjson',
  'application/ndjson': 'ndjson',
  'application/jsonl': 'ndjson',
}
const offers = Object.keys(formats)

/** How to send an async iterable to a client with this `Accept`: server-sent events, unless it prefers NDJSON. */
export function eventFormat(accept: string | undefined): EventFormat {
  return formats[acceptable(accept, offers) ?? 'text/event-stream'] ?? 'sse'
}
