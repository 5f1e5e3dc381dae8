import { type Context, reply, type Reply } from 'plinth'
import { PostgrestError } from '../grammar/postgrest-error.ts'
import type { DataAnswer } from '../respond/answer.ts'
import type { DataRequestParts } from '../respond/exchange.ts'

/** What a handler of rows reads of a request. */
export type DataContext = Context & { readonly body?: unknown; readonly params?: unknown }

const utf8 = new TextDecoder('utf-8', { fatal: true })

/** A request as the grammar takes it; an error where its body is no text. */
export function partsOf(ctx: DataContext, name: string): DataRequestParts | PostgrestError {
  let body: string | undefined
  if (ctx.body instanceof Uint8Array) {
    try {
      body = utf8.decode(ctx.body)
    } catch {
      return new PostgrestError('PGRST102', 'The body is not valid UTF-8')
    }
  }
  return {
    method: ctx.method,
    path: `/${encodeURIComponent(name)}`,
    query: ctx.search,
    headers: { get: (name) => ctx.header(name) },
    body,
  }
}

/** Paths in headers are those of the whole application; the length is the transport's to say, who may compress. */
export function answerOf({ status, headers, body }: DataAnswer, ctx: Context): Reply<number, unknown> {
  const fields: { [name: string]: string } = {}
  for (const [name, value] of headers) {
    const lower = name.toLowerCase()
    if (lower === 'content-length') continue
    const isPath = lower === 'location' || lower === 'content-location'
    fields[lower] = isPath ? `${ctx.path.slice(0, ctx.path.lastIndexOf('/'))}${value}` : value
  }
  return reply(status, body === '' ? null : body, fields)
}
