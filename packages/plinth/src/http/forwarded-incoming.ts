import type { Dispatch, Incoming, Peer } from '../contract.ts'
import { type ForwardedFacts, type ReadForwarded, readForwarded, type TrustProxy } from './forwarded.ts'

/**
 * A dispatch for requests that come by way of proxies: peer and host are those that trusted ones tell. Stands between transport and
 * application, so that it holds for every transport, and costs nothing where nobody is trusted.
 * @throws {TypeError} naming what is wrong with the setting.
 */
export function behindProxies(setting: TrustProxy, dispatch: Dispatch): Dispatch {
  const read = readForwarded(setting)
  return (incoming) => dispatch(new ForwardedIncoming(incoming, read))
}

/** A request as the client sent it to the first proxy. Nothing is read before somebody asks. */
class ForwardedIncoming implements Incoming {
  readonly #inner: Incoming
  readonly #read: ReadForwarded
  #facts: ForwardedFacts | undefined
  #peer: Peer | undefined
  /** Present only where the transport has it: some ask whether it is there. */
  readonly waitUntil?: (work: Promise<unknown>) => void

  constructor(inner: Incoming, read: ReadForwarded) {
    this.#inner = inner
    this.#read = read
    if (inner.waitUntil) this.waitUntil = (work) => inner.waitUntil?.(work)
  }

  get method(): string {
    return this.#inner.method
  }
  get path(): string {
    return this.#inner.path
  }
  get search(): string {
    return this.#inner.search
  }
  get env(): unknown {
    return this.#inner.env
  }
  get signal(): AbortSignal {
    return this.#inner.signal
  }
  get upgrade(): string | null | undefined {
    return this.#inner.upgrade
  }
  get principal(): unknown {
    return this.#inner.principal
  }
  get template(): string | undefined {
    return this.#inner.template
  }
  set template(value: string | undefined) {
    this.#inner.template = value
  }
  get sent(): ((delivered: boolean) => void) | undefined {
    return this.#inner.sent
  }
  set sent(value: ((delivered: boolean) => void) | undefined) {
    this.#inner.sent = value
  }

  get peer(): Peer {
    if (this.#peer !== undefined) return this.#peer
    const { peer } = this.#inner
    const { address, port, secure } = this.#told
    return (this.#peer = {
      address: address ?? peer.address,
      port: address === undefined ? peer.port : (port ?? 0),
      secure: secure ?? peer.secure,
    })
  }

  header(name: string): string | undefined {
    return name === 'host' ? (this.#told.host ?? this.#inner.header(name)) : this.#inner.header(name)
  }

  *headers(): Iterable<readonly [name: string, value: string]> {
    const { host } = this.#told
    for (const field of this.#inner.headers()) {
      if (host === undefined || field[0] !== 'host') yield field
    }
    if (host !== undefined) yield ['host', host]
  }

  stream(): ReadableStream<Uint8Array> | null {
    return this.#inner.stream()
  }
  gather(limit: number): Promise<Uint8Array> {
    return this.#inner.gather(limit)
  }
  gathered(limit: number): Uint8Array | undefined {
    return this.#inner.gathered?.(limit)
  }
  abort(reason: unknown): void {
    this.#inner.abort(reason)
  }

  get #told(): ForwardedFacts {
    return (this.#facts ??= this.#read(this.#inner.peer.address, (name) => this.#inner.header(name)))
  }
}
