import type { Writable } from 'node:stream'
import type { Incoming } from '../../contract.ts'
import { isEvents, type OpenEvents, ServerClosing } from '../open-events.ts'

/** How the end of a streamed body is told (RFC 9112 §6.3): by chunks, by a length, or by the end of the connection. */
export type Ending = 'chunked' | 'close' | number

const crlf = Buffer.from('\r\n')
const lastChunk = '0\r\n\r\n'
/** After so many parts in a row others get their turn: a source and a socket that never wait would keep the loop for themselves. */
const FAIR = 64
/** Cheaper copied between its two line ends than written beside them. */
const SMALL = 4_096

/**
 * Copies a stream to a socket, no faster than the socket takes it. Resolves to whether the whole body was handed over; where it was
 * not, it is broken off, by default with the connection: the client must not take it for whole, nor what follows for its rest.
 */
export async function writeStream(
  body: ReadableStream<Uint8Array>,
  ending: Ending,
  headers: readonly string[],
  incoming: Incoming,
  socket: Writable,
  events: OpenEvents,
  breakOff: () => void = () => void socket.destroy(),
): Promise<boolean> {
  let reader: ReadableStreamDefaultReader<Uint8Array>
  try {
    reader = body.getReader()
  } catch {
    // Somebody began to read it between the handler's answer and now.
    breakOff()
    return false
  }
  let resume: (() => void) | undefined
  let stopped = false
  const onDrain = (): void => resume?.()
  const onClose = (): void => {
    resume?.()
    leave()
  }
  const leave = (): void => void reader.cancel(new Error('the client went away')).catch(() => {})
  const stop = (): void => {
    // The handler hears of it first, through its signal; the client gets a proper end and connects again elsewhere.
    incoming.abort(new ServerClosing())
    stopped = true
    resume?.()
    void reader.cancel(new ServerClosing()).catch(() => {})
  }
  socket.on('drain', onDrain).once('close', onClose)
  if (isEvents(headers)) events.add(stop)
  let parts = 0
  let left = typeof ending === 'number' ? ending : 0
  try {
    for (;;) {
      const { done, value } = await reader.read()
      if (done || stopped) break
      if (socket.destroyed) {
        // Its `close` comes later, when nobody here listens any more.
        leave()
        return false
      }
      if (value.byteLength === 0) continue
      if (typeof ending === 'number' && (left -= value.byteLength) < 0) throw new RangeError('A body is longer than its Content-Length')
      if (!writePart(socket, value, ending)) await new Promise<void>((done) => (resume = done))
      else if (++parts % FAIR === 0) {
        // The end of the connection wakes it too: a server that closes must not be done before its streams are.
        await new Promise<void>((done) => {
          resume = done
          setImmediate(done)
        })
      }
      resume = undefined
    }
    if (typeof ending === 'number' && left > 0) throw new RangeError('A body is shorter than its Content-Length')
    if (socket.destroyed) return false
    if (ending === 'chunked') socket.write(lastChunk, 'latin1')
    return true
  } catch (error) {
    // What came before it failed is still the client's.
    if (socket.writableCorked > 0) socket.uncork()
    breakOff()
    // What can't be written ends the source too, which has not failed itself.
    reader.cancel(error).catch(() => {})
    return false
  } finally {
    events.delete(stop)
    socket.off('drain', onDrain).off('close', onClose)
  }
}

function writePart(socket: Writable, bytes: Uint8Array, ending: Ending): boolean {
  // Parts that come in one turn leave as one write.
  if (socket.writableCorked === 0) {
    socket.cork()
    process.nextTick(() => socket.uncork())
  }
  if (ending !== 'chunked') return socket.write(bytes)
  const size = `${bytes.byteLength.toString(16)}\r\n`
  if (bytes.byteLength <= SMALL) {
    const part = Buffer.allocUnsafe(size.length + bytes.byteLength + 2)
    part.write(size, 'latin1')
    part.set(bytes, size.length)
    part.set(crlf, part.length - 2)
    return socket.write(part)
  }
  socket.write(size, 'latin1')
  socket.write(bytes)
  return socket.write(crlf)
}

const SLICE = 65_536

/** Bytes as a stream of slices: of one long write nobody could tell whether the client still takes it. */
export function sliced(bytes: Uint8Array): ReadableStream<Uint8Array> {
  let at = 0
  return new ReadableStream<Uint8Array>(
    {
      pull(controller) {
        controller.enqueue(bytes.subarray(at, (at += SLICE)))
        if (at >= bytes.byteLength) controller.close()
      },
    },
    { highWaterMark: 0 },
  )
}
