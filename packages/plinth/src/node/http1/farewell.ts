import { LINGER_LIMIT, LINGER_MS } from './limits.ts'

/** A client that has ended its side may still read. One that has closed looks the same, so after this the handler is told. */
const HALF_CLOSED_MS = 500

/** How a connection comes to its end: no more requests are read, the last answer leaves, and what still comes is passed over for a moment. */
export class Farewell {
  /**
   * What is done with what the client sends: requests are read, or nothing any more, or it is passed over behind the last answer, or it is
   * for whoever takes the connection over.
   */
  reading: 'requests' | 'nothing' | 'rest' | 'switched' = 'requests'
  /** What is said behind the last answer, to bytes that are no request. */
  refusal: string | undefined = undefined
  #passedOver = 0
  #since = 0
  #halfClosedAt = 0

  /** Whether, once all is answered, there is a last word. */
  get due(): boolean {
    return this.reading !== 'rest' && (this.refusal !== undefined || this.#halfClosedAt > 0)
  }

  /** The client says no more, and answers are still owed to it. */
  halfClosed(now: number): void {
    this.#halfClosedAt = now
  }

  /** The last answer is written. A reset would take it from the client, so what it still sends is read a little (RFC 9112 §9.6). */
  linger(now: number): void {
    this.reading = 'rest'
    this.#since = now
    this.#passedOver = 0
  }

  /** What becomes of bytes that are no request any more. */
  passOver(count: number): 'go on' | 'pause' | 'destroy' {
    this.#passedOver += count
    if (this.#passedOver <= LINGER_LIMIT) return 'go on'
    return this.reading === 'rest' ? 'destroy' : 'pause'
  }

  /** Whether it has lasted long enough. */
  isOver(now: number): boolean {
    if (this.reading === 'rest') return now - this.#since >= LINGER_MS
    return this.#halfClosedAt > 0 && now - this.#halfClosedAt >= HALF_CLOSED_MS
  }

  /** Whether it has begun, so that nothing else of the connection is waited for. */
  get began(): boolean {
    return this.reading === 'rest' || this.#halfClosedAt > 0
  }
}
