import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Incoming, Peer } from '../contract.ts'
import { ClientGone } from '../http/client-gone.ts'
import { BodyTooLarge } from '../http/failures.ts'
import { LazySignal } from '../http/lazy-signal.ts'
import { ByteList } from './byte-list.ts'
import { requestStream } from './request-stream.ts'
import { peerOf } from './socket-peer.ts'

/** What is too much is still read up to here: a client that finds its connection reset while it sends never sees why. */
const DISCARD_LIMIT = 65_536

/** A request of `node:http` as the dispatch takes it. */
export class NodeIncoming implements Incoming {
  readonly method: string
  readonly path: string
  readonly search: string
  template: string | undefined = undefined
  sent: ((delivered: boolean) => void) | undefined = undefined
  /** Of a target in absolute form: it wins over `Host` (RFC 9112 §3.2.2). */
  readonly authority: string | undefined
  /** Set by the transport; where a host hands requests on, it has their connections. */
  upgrade: string | null | undefined = undefined
  readonly #request: IncomingMessage
  readonly #response: ServerResponse
  #lazy: LazySignal | undefined = undefined
  #watching = false
  #stream: ReadableStream<Uint8Array> | undefined = undefined
  #gathered: Uint8Array | undefined = undefined
  #gone: ClientGone | undefined = undefined

  /** `given` stands for the request's own target, where a host has mounted us below a path. */
  constructor(request: IncomingMessage, response: ServerResponse, given?: string) {
    this.#request = request
    this.#response = response
    this.method = request.method ?? 'GET'
    let target = given ?? request.url ?? '/'
    if (target.charCodeAt(0) !== 47 && target !== '*') {
      const rest = target.indexOf('://') + 3
      const slash = target.slice(rest).search(/[/?]/)
      this.authority = slash === -1 ? target.slice(rest) : target.slice(rest, rest + slash)
      target = slash === -1 ? '/' : target.slice(rest + slash)
      if (target.startsWith('?')) target = `/${target}`
    }
    const question = target.indexOf('?')
    this.path = question === -1 ? target : target.slice(0, question)
    this.search = question === -1 ? '' : target.slice(question + 1)
  }

  get peer(): Peer {
    return peerOf(this.#request.socket)
  }

  get env(): undefined {
    return undefined
  }

  get #abortable(): LazySignal {
    return (this.#lazy ??= new LazySignal())
  }

  get signal(): AbortSignal {
    if (!this.#watching) {
      this.#watching = true
      const gone = (): void => {
        if (!this.#response.writableFinished) this.#abortable.abort(this.#clientGone())
      }
      if (this.#response.destroyed) gone()
      else this.#response.once('close', gone)
    }
    return this.#abortable.signal
  }

  /** Bytes of the body that may still come: `Infinity` for a chunked one; 0 once it was read or where there is none. */
  get unread(): number {
    // A request without a body is not `complete` yet when its handler answers at once.
    if (this.#request.complete || !this.#hasBody()) return 0
    return Number(this.#request.headers['content-length'] ?? Infinity)
  }

  header(name: string): string | undefined {
    if (name === 'host' && this.authority !== undefined) return this.authority
    const value: unknown = this.#request.headers[name]
    // The object inherits: `constructor` is no header of anybody's.
    return typeof value === 'string' ? value : Array.isArray(value) ? value.join(', ') : undefined
  }

  *headers(): Iterable<readonly [name: string, value: string]> {
    for (const name of Object.keys(this.#request.headers)) yield [name, this.header(name) as string]
  }

  stream(): ReadableStream<Uint8Array> | null {
    if (!this.#hasBody()) return null
    if (this.#gathered) this.#stream ??= new Blob([this.#gathered as Uint8Array<ArrayBuffer>]).stream()
    return (this.#stream ??= requestStream(this.#request, () => this.#clientGone()))
  }

  gather(limit: number): Promise<Uint8Array> {
    if (!this.#hasBody()) return Promise.resolve(new Uint8Array(0))
    const announced = this.#request.headers['content-length']
    const most = limit + DISCARD_LIMIT
    if (announced !== undefined && Number(announced) > most) return Promise.reject(new BodyTooLarge(limit))
    const known = this.#gathered
    if (known) return known.byteLength > limit ? Promise.reject(new BodyTooLarge(limit)) : Promise.resolve(known)
    // Nothing would ever come any more.
    if (this.#request.readableEnded) return Promise.reject(new Error('The body of this request has been read already'))
    if (this.#request.destroyed) return Promise.reject(this.#clientGone())
    return new Promise((resolve, reject) => {
      const request = this.#request
      const bytes = new ByteList()
      let size = 0
      const settle = (act: () => void): void => {
        request.off('data', data).off('end', end).off('error', fail).off('close', closed)
        act()
      }
      const data = (chunk: Buffer): void => {
        size += chunk.length
        if (size <= limit) return bytes.add(plainBytes(chunk))
        bytes.clear()
        if (size <= most) return
        request.pause()
        settle(() => reject(new BodyTooLarge(limit)))
      }
      const end = (): void =>
        settle(() => {
          if (size > limit) return reject(new BodyTooLarge(limit))
          resolve((this.#gathered = bytes.takeAll()))
        })
      const fail = (): void => settle(() => reject(this.#clientGone()))
      const closed = (): void => settle(() => reject(this.#clientGone()))
      request.on('data', data).on('end', end).on('error', fail).on('close', closed)
    })
  }

  abort(reason: unknown): void {
    this.#abortable.abort(reason)
  }

  /** The connection closed that this request has gone on with in another protocol. */
  lost(): void {
    this.#abortable.abort(this.#clientGone())
  }

  /** The same one for whoever waits: the reason of the signal and the end of the body. */
  #clientGone(): ClientGone {
    return (this.#gone ??= new ClientGone())
  }

  /** Reads the raw list: most requests have no body, and `headers` would parse every field to say so. */
  #hasBody(): boolean {
    const { rawHeaders } = this.#request
    for (let i = 0; i < rawHeaders.length; i += 2) {
      const name = rawHeaders[i] as string
      if (name.length === 14 && name.toLowerCase() === 'content-length') return rawHeaders[i + 1] !== '0'
      if (name.length === 17 && name.toLowerCase() === 'transfer-encoding') return true
    }
    return false
  }
}

/** Handlers get what they get on every platform: a `Buffer` would slice, print and become JSON in a way of its own. */
function plainBytes(buffer: Buffer): Uint8Array {
  return new Uint8Array(buffer.buffer, buffer.byteOffset, buffer.byteLength)
}
