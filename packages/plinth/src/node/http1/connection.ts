import type { Socket } from 'node:net'
import type { Outgoing } from '../../contract.ts'
import { HttpFailure } from '../../http/failures.ts'
import { fieldOf } from '../field-of.ts'
import { handOver } from '../hand-over.ts'
import { peerOf } from '../socket-peer.ts'
import { writeStream } from './answer-stream.ts'
import { Exchange } from './exchange.ts'
import { Farewell } from './farewell.ts'
import { Http1Incoming } from './http1-incoming.ts'
import { DRAIN_LIMIT } from './limits.ts'
import { Outbox } from './outbox.ts'
import { Refusal, refusalText } from './refusal.ts'
import { RequestBody } from './request-body.ts'
import { nodeRequest } from './node-request.ts'
import { type Head, RequestReader } from './request-reader.ts'
import type { Shared } from './shared.ts'
import { type Streamed, writeAnswer } from './write-answer.ts'

const noBytes = Buffer.alloc(0)

/** One connection: bytes to requests, and their answers back in the same order, however many are under way (RFC 9112 §9.3.2). */
export class Connection {
  readonly #shared: Shared
  readonly #socket: Socket
  readonly #reader: RequestReader
  readonly #closed: (connection: Connection) => void
  readonly #out: Outbox
  readonly #farewell = new Farewell()
  /** Without an answer on the wire, in the order of their coming. */
  readonly #waiting: Exchange[] = []
  /** Whose body is coming in. */
  #receiving: Exchange | undefined = undefined
  /** Who may go on in another protocol (RFC 9110 §7.8): what comes behind may be no request. */
  #offer: Exchange | undefined = undefined
  #takeOver: (() => void) | undefined = undefined
  /** Bytes that are no whole head yet, or that have to wait. */
  #rest: Buffer | undefined = undefined
  #held = false
  #batching = false
  #served = false
  /** When what is waited for began: a request, a body, the client's end. */
  #since: number
  /** When the first byte of a head came that is not whole yet; 0 for none. */
  #headSince = 0

  constructor(socket: Socket, shared: Shared, closed: (connection: Connection) => void) {
    this.#socket = socket
    this.#shared = shared
    this.#closed = closed
    this.#out = new Outbox(socket)
    this.#reader = new RequestReader(shared.limits, shared.hosts, () => peerOf(socket).secure)
    this.#since = shared.now
    socket.on('data', this.#onData).on('drain', this.#goOn).on('end', this.#onEnd).on('close', this.#onClose)
    // `close` follows, and tells whoever must know.
    socket.on('error', () => {})
  }

  /** Whether there is nothing asked and nothing to answer. */
  get idle(): boolean {
    return this.#waiting.length === 0 && this.#receiving === undefined && this.#rest === undefined && this.#farewell.reading === 'requests'
  }

  destroy(): void {
    this.#socket.destroy()
  }

  /** Called by the server's one timer. */
  check(now: number): void {
    const { limits } = this.#shared
    const waited = now - this.#since
    if (this.#out.stuckFor(now) >= limits.writeMs || this.#farewell.isOver(now)) this.destroy()
    else if (this.#held) {
      this.#since = now - Math.min(waited, limits.bodyGraceMs)
      this.#out.probe()
    } else if (this.#farewell.began) return
    // Who waits to be told that its body is wanted is not slow.
    else if (this.#receiving?.awaitsContinue === true) this.#since = now
    else if (this.#receiving !== undefined) this.#checkBody(this.#receiving, waited)
    else if (this.#headSince > 0) {
      if (now - this.#headSince >= limits.headMs) this.#refuse(new Refusal('request-timeout', 'slow head'))
    } else if (this.#waiting.length === 0 && waited >= (this.#served ? limits.idleMs : limits.headMs)) this.destroy()
  }

  #checkBody({ body }: Exchange, waited: number): void {
    const { bodyMs, bodyGraceMs, bodyRate } = this.#shared.limits
    const slow = waited >= bodyGraceMs && (body as RequestBody).received < (waited / 1_000) * bodyRate
    if (slow || waited >= bodyMs) this.#breakBody(new HttpFailure('request-timeout'))
  }

  /** No more of the body, and no more requests. Whoever reads it hears why and answers with that; behind an answer, it is just the end. */
  #breakBody(reason: unknown): void {
    const exchange = this.#receiving as Exchange
    this.#receiving = undefined
    this.#farewell.reading = 'nothing'
    exchange.body?.fail(reason)
    if (this.#waiting.length > 0) return
    this.#finish()
    this.#out.flush()
  }

  readonly #onData = (chunk: Buffer): void => {
    if (this.#farewell.reading === 'requests') return this.#receive(chunk)
    const then = this.#farewell.passOver(chunk.length)
    if (then === 'destroy') this.destroy()
    else if (then === 'pause') this.#pause()
  }

  #receive(chunk: Buffer): void {
    const bytes = this.#rest === undefined ? chunk : Buffer.concat([this.#rest, chunk])
    this.#rest = undefined
    this.#batching = true
    try {
      this.#read(bytes)
    } catch (error) {
      if (!(error instanceof Refusal)) throw error
      this.#refuse(error)
    } finally {
      this.#batching = false
      this.#out.flush()
      this.#takeOver?.()
    }
  }

  #read(bytes: Buffer): void {
    let at = 0
    let text: string | undefined
    while (at < bytes.length && this.#farewell.reading === 'requests') {
      if (this.#mustWait()) return this.#hold(bytes.subarray(at))
      const receiving = this.#receiving
      if (receiving !== undefined) {
        at = this.#pushBody(receiving, bytes, at)
        continue
      }
      text ??= bytes.toString('latin1')
      const head = this.#reader.read(text, at)
      if (typeof head === 'number') {
        if (head === text.length) return
        if (this.#headSince === 0) this.#headSince = this.#shared.now
        this.#rest = bytes.subarray(head)
        return
      }
      at = this.#begin(head, bytes)
    }
    if (this.#farewell.reading === 'switched') this.#rest = bytes.subarray(at)
  }

  #mustWait(): boolean {
    if (this.#offer !== undefined) return true
    if (this.#receiving !== undefined) return this.#receiving.body?.full === true
    if (this.#out.full) this.#out.flush()
    return this.#waiting.length >= this.#shared.limits.pipelined || this.#socket.writableNeedDrain
  }

  #hold(bytes: Buffer): void {
    this.#rest = bytes
    this.#pause()
  }

  #pause(): void {
    this.#held = true
    this.#socket.pause()
  }

  readonly #goOn = (): void => {
    if (!this.#held || this.#batching || (this.#farewell.reading === 'requests' && this.#mustWait())) return
    this.#held = false
    // A handler that reads its body is behind this call, and the next request must not begin in its asynchronous context.
    this.#shared.outside.runInAsyncScope(this.#resume, this)
  }

  #resume(): void {
    this.#socket.resume()
    if (this.#farewell.reading === 'requests') this.#receive(noBytes)
  }

  /** Dispatches a request; gives the place in `bytes` behind what belongs to it. */
  #begin({ line, fields, end }: Head, bytes: Buffer): number {
    let at = end
    let body: RequestBody | undefined
    if (fields.framing.kind !== 'none') {
      body = new RequestBody(fields.framing, this.#shared.limits, this.#wanted)
      // What has come already is judged before anybody is asked: a body that is broken costs no handler.
      at = body.push(bytes, at)
    }
    this.#since = this.#shared.now
    this.#headSince = 0
    this.#served = true
    const exchange = new Exchange(new Http1Incoming(line, fields, body, this.#socket), body, line, fields)
    if (body?.ended === false) this.#receiving = exchange
    // RFC 9112 §9.6: behind a request that closes, nothing is a request.
    else if (exchange.last) this.#farewell.reading = 'nothing'
    if (exchange.incoming.upgrade !== null) this.#offer = exchange
    this.#serve(exchange)
    return at
  }

  #pushBody(exchange: Exchange, bytes: Buffer, from: number): number {
    try {
      const body = exchange.body as RequestBody
      const at = body.push(bytes, from)
      if (body.ended) {
        this.#receiving = undefined
        this.#since = this.#shared.now
        if (exchange.last) this.#farewell.reading = 'nothing'
      } else if (body.overflows) this.#finish()
      return at
    } catch (error) {
      if (!(error instanceof Refusal)) throw error
      this.#shared.refused?.(error.code, error.reason)
      const { code } = error
      this.#breakBody(new HttpFailure(code === 'headers-too-large' || code === 'body-too-large' ? code : 'malformed-request'))
      return bytes.length
    }
  }

  #serve(exchange: Exchange): void {
    const outgoing = this.#shared.dispatch(exchange.incoming)
    if (!(outgoing instanceof Promise) && this.#waiting.length === 0) return this.#answer(exchange, outgoing)
    this.#waiting.push(exchange)
    if (outgoing instanceof Promise) {
      void outgoing.then((it) => {
        exchange.outgoing = it
        if (this.#socket.destroyed) exchange.drop()
        else if (this.#waiting[0] === exchange) this.#advance()
      })
    } else exchange.outgoing = outgoing
  }

  /** Writes the answers that are ready, in order, and then perhaps the last word. */
  #advance(): void {
    for (let next = this.#waiting[0]; next?.outgoing !== undefined && !next.streaming; next = this.#waiting[0]) {
      this.#waiting.shift()
      this.#answer(next, next.outgoing)
    }
    if (this.#takeOver !== undefined) {
      this.#out.flush()
      return this.#takeOver()
    }
    const next = this.#waiting[0]
    if (next === undefined && this.#farewell.due) this.#finish()
    if (next?.wanted === true) this.#sayContinue(next)
    // Those that wait may be answered in this very turn.
    if (next === undefined || next.streaming) this.#out.flush()
    else this.#out.flushSoon()
    this.#goOn()
  }

  #answer(exchange: Exchange, outgoing: Outgoing): void {
    if (this.#offer === exchange) this.#offer = undefined
    try {
      if (outgoing.status === 101 && outgoing.takeOver !== undefined) this.#switch(exchange, outgoing)
      else this.#write(exchange, outgoing)
    } catch (error) {
      // An answer that somebody made past all checks, with a status or a header that can't be written: the process must live on.
      process.emitWarning(error instanceof Error ? error : String(error))
      exchange.outgoing = outgoing
      exchange.drop()
      this.destroy()
    }
  }

  #write(exchange: Exchange, outgoing: Outgoing): void {
    const close = this.#closesBehind(exchange) || fieldOf(outgoing.headers, 'connection') !== undefined
    const streamed = writeAnswer(exchange, outgoing, close, this.#shared.date, this.#out)
    if (streamed !== undefined) return this.#stream(exchange, outgoing, streamed)
    const { sent } = exchange.incoming
    if (sent !== undefined) this.#out.whenSent(sent)
    this.#answered(exchange, close)
  }

  #stream(exchange: Exchange, outgoing: Outgoing, { body, ending, close }: Streamed): void {
    exchange.outgoing = outgoing
    exchange.streaming = true
    this.#waiting.unshift(exchange)
    // The head must not wait for the first chunk: an event stream may be silent for long.
    this.#out.flush()
    const { incoming } = exchange
    void writeStream(body, ending, outgoing.headers, incoming, this.#socket, this.#shared.events).then((whole) => {
      if (this.#waiting[0] === exchange) this.#waiting.shift()
      if (!whole) {
        // It waits no longer when the socket's `close` comes, and would not hear of it.
        incoming.lost()
        return incoming.sent?.(false)
      }
      if (incoming.sent !== undefined) this.#out.whenSent(incoming.sent)
      this.#answered(exchange, close || this.#closesBehind(exchange))
      this.#advance()
    })
  }

  /** Behind what is still to be written, the connection is no longer ours. */
  #switch({ incoming, line, fields }: Exchange, outgoing: Outgoing): void {
    this.#farewell.reading = 'switched'
    this.#takeOver = () => {
      this.#takeOver = undefined
      const socket = this.#socket
      socket.off('data', this.#onData).off('drain', this.#goOn).off('end', this.#onEnd).off('close', this.#onClose)
      this.#closed(this)
      const { events, closing } = this.#shared
      const head = this.#rest ?? noBytes
      handOver(outgoing, { incoming, request: nodeRequest(line, fields, socket), socket, head, events, closing })
    }
  }

  /** Whether the connection ends behind this answer, which the answer must say (RFC 9112 §9.6). */
  #closesBehind({ last, body, awaitsContinue }: Exchange): boolean {
    if (last) return true
    const { reading, refusal } = this.#farewell
    if (this.#waiting.length === 0 && refusal === undefined && (this.#shared.closing || reading === 'nothing')) return true
    // Where a client waits for 100, whether its body still comes is for it to decide: nobody can tell where the next request begins.
    return body?.ended === false && (awaitsContinue || body.exceeds(DRAIN_LIMIT))
  }

  /** The answer is written. What the handler left of the body is passed over. */
  #answered({ body }: Exchange, close: boolean): void {
    this.#since = this.#shared.now
    if (close) return this.#finish()
    if (body?.ended !== false) return
    body.drain(DRAIN_LIMIT)
    this.#goOn()
  }

  /** Behind the last answer our side ends, and theirs is read for a moment: a reset would take the answer from it (RFC 9112 §9.6). */
  #finish(): void {
    if (this.#farewell.reading === 'rest') return
    this.#farewell.linger(this.#shared.now)
    if (this.#farewell.refusal !== undefined) this.#out.add(this.#farewell.refusal)
    this.#out.end()
    this.#rest = undefined
    this.#receiving = undefined
    if (!this.#held) return
    this.#held = false
    this.#socket.resume()
  }

  /** Answers in place of the application, behind what was asked before. */
  #refuse({ code, reason }: Refusal): void {
    this.#farewell.reading = 'nothing'
    this.#rest = undefined
    this.#farewell.refusal = refusalText(code, this.#shared.date)
    this.#shared.refused?.(code, reason)
    if (this.#waiting.length > 0) return
    this.#finish()
    if (!this.#batching) this.#out.flush()
  }

  /** Somebody reads the body that is coming in. */
  readonly #wanted = (): void => {
    const exchange = this.#receiving
    if (exchange === undefined) return
    exchange.wanted = true
    if (this.#waiting.length === 0 || this.#waiting[0] === exchange) this.#sayContinue(exchange)
    this.#goOn()
  }

  #sayContinue(exchange: Exchange): void {
    if (!exchange.awaitsContinue) return
    exchange.awaitsContinue = false
    this.#out.add('HTTP/1.1 100 Continue\r\n\r\n')
    if (!this.#batching) this.#out.flush()
  }

  /** The client says no more. Some still read; what has closed altogether looks the same (see `check`). */
  readonly #onEnd = (): void => {
    if (this.#farewell.reading === 'rest') return
    this.#farewell.reading = 'nothing'
    this.#rest = undefined
    const broken = this.#receiving
    this.#receiving = undefined
    if (broken !== undefined && this.#waiting.every((it) => it === broken)) return this.destroy()
    broken?.incoming.lost()
    if (this.#waiting.length > 0) this.#farewell.halfClosed(this.#shared.now)
    else {
      this.#finish()
      this.#out.flush()
    }
  }

  readonly #onClose = (): void => {
    this.#farewell.reading = 'rest'
    for (const it of this.#waiting.splice(0)) {
      it.incoming.lost()
      if (it.outgoing !== undefined) it.drop()
    }
    this.#closed(this)
  }
}
