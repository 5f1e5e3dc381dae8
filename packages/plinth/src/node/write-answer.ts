import type { ServerResponse } from 'node:http'
import type { Outgoing } from '../contract.ts'
import { fieldOf } from './field-of.ts'
import type { NodeIncoming } from './node-incoming.ts'
import { isEvents, type OpenEvents, ServerClosing } from './open-events.ts'
import { isStream } from '../internal/is-stream.ts'

/** What a handler left unread of a body is drained up to here, so that the connection can be kept. */
const DRAIN_LIMIT = 65_536

/** Writes an answer to a response of `node:http`: head and body in one write where the body is at hand. */
export function writeAnswer(
  outgoing: Outgoing,
  incoming: NodeIncoming,
  response: ServerResponse,
  closing: boolean,
  events?: OpenEvents,
): void {
  if (response.destroyed || response.headersSent) {
    if (isStream(outgoing.body)) void outgoing.body.cancel().catch(() => {})
    incoming.sent?.(false)
    return
  }
  const { status, body } = outgoing
  const headers = outgoing.headers.slice()
  // RFC 9110 §7.8: an `Upgrade` is about this connection alone, and has to say so. In place of that the platform would not say `close`.
  const upgradable = status === 426
  if (closing || incoming.unread > DRAIN_LIMIT || (upgradable && !response.shouldKeepAlive)) headers.push('connection', 'close')
  if (upgradable) headers.push('connection', 'upgrade')
  if (incoming.sent) watch(response, incoming.sent)
  if (body === null) {
    if (status >= 200 && status !== 204 && status !== 304 && incoming.method !== 'HEAD') {
      dropLength(headers)
      headers.push('content-length', '0')
    }
    response.writeHead(status, headers).end()
  } else if (typeof body === 'string') {
    dropLength(headers)
    const length = Buffer.byteLength(body)
    headers.push('content-length', String(length))
    response.writeHead(status, headers)
    // `node:http` writes a string together with the head, in the body's encoding. For ASCII that is the head's own, and written faster.
    if (length === body.length) response.end(body, 'latin1')
    // A field outside ASCII would leave as UTF-8.
    else response.end(outsideAscii(headers) ? Buffer.from(body) : body)
  } else if (body instanceof Uint8Array) {
    dropLength(headers)
    headers.push('content-length', String(body.byteLength))
    response.writeHead(status, headers).end(body)
  } else {
    // A stream that is longer or shorter than announced must break the connection: its rest would be read as the next answer.
    if (fieldOf(headers, 'content-length') !== undefined) response.strictContentLength = true
    response.writeHead(status, headers)
    // The head must not wait for the first chunk: an event stream may be silent for long.
    response.flushHeaders()
    void pump(
      body,
      response,
      events !== undefined && isEvents(headers) ? (stop) => watchClosing(events, incoming, response, stop) : undefined,
    )
  }
}

/** The handler hears of it first, through its signal; the client gets a proper end and connects again elsewhere. */
function watchClosing(events: OpenEvents, incoming: NodeIncoming, response: ServerResponse, stop: () => void): void {
  const end = (): void => {
    incoming.abort(new ServerClosing())
    stop()
    response.end()
  }
  events.add(end)
  response.once('close', () => events.delete(end))
}

/** The body at hand knows its length; a second one beside it is how answers get smuggled (RFC 9112 §6.3). */
function dropLength(headers: string[]): void {
  for (let i = headers.length - 2; i >= 0; i -= 2) if (headers[i] === 'content-length') headers.splice(i, 2)
}

function outsideAscii(headers: readonly string[]): boolean {
  for (let i = 1; i < headers.length; i += 2) if (/[^\0-\x7f]/.test(headers[i] as string)) return true
  return false
}

function watch(response: ServerResponse, sent: (delivered: boolean) => void): void {
  response.once('close', () => sent(response.writableFinished))
}

/** Copies a stream with backpressure. A stream that errors after the head was sent destroys the connection: the client must not take it for whole. */
async function pump(
  body: ReadableStream<Uint8Array>,
  response: ServerResponse,
  stoppable: ((stop: () => void) => void) | undefined,
): Promise<void> {
  let reader: ReadableStreamDefaultReader<Uint8Array>
  try {
    reader = body.getReader()
  } catch {
    // Somebody began to read it between the handler's answer and now.
    response.destroy()
    return
  }
  let resume: (() => void) | undefined
  const onDrain = (): void => resume?.()
  const onClose = (): void => {
    resume?.()
    if (!response.writableFinished) void reader.cancel(new Error('the client went away')).catch(() => {})
  }
  response.on('drain', onDrain).once('close', onClose)
  let stopped = false
  stoppable?.(() => {
    stopped = true
    resume?.()
    void reader.cancel(new ServerClosing()).catch(() => {})
  })
  try {
    for (;;) {
      const { done, value } = await reader.read()
      if (done) break
      if (response.destroyed || stopped) return
      if (!response.write(value)) await new Promise<void>((done) => (resume = done))
      resume = undefined
    }
    if (!stopped) response.end()
  } catch (error) {
    if (!stopped) response.destroy()
    // What can't be written ends the source too, which has not failed itself.
    reader.cancel(error).catch(() => {})
  } finally {
    response.off('drain', onDrain)
  }
}
