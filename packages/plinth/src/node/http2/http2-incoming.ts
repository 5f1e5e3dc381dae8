import type { Socket } from 'node:net'
import type { Incoming, Peer } from '../../contract.ts'
import { ClientGone } from '../../http/client-gone.ts'
import { LazySignal } from '../../http/lazy-signal.ts'
import type { RequestBody } from '../http1/request-body.ts'
import { peerOf } from '../socket-peer.ts'
import type { RequestHead } from './request-head.ts'

const empty = new Uint8Array(0)
const noBytes = Promise.resolve(empty)

/** A request of one stream (RFC 9113 §8.1). */
export class Http2Incoming implements Incoming {
  readonly method: string
  readonly path: string
  readonly search: string
  template: string | undefined = undefined
  sent: ((delivered: boolean) => void) | undefined = undefined
  readonly #socket: Socket
  readonly #fields: ReadonlyMap<string, string>
  readonly #body: RequestBody | undefined
  #signal: LazySignal | undefined = undefined
  #gone: ClientGone | undefined = undefined

  constructor({ method, target, fields }: RequestHead, body: RequestBody | undefined, socket: Socket) {
    const question = target.indexOf('?')
    this.method = method
    this.path = question === -1 ? target : target.slice(0, question)
    this.search = question === -1 ? '' : target.slice(question + 1)
    this.#fields = fields
    this.#body = body
    this.#socket = socket
  }

  get peer(): Peer {
    return peerOf(this.#socket)
  }

  get env(): undefined {
    return undefined
  }

  get #lazy(): LazySignal {
    return (this.#signal ??= new LazySignal())
  }

  get signal(): AbortSignal {
    return this.#lazy.signal
  }

  /** RFC 9113 §8.6: a stream is no connection that could go on in another protocol. */
  get upgrade(): null {
    return null
  }

  header(name: string): string | undefined {
    return this.#fields.get(name)
  }

  headers(): Iterable<readonly [name: string, value: string]> {
    return this.#fields
  }

  stream(): ReadableStream<Uint8Array> | null {
    return this.#body?.stream() ?? null
  }

  gather(limit: number): Promise<Uint8Array> {
    return this.#body?.gather(limit) ?? noBytes
  }

  gathered(limit: number): Uint8Array | undefined {
    return this.#body === undefined ? empty : this.#body.gathered(limit)
  }

  abort(reason: unknown): void {
    this.#lazy.abort(reason)
  }

  /** The stream broke: whoever waits for the body or the signal hears the same reason. */
  lost(): void {
    const reason = (this.#gone ??= new ClientGone())
    this.#lazy.abort(reason)
    this.#body?.fail(reason)
  }
}
