/** How a stream of events is kept alive and watched. */
export interface FrameStreamOptions {
  /** Milliseconds between heartbeats; 0 sends none. Default 15,000, below the idle timeout of every common proxy. */
  readonly heartbeat?: number
  /**
   * Told when the source or the encoding of an item throws. The stream then errors, so that the connection is broken off and not ended
   * as if all had been sent.
   */
  readonly onError?: (error: unknown) => void
  /** Told when the source begins, and when nothing of it runs any more. */
  readonly life?: SourceLife
}

/** What the source stands on must be there until its `finally` has run, which may be long after the reader has gone. */
export class SourceLife {
  #end: () => void = () => {}
  /** `undefined` before it has begun: what never begins has nothing to end. */
  over: Promise<void> | undefined

  begin(): void {
    this.over = new Promise((resolve) => (this.#end = resolve))
  }
  end(): void {
    this.#end()
  }
}

const encoder = new TextEncoder()

/**
 * A byte stream from an async iterable, an encoded frame for each item. An item is asked for when the one before it has been
 * taken, so a slow reader slows the source. When the reader goes, the source's `return` is called once; a generator that is
 * waiting runs its `finally` only when that wait ends, so long waits should also watch the context's `signal`.
 */
export function frameStream(
  items: AsyncIterable<unknown>,
  encode: (item: unknown) => string,
  heartbeatFrame: string,
  options: FrameStreamOptions = {},
): ReadableStream<Uint8Array> {
  return new ReadableStream(new FrameSource(items, encode, heartbeatFrame, options), { highWaterMark: 1 })
}

/** Unknown to the DOM's types, where timers are numbers. */
interface Timer {
  unref?(): void
}

class FrameSource implements UnderlyingDefaultSource<Uint8Array> {
  readonly #items: AsyncIterable<unknown>
  readonly #encode: (item: unknown) => string
  readonly #heartbeatFrame: string
  readonly #options: FrameStreamOptions
  #iterator: AsyncIterator<unknown> | undefined
  #timer: ReturnType<typeof setInterval> | undefined
  #over = false

  constructor(items: AsyncIterable<unknown>, encode: (item: unknown) => string, heartbeatFrame: string, options: FrameStreamOptions) {
    this.#items = items
    this.#encode = encode
    this.#heartbeatFrame = heartbeatFrame
    this.#options = options
  }

  start(controller: ReadableStreamDefaultController<Uint8Array>): void {
    const every = this.#options.heartbeat ?? 15_000
    if (every === 0) return
    this.#timer = setInterval(() => {
      // Nothing is piled up for a reader that doesn't read.
      if ((controller.desiredSize ?? 0) > 0) controller.enqueue(encoder.encode(this.#heartbeatFrame))
    }, every)
    // A stream alone must not keep the process from ending.
    const timer: Timer | number = this.#timer
    if (typeof timer === 'object') timer.unref?.()
  }

  async pull(controller: ReadableStreamDefaultController<Uint8Array>): Promise<void> {
    try {
      this.#iterator ??= this.#begin()
      const { done, value } = await this.#iterator.next()
      if (this.#over) return
      if (done === true) {
        this.#end()
        this.#options.life?.end()
        controller.close()
        return
      }
      this.#give(value, controller)
    } catch (error) {
      if (this.#over) return
      this.#fail(error, controller)
      this.#options.life?.end()
    }
  }

  #give(item: unknown, controller: ReadableStreamDefaultController<Uint8Array>): void {
    let frame: Uint8Array
    try {
      frame = encoder.encode(this.#encode(item))
    } catch (error) {
      this.#fail(error, controller)
      // What can't be encoded ends the source too: it hasn't failed itself, so nobody else tells it.
      this.#leave()
      return
    }
    controller.enqueue(frame)
  }

  #begin(): AsyncIterator<unknown> {
    this.#options.life?.begin()
    return this.#items[Symbol.asyncIterator]()
  }

  #fail(error: unknown, controller: ReadableStreamDefaultController<Uint8Array>): void {
    this.#end()
    this.#options.onError?.(error)
    controller.error(error)
  }

  cancel(): void {
    if (this.#over) return
    this.#end()
    this.#leave()
  }

  #end(): void {
    this.#over = true
    clearInterval(this.#timer)
  }

  /** Not awaited: a generator in the middle of a wait answers only after it, and the connection has gone already. */
  #leave(): void {
    const { life, onError } = this.#options
    new Promise((resolve) => resolve(this.#iterator?.return?.()))
      .catch((error: unknown) => onError?.(error))
      .finally(() => life?.end())
      .catch(() => {})
  }
}

/** JSON text, or `TypeError` for what has none: `undefined`, a function, a symbol. */
export function jsonText(value: unknown): string {
  const text = JSON.stringify(value) as string | undefined
  if (text === undefined) throw new TypeError(`A stream of events can't send ${typeof value}: it has no JSON form.`)
  return text
}
