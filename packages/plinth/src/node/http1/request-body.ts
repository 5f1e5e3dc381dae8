import { BodyTooLarge } from '../../http/failures.ts'
import { ByteList } from '../byte-list.ts'
import { ChunkedDecoder } from './chunked-decoder.ts'
import type { Framing } from './fields.ts'
import { BODY_AHEAD, type Http1Limits } from './limits.ts'

/** Who waits for the whole body. */
interface Waiting {
  readonly limit: number
  resolve(bytes: Uint8Array): void
  reject(reason: unknown): void
}

/** The body of one request between the socket, which pushes, and a handler, which reads it whole or as a stream. */
export class RequestBody {
  /** Somebody reads: bytes may come again, and a client that waits for `100 Continue` is told to go on. */
  readonly #wanted: () => void
  readonly #decoder: ChunkedDecoder | undefined
  readonly #announced: number
  #left: number
  readonly #bytes = new ByteList()
  #ended = false
  #failure: unknown
  #discarding = false
  /** Of what nobody reads, so much may come before it is too much. */
  #mostReceived = Infinity
  #waiting: Waiting | undefined
  #whole: Uint8Array | undefined
  #stream: ReadableStream<Uint8Array> | undefined
  #controller: ReadableStreamDefaultController<Uint8Array> | undefined
  #pulled: (() => void) | undefined
  /** Bytes that came in, for who measures how fast. */
  received = 0

  constructor(framing: Exclude<Framing, { kind: 'none' }>, limits: Http1Limits, wanted: () => void) {
    this.#wanted = wanted
    this.#decoder = framing.kind === 'chunked' ? new ChunkedDecoder(limits) : undefined
    this.#announced = this.#left = framing.kind === 'length' ? framing.length : Infinity
  }

  /** Whether more than `limit` bytes are known to be unread: of a chunked body nobody knows how long it is before it is. */
  exceeds(limit: number): boolean {
    if (this.#ended) return false
    return this.#left === Infinity ? this.received > limit : this.#left > limit
  }

  /** Whether more came than {@link RequestBody.drain} has allowed. */
  get overflows(): boolean {
    return this.received > this.#mostReceived
  }

  /** Whether all of it has come in. */
  get ended(): boolean {
    return this.#ended
  }

  /** Whether the socket should wait. */
  get full(): boolean {
    return !this.#discarding && this.#waiting === undefined && this.#bytes.size >= BODY_AHEAD
  }

  /** Takes what belongs to it and gives the position behind. Throws a Refusal where the coding is broken. */
  push(bytes: Buffer, from: number): number {
    let at: number
    if (this.#decoder) {
      at = this.#decoder.decode(bytes, from, this.#take)
      if (this.#decoder.done) this.#end()
    } else {
      at = Math.min(bytes.length, from + this.#left)
      this.#left -= at - from
      this.#take(bytes.subarray(from, at))
      if (this.#left === 0) this.#end()
    }
    return at
  }

  /** All of it has come, where something else than its coding says so. */
  finish(): void {
    if (!this.#ended && this.#failure === undefined) this.#end()
  }

  /** Nothing more will come: the client went, was too slow, or sent what is no body. */
  fail(reason: unknown): void {
    if (this.#ended || this.#failure !== undefined) return
    this.#failure = reason
    this.#bytes.clear()
    this.#waiting?.reject(reason)
    this.#waiting = undefined
    this.#controller?.error(reason)
    this.#pulled?.()
  }

  /** Nobody will read what is left. */
  discard(): void {
    this.#discarding = true
    this.#bytes.clear()
  }

  /** The same, where it must not be more than `limit` bytes. */
  drain(limit: number): void {
    this.discard()
    this.#mostReceived = this.received + limit
  }

  gather(limit: number): Promise<Uint8Array> {
    if (this.#announced !== Infinity && this.#announced > limit) return Promise.reject(new BodyTooLarge(limit))
    const whole = this.#whole
    if (whole) return whole.byteLength > limit ? Promise.reject(new BodyTooLarge(limit)) : Promise.resolve(whole)
    if (this.#stream || this.#waiting) return Promise.reject(new Error('The body of this request has been read already'))
    if (this.#failure !== undefined) return Promise.reject(this.#failure)
    if (this.#bytes.size > limit) return Promise.reject(new BodyTooLarge(limit))
    if (this.#ended) return Promise.resolve(this.#join())
    return new Promise((resolve, reject) => {
      this.#waiting = { limit, resolve, reject }
      this.#wanted()
    })
  }

  /** What `gather` would give at once; `undefined` where it would wait, or refuse. */
  gathered(limit: number): Uint8Array | undefined {
    if (this.#whole === undefined && this.#ended && this.#stream === undefined && this.#bytes.size <= limit) this.#join()
    return this.#whole !== undefined && this.#whole.byteLength <= limit ? this.#whole : undefined
  }

  stream(): ReadableStream<Uint8Array> {
    if (this.#whole) this.#stream ??= new Blob([this.#whole as Uint8Array<ArrayBuffer>]).stream()
    return (this.#stream ??= new ReadableStream(
      {
        start: (controller) => void (this.#controller = controller),
        pull: () => this.#pull(),
        cancel: () => this.discard(),
      },
      { highWaterMark: 0 },
    ))
  }

  readonly #take = (data: Buffer): void => {
    if (data.length === 0) return
    this.received += data.length
    if (this.#discarding) return
    // Handlers get what they get on every platform: a `Buffer` would slice, print and become JSON in a way of its own.
    const chunk = new Uint8Array(data.buffer, data.byteOffset, data.byteLength)
    if (this.#pulled) return this.#give(chunk)
    this.#bytes.add(chunk)
    const waiting = this.#waiting
    if (waiting === undefined || this.#bytes.size <= waiting.limit) return
    this.#waiting = undefined
    this.discard()
    waiting.reject(new BodyTooLarge(waiting.limit))
  }

  #end(): void {
    this.#ended = true
    const waiting = this.#waiting
    this.#waiting = undefined
    waiting?.resolve(this.#join())
    if (this.#bytes.size === 0) this.#closeStream()
  }

  #join(): Uint8Array {
    return (this.#whole = this.#bytes.takeAll())
  }

  #pull(): Promise<void> | undefined {
    const chunk = this.#bytes.shift()
    if (chunk !== undefined) {
      this.#controller?.enqueue(chunk)
      if (this.#ended && this.#bytes.size === 0) this.#closeStream()
      else if (!this.#ended) this.#wanted()
      return undefined
    }
    if (this.#failure !== undefined) return void this.#controller?.error(this.#failure)
    if (this.#ended) return this.#closeStream()
    return new Promise((done) => {
      this.#pulled = done
      this.#wanted()
    })
  }

  #give(chunk: Uint8Array): void {
    const done = this.#pulled
    this.#pulled = undefined
    this.#controller?.enqueue(chunk)
    done?.()
  }

  #closeStream(): undefined {
    if (this.#controller && !this.#discarding && this.#failure === undefined) {
      this.#controller.close()
      this.#controller = undefined
    }
    this.#pulled?.()
    this.#pulled = undefined
  }
}
