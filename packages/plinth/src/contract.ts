/** Who is on the other end of the connection, as the transport saw it. */
export interface Peer {
  readonly address: string
  readonly port: number
  /** True when the bytes came over TLS that this process (or a trusted proxy) ended. */
  readonly secure: boolean
}

/** One request as a transport hands it over. Everything costly is a method or a lazy getter. */
export interface Incoming {
  readonly method: string
  /** The target's path as it was sent: not decoded, not normalised, without the query. */
  readonly path: string
  /** The target's query as it was sent, without `?`; `''` when there is none. */
  readonly search: string
  readonly peer: Peer
  /** What the platform passes to a handler: bindings on Workers, the event on Lambda; else `undefined`. */
  readonly env: unknown
  /** Aborts when the client has gone or {@link Incoming.abort} was called. Made on first use. */
  readonly signal: AbortSignal
  /** The template that matched (`/users/:id`), once one has; logs and metrics group by it. */
  template: string | undefined
  /** Called by the transport once, when the last byte was handed over or the connection died (`delivered` false). */
  sent: ((delivered: boolean) => void) | undefined
  /** One header by lower-case name; repeated lines joined as RFC 9110 §5.3 says, cookies with `; `. */
  header(name: string): string | undefined
  /** Every header, names in lower case. */
  headers(): Iterable<readonly [name: string, value: string]>
  /** The body as a stream, the same one each time, or of what `gather` read; `null` when the request has none. */
  stream(): ReadableStream<Uint8Array> | null
  /** The whole body, kept for whoever asks again. Rejects with `BodyTooLarge` as soon as it passes `limit` bytes. */
  gather(limit: number): Promise<Uint8Array>
  abort(reason: unknown): void
  /** Who is asking, where the transport itself knows: a platform's authorizer, a test. Then `identify` is not asked; `null` is nobody. */
  readonly principal?: unknown
  /** Keeps a short-lived platform alive for `work`; absent where the process outlives the answer anyway. */
  readonly waitUntil?: (work: Promise<unknown>) => void
}

/** What an answer carries: text, bytes, a stream, or nothing. */
export type OutgoingBody = string | Uint8Array | ReadableStream<Uint8Array> | null

/** One answer. `headers` is flat: name, value, name, value, … A transport adds `Date` and `Content-Length`, nothing else. */
export interface Outgoing {
  readonly status: number
  readonly headers: readonly string[]
  readonly body: OutgoingBody
}

/** Request in, answer out. Never rejects; answers without a promise when nothing on the way needed one. */
export type Dispatch = (incoming: Incoming) => Outgoing | Promise<Outgoing>

/** Where a transport listens. */
export interface ListenOptions {
  readonly port?: number
  /** Default: every interface in production, `127.0.0.1` otherwise. */
  readonly hostname?: string
}

/** A transport that listens, and how to end it. */
export interface Listening {
  readonly url: string
  readonly port: number
  /**
   * Stops accepting, lets what is in flight finish until `drainMs` has passed, then destroys the rest. For `idleMs` of these, default 0,
   * a connection that is kept alive, or was only opened, may still bring a request: its answer says `Connection: close`. A client that
   * sends just as its connection is closed can't know whether it was heard, so whoever is replaced by another process gives it that time.
   */
  close(drainMs: number, idleMs?: number): Promise<void>
}

/** Turns bytes into `Incoming` and `Outgoing` into bytes. */
export interface Transport {
  listen(dispatch: Dispatch, options: ListenOptions): Promise<Listening>
}
