import type { Socket } from 'node:net'
import type { Incoming, Peer } from '../../contract.ts'
import { ClientGone } from '../../http/client-gone.ts'
import { LazySignal } from '../../http/lazy-signal.ts'
import { peerOf } from '../socket-peer.ts'
import type { Fields } from './fields.ts'
import type { RequestBody } from './request-body.ts'
import type { RequestLine } from './request-line.ts'

const empty = new Uint8Array(0)
const noBytes = Promise.resolve(empty)

/** A request as it came over the wire: strings that were checked, and nothing made of them before somebody asks. */
export class Http1Incoming implements Incoming {
  readonly method: string
  readonly path: string
  readonly search: string
  template: string | undefined = undefined
  sent: ((delivered: boolean) => void) | undefined = undefined
  readonly #socket: Socket
  readonly #fields: Fields
  readonly #authority: string | undefined
  readonly #body: RequestBody | undefined
  #signal: LazySignal | undefined = undefined
  #gone: ClientGone | undefined = undefined

  constructor(line: RequestLine, fields: Fields, body: RequestBody | undefined, socket: Socket) {
    const { target } = line
    const question = target.indexOf('?')
    this.method = line.method
    this.path = question === -1 ? target : target.slice(0, question)
    this.search = question === -1 ? '' : target.slice(question + 1)
    this.#authority = line.authority
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

  get upgrade(): string | null {
    const { upgrade, close } = this.#fields
    return upgrade && !close && this.#body === undefined ? (this.#fields.get('upgrade') as string) : null
  }

  header(name: string): string | undefined {
    if (name === 'host') return this.#authority ?? this.#fields.host
    return this.#fields.get(name)
  }

  *headers(): Iterable<readonly [name: string, value: string]> {
    for (const [name, value] of this.#fields.entries()) yield [name, name === 'host' ? (this.#authority ?? value) : value]
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

  /** The connection broke: whoever waits for the body or the signal hears the same reason. */
  lost(): void {
    const reason = (this.#gone ??= new ClientGone())
    this.#lazy.abort(reason)
    this.#body?.fail(reason)
  }
}
