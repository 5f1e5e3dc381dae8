import type { IncomingMessage } from 'node:http'

/**
 * The body of a request of `node:http` as a web stream, read as its reader pulls. Cancelling leaves the connection be: `Readable.toWeb`
 * would destroy it, and with it the answer that says why the rest is not wanted.
 */
export function requestStream(request: IncomingMessage, gone: () => Error): ReadableStream<Uint8Array> {
  return new ReadableStream(new RequestSource(request, gone), { highWaterMark: 0 })
}

class RequestSource implements UnderlyingDefaultSource<Uint8Array> {
  readonly #request: IncomingMessage
  readonly #gone: () => Error
  #pulled: (() => void) | undefined
  #over = false
  #leave = (): void => {}

  constructor(request: IncomingMessage, gone: () => Error) {
    this.#request = request
    this.#gone = gone
  }

  start(controller: ReadableStreamDefaultController<Uint8Array>): void {
    const request = this.#request
    const settle = (act?: () => void): void => {
      if (this.#over) return
      this.#over = true
      this.#leave()
      act?.()
      this.#pulled?.()
    }
    const data = (chunk: Buffer): void => {
      request.pause()
      controller.enqueue(new Uint8Array(chunk.buffer, chunk.byteOffset, chunk.byteLength))
      this.#pulled?.()
    }
    const end = (): void => settle(() => controller.close())
    const broken = (): void => settle(() => controller.error(this.#gone()))
    this.#leave = () => request.off('data', data).off('end', end).off('error', broken).off('close', broken)
    // What was read to its end emits nothing any more.
    if (request.readableEnded) return end()
    if (request.destroyed) return broken()
    // Before the listener, which would set it flowing.
    request.pause()
    request.on('data', data).on('end', end).on('error', broken).on('close', broken)
  }

  pull(): Promise<void> | undefined {
    if (this.#over) return undefined
    return new Promise((done) => {
      this.#pulled = done
      this.#request.resume()
    })
  }

  cancel(): void {
    this.#over = true
    this.#leave()
    // Nobody takes the rest; the transport drains it, or closes.
    this.#request.pause()
  }
}
