import { constants, type ServerHttp2Stream } from 'node:http2'
import type { Socket } from 'node:net'
import type { Outgoing } from '../../contract.ts'
import { HttpFailure } from '../../http/failures.ts'
import { fieldOf } from '../field-of.ts'
import { sliced, writeStream } from '../http1/answer-stream.ts'
import { LINGER_LIMIT, LINGER_MS, LONG_BODY } from '../http1/limits.ts'
import { Refusal, refusalBody } from '../http1/refusal.ts'
import { RequestBody } from '../http1/request-body.ts'
import type { Shared } from '../http1/shared.ts'
import { answerHead } from './answer-head.ts'
import { Http2Incoming } from './http2-incoming.ts'
import { readHead, type RequestHead } from './request-head.ts'

const { NGHTTP2_NO_ERROR } = constants

/** One request and its answer: a stream of a session. */
export class Http2Exchange {
  readonly #stream: ServerHttp2Stream
  readonly #shared: Shared
  #incoming: Http2Incoming | undefined = undefined
  #body: RequestBody | undefined = undefined
  #awaitsContinue = false
  #answered = false
  /** We broke it off ourselves. */
  broken = false
  /** When what is waited for began: the body, or its rest behind the answer. */
  #since: number
  #passingOver = false
  #passedOver = 0
  #unsent = 0
  #unsentSince: number

  constructor(stream: ServerHttp2Stream, shared: Shared, now: number) {
    this.#stream = stream
    this.#shared = shared
    this.#since = this.#unsentSince = now
    // `close` follows, and tells whoever must know.
    stream.on('error', () => {})
    stream.once('aborted', this.#onAbort).once('close', this.#onClose)
  }

  /** Reads the head, and serves what it asks for. */
  begin(raw: readonly string[], socket: Socket): void {
    let head: RequestHead
    try {
      head = readHead(raw, this.#shared.limits, this.#shared.hosts)
    } catch (error) {
      if (!(error instanceof Refusal)) throw error
      return this.#refuse(error)
    }
    if (!this.#stream.endAfterHeaders && head.length !== 0) this.#receive(head)
    const incoming = (this.#incoming = new Http2Incoming(head, this.#body, socket))
    const outgoing = this.#shared.dispatch(incoming)
    if (outgoing instanceof Promise) void outgoing.then((it) => this.#answer(it, incoming))
    else this.#answer(outgoing, incoming)
  }

  /** Called by the one timer of all sessions. */
  check(now: number): void {
    const { limits } = this.#shared
    if (this.#isStuck(now)) return this.#breakOff()
    const body = this.#body
    if (body === undefined || body.ended) return
    const waited = now - this.#since
    if (this.#passingOver) {
      if (waited >= LINGER_MS) this.#stream.close(NGHTTP2_NO_ERROR)
    } else if (body.full) this.#since = now - Math.min(waited, limits.bodyGraceMs)
    // Who waits to be told that its body is wanted is not slow.
    else if (this.#awaitsContinue) this.#since = now
    else if (waited >= limits.bodyMs || (waited >= limits.bodyGraceMs && body.received < (waited / 1_000) * limits.bodyRate))
      body.fail(new HttpFailure('request-timeout'))
  }

  #isStuck(now: number): boolean {
    const unsent = this.#stream.writableLength
    if (unsent === 0 || unsent !== this.#unsent) {
      this.#unsent = unsent
      this.#unsentSince = now
      return false
    }
    return now - this.#unsentSince >= this.#shared.limits.writeMs
  }

  #receive({ length, continues }: RequestHead): void {
    const stream = this.#stream
    const framing = { kind: 'length', length: length ?? Infinity } as const
    const body = (this.#body = new RequestBody(framing, this.#shared.limits, () => this.#wanted()))
    this.#awaitsContinue = continues
    stream.on('data', (chunk: Buffer) => {
      this.#awaitsContinue = false
      if (this.#passingOver && (this.#passedOver += chunk.length) > LINGER_LIMIT) return void stream.close(NGHTTP2_NO_ERROR)
      body.push(chunk, 0)
      if (body.full) stream.pause()
    })
    // A stream that is broken off ends as well.
    stream.on('end', () => {
      if (!stream.aborted) body.finish()
    })
  }

  /** Somebody reads the body. */
  #wanted(): void {
    const stream = this.#stream
    if (this.#awaitsContinue && !stream.headersSent && !stream.closed) {
      this.#awaitsContinue = false
      stream.additionalHeaders({ ':status': 100 })
    }
    stream.resume()
  }

  #refuse({ code, reason }: Refusal): void {
    this.#shared.refused?.(code, reason)
    const { status, body } = refusalBody(code)
    const headers = ['content-type', 'application/problem+json; charset=utf-8', 'x-content-type-options', 'nosniff']
    this.#answered = true
    this.#stream.respond(answerHead({ status, headers, body }, body.length))
    // What comes behind is nobody's.
    this.#stream.once('finish', () => this.#stream.close(NGHTTP2_NO_ERROR)).end(body)
  }

  #answer(outgoing: Outgoing, incoming: Http2Incoming): void {
    const { body } = outgoing
    this.#answered = true
    if (this.#stream.closed || this.#stream.destroyed) {
      if (body instanceof ReadableStream) void body.cancel().catch(() => {})
      return incoming.sent?.(false)
    }
    try {
      this.#stream.once('finish', this.#passOver)
      this.#write(outgoing, incoming)
    } catch (error) {
      // An answer that somebody made past all checks, with a status or a header that can't be written: the process must live on.
      process.emitWarning(error instanceof Error ? error : String(error))
      if (body instanceof ReadableStream) void body.cancel().catch(() => {})
      this.#breakOff()
    }
  }

  #write(outgoing: Outgoing, incoming: Http2Incoming): void {
    const { status, body, headers } = outgoing
    const stream = this.#stream
    const announced = lengthIn(headers)
    if (status === 204 || status === 304 || incoming.method === 'HEAD') {
      if (body instanceof ReadableStream) void body.cancel().catch(() => {})
      return stream.respond(answerHead(outgoing, status === 204 ? undefined : announced), { endStream: true })
    }
    if (body === null) return stream.respond(answerHead(outgoing, 0), { endStream: true })
    if (body instanceof ReadableStream) return this.#copy(body, outgoing, incoming, announced)
    const bytes = typeof body === 'string' ? Buffer.from(body) : body
    if (bytes.byteLength > LONG_BODY) return this.#copy(sliced(bytes), outgoing, incoming, bytes.byteLength)
    stream.respond(answerHead(outgoing, bytes.byteLength))
    stream.end(bytes)
  }

  #copy(body: ReadableStream<Uint8Array>, outgoing: Outgoing, incoming: Http2Incoming, length: number | undefined): void {
    const stream = this.#stream
    stream.respond(answerHead(outgoing, length))
    const { events } = this.#shared
    void writeStream(body, length ?? 'close', outgoing.headers, incoming, stream, events, () => this.#breakOff()).then((whole) => {
      if (whole) stream.end()
    })
  }

  /** What the handler left of the body is nobody's any more. */
  readonly #passOver = (): void => {
    if (this.#body === undefined || this.#body.ended) return
    this.#passingOver = true
    this.#since = performance.now()
    this.#body.discard()
    this.#stream.resume()
  }

  /** The client must not take it for whole. An error, since a stream that is merely closed may still say that it has ended. */
  #breakOff(): void {
    this.broken = true
    this.#stream.destroy(new Error('broken off'))
  }

  readonly #onAbort = (): void => this.#incoming?.lost()

  readonly #onClose = (): void => {
    const incoming = this.#incoming
    if (incoming === undefined) return
    const { writableFinished, rstCode } = this.#stream
    const delivered = this.#answered && writableFinished && rstCode === NGHTTP2_NO_ERROR
    if (!delivered) incoming.lost()
    if (this.#answered) incoming.sent?.(delivered)
  }
}

function lengthIn(headers: readonly string[]): number | undefined {
  const announced = fieldOf(headers, 'content-length')
  return announced !== undefined && /^\d{1,15}$/.test(announced) ? Number(announced) : undefined
}
