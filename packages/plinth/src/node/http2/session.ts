import { constants, performServerHandshake, type ServerHttp2Session, type ServerHttp2Stream } from 'node:http2'
import type { Socket } from 'node:net'
import { LINGER_MS, LONG_BODY } from '../http1/limits.ts'
import type { Shared } from '../http1/shared.ts'
import { Http2Exchange } from './exchange.ts'

const RESETS_MS = 10_000
/** What the platform takes of a head before it breaks the stream off; what is more than the limits and less than this is answered. */
const HEAD_MEMORY = 65_536
const PAIRS = 512
/** Megabytes that the platform's own state of a connection may take, answers that wait for the client aside. */
const STATE_MEMORY = 10

const { NGHTTP2_ENHANCE_YOUR_CALM, NGHTTP2_NO_ERROR } = constants

/** One connection that speaks HTTP/2 (RFC 9113). */
export class Http2Connection {
  readonly #session: ServerHttp2Session
  readonly #socket: Socket
  readonly #shared: Shared
  readonly #exchanges = new Set<Http2Exchange>()
  #served = false
  /** When it was told that nothing more is heard. */
  #closedAt: number | undefined = undefined
  #quietSince: number
  /** Whether it has broken off too much, and is about to end. */
  #unruly = false
  #resets = 0
  #resetsSince = 0

  constructor(socket: Socket, shared: Shared, now: number, closed: (connection: Http2Connection) => void) {
    this.#socket = socket
    this.#shared = shared
    this.#quietSince = now
    // The session ends its connection itself; what a client closes by half it would leave open.
    socket.allowHalfOpen = false
    this.#session = performServerHandshake(socket, {
      maxHeaderListPairs: PAIRS,
      maxSessionInvalidFrames: 100,
      // Past it the platform refuses streams, with a code after which no client asks again. What the limits let in must fit.
      maxSessionMemory: STATE_MEMORY + Math.ceil((shared.limits.streams * LONG_BODY) / 1e6),
      settings: { maxConcurrentStreams: shared.limits.streams, maxHeaderListSize: HEAD_MEMORY },
    })
    // `close` follows.
    this.#session.on('error', () => {})
    const serve = (stream: ServerHttp2Stream, _: unknown, __: number, raw: readonly string[]): void => this.#serve(stream, raw)
    this.#session.on('stream', serve)
    this.#session.once('close', () => closed(this))
  }

  /** Called by the one timer of all sessions. */
  check(now: number): void {
    for (const exchange of this.#exchanges) exchange.check(now)
    if (this.#exchanges.size > 0) return
    if (this.#closedAt !== undefined) {
      // Whose client does not end its side.
      if (now - Math.max(this.#closedAt, this.#quietSince) >= LINGER_MS) this.destroy()
      return
    }
    const { idleMs, headMs } = this.#shared.limits
    if (now - this.#quietSince >= (this.#served ? idleMs : headMs)) this.close()
  }

  /**
   * Says up to which stream it has heard, and ends when that is answered: what was sent behind, a client may send again elsewhere (RFC 9113
   * §6.8). The notice ahead that this section speaks of the platform does not have; once it has said GOAWAY, it hears nothing new.
   */
  close(): void {
    if (this.#session.destroyed || this.#session.closed) return
    this.#closedAt = performance.now()
    this.#session.close()
  }

  destroy(code: number = NGHTTP2_NO_ERROR): void {
    this.#session.destroy(undefined, code)
    this.#socket.destroy()
  }

  #serve(stream: ServerHttp2Stream, raw: readonly string[]): void {
    this.#served = true
    const exchange = new Http2Exchange(stream, this.#shared, performance.now())
    this.#exchanges.add(exchange)
    stream.once('close', () => {
      this.#exchanges.delete(exchange)
      this.#quietSince = performance.now()
      if (this.#shared.closing && this.#exchanges.size === 0) this.close()
      if (stream.rstCode !== NGHTTP2_NO_ERROR && !exchange.broken) this.#countReset()
    })
    // A stream that is broken off already would cost a handler, and nobody would wait for it.
    if (!stream.closed && !stream.destroyed && !this.#unruly) exchange.begin(raw, this.#socket)
  }

  /** To open streams and break them off costs a client nothing, and us a handler each (CVE-2023-44487). */
  #countReset(): void {
    const now = performance.now()
    if (now - this.#resetsSince > RESETS_MS) {
      this.#resetsSince = now
      this.#resets = 0
    }
    if (++this.#resets <= this.#shared.limits.resets || this.#unruly) return
    this.#unruly = true
    this.#session.goaway(NGHTTP2_ENHANCE_YOUR_CALM)
    // Destroyed in the same turn, it would not say why.
    setImmediate(() => this.destroy(NGHTTP2_ENHANCE_YOUR_CALM))
  }
}
