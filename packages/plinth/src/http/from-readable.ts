import type { SourceLife } from './frame-stream.ts'

/**
 * A readable stream of Node, as files, archives and the clients of object stores give. It is async iterable like a generator of
 * events, but what comes out of it is pieces of bytes. Told by its shape: there are others than those of `node:stream`.
 */
export interface NodeStream {
  readonly readable: boolean
  pipe(destination: never): unknown
  [Symbol.asyncIterator](): unknown
}

interface Readable extends AsyncIterable<unknown> {
  readonly destroyed?: boolean
  readonly readableEnded?: boolean
  readonly closed?: boolean
  on?(event: 'error' | 'close', listener: () => void): unknown
  destroy?(): unknown
}

export function isNodeStream(value: object): value is NodeStream {
  return Symbol.asyncIterator in value && typeof (value as { pipe?: unknown }).pipe === 'function'
}

/** Whether nothing will come out of it any more. */
export function isSpent(stream: NodeStream): boolean {
  const { destroyed, readableEnded } = stream as unknown as Readable
  return destroyed === true || readableEnded === true
}

const encoder = new TextEncoder()

/** Its bytes as a web stream, at the reader's pace; text leaves as UTF-8. Destroyed when the reader goes. */
export function fromReadable(stream: NodeStream, failed: (error: unknown) => void, life: SourceLife): ReadableStream<Uint8Array> {
  return new ReadableStream(new ReadableSource(stream as unknown as Readable, failed, life), { highWaterMark: 0 })
}

class ReadableSource implements UnderlyingDefaultSource<Uint8Array> {
  readonly #stream: Readable
  readonly #failed: (error: unknown) => void
  readonly #life: SourceLife
  #iterator: AsyncIterator<unknown> | undefined
  #over = false

  constructor(stream: Readable, failed: (error: unknown) => void, life: SourceLife) {
    this.#stream = stream
    this.#failed = failed
    this.#life = life
    // A file that isn't there fails before anybody reads, and an 'error' that nobody hears ends the process. The iterator tells it again.
    stream.on?.('error', () => {})
  }

  async pull(controller: ReadableStreamDefaultController<Uint8Array>): Promise<void> {
    try {
      this.#iterator ??= this.#begin()
      const { done, value } = await this.#iterator.next()
      if (this.#over) return
      if (done === true) {
        this.#closing()
        controller.close()
      } else controller.enqueue(bytesOf(value))
    } catch (error) {
      if (this.#over) return
      this.cancel()
      this.#failed(error)
      controller.error(error)
    }
  }

  /** Not by the iterator's `return`, which waits until the next piece has come. */
  cancel(): void {
    this.#over = true
    if (this.#stream.destroy) this.#stream.destroy()
    else void this.#iterator?.return?.().catch(() => {})
    this.#closing()
  }

  #begin(): AsyncIterator<unknown> {
    this.#life.begin()
    return this.#stream[Symbol.asyncIterator]()
  }

  /** A cursor of a database is given back on the way to 'close'. */
  #closing(): void {
    if (this.#stream.closed === false) this.#stream.on?.('close', () => this.#life.end())
    else this.#life.end()
  }
}

function bytesOf(piece: unknown): Uint8Array {
  if (piece instanceof Uint8Array) return piece
  if (typeof piece === 'string') return encoder.encode(piece)
  throw new TypeError(
    `A stream of Node leaves as bytes, but gave ${piece === null ? 'null' : typeof piece}: to send events, answer a generator`,
  )
}
