/** Who is on the other end of the connection, as the transport saw it. */
export interface Peer {
  /** `''` where the platform tells none; `'unix'` on a UNIX socket, whose clients have none. */
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
  /**
   * What the client would go on with on this connection (RFC 9110 §7.8): its `Upgrade`, `websocket` say; `null` where it asks for nothing that
   * could be given. Absent where the platform has no way to hand a connection over.
   */
  readonly upgrade?: string | null | undefined
  /** One header by lower-case name; repeated lines joined as RFC 9110 §5.3 says, cookies with `; `. */
  header(name: string): string | undefined
  /** Every header, names in lower case. */
  headers(): Iterable<readonly [name: string, value: string]>
  /** The body as a stream, the same one each time, or of what `gather` read; `null` when the request has none. */
  stream(): ReadableStream<Uint8Array> | null
  /** The whole body, kept for whoever asks again. Rejects with `BodyTooLarge` as soon as it passes `limit` bytes. */
  gather(limit: number): Promise<Uint8Array>
  /**
   * What `gather` would give, where it is at hand and nobody need wait for it: a body mostly comes in the packet of its head. `undefined` is
   * no failure, it is to be asked of `gather`; so is a transport without it.
   */
  gathered?(limit: number): Uint8Array | undefined
  abort(reason: unknown): void
  /** Who is asking, where the transport itself knows: a platform's authorizer, a test. Then `identify` is not asked; `null` is nobody. */
  readonly principal?: unknown
  /** Keeps a short-lived platform alive for `work`; absent where the process outlives the answer anyway. */
  readonly waitUntil?: (work: Promise<unknown>) => void
}

/** What an answer carries: text, bytes, a stream, or nothing. */
export type OutgoingBody = string | Uint8Array | ReadableStream<Uint8Array> | null

/** A connection that its transport gives away. What more it has is the platform's own: on Node see `SwitchedConnection`. */
export interface HandedOver {
  /** Breaks it off. */
  destroy(): void
}

/** Goes on with the connection of a request in place of its transport. Never throws. */
export type TakeOver = (connection: HandedOver) => void

/**
 * One answer. `headers` is flat: name, value, name, value, … A transport adds `Date`, `Content-Length` and what is about the connection alone
 * (RFC 9110 §7.6.1), nothing else.
 */
export interface Outgoing {
  readonly status: number
  readonly headers: readonly string[]
  readonly body: OutgoingBody
  /**
   * Beside status 101, to a request with an {@link Incoming.upgrade}: gets the connection, and says 101 itself. Until it ends, the request's
   * signal aborts when the server closes or the client goes.
   */
  readonly takeOver?: TakeOver
}

/** Request in, answer out. Never rejects; answers without a promise when nothing on the way needed one. */
export type Dispatch = (incoming: Incoming) => Outgoing | Promise<Outgoing>

/** Certificate and key of a server. Each is PEM text, or the path of a file of it, which is read again when it changes. */
export interface TlsOptions {
  readonly key: string
  /** The server's certificate, and behind it those that lead to one that clients know. */
  readonly cert: string
  /** Who signs the certificates of clients. With it clients must have one. */
  readonly ca?: string
  /** Of the key. */
  readonly passphrase?: string
  /** Default `TLSv1.2`. */
  readonly minVersion?: 'TLSv1.2' | 'TLSv1.3'
  /** How often files are looked at, in milliseconds. Default 10,000; 0 for never. */
  readonly reloadMs?: number
}

/** Which connections begin with a header of the PROXY protocol. */
export interface ProxyProtocol {
  /** Those of these proxies: addresses, ranges, `'loopback'`, `'private'`, `'unix'`. Others speak HTTP at once. Default all. */
  readonly from?: string | readonly string[]
  /** Milliseconds that the header may take. Default 5,000. */
  readonly timeoutMs?: number
}

/** Where and how a transport listens. Those that can't do something of it refuse it. */
export interface ListenOptions {
  readonly port?: number
  /** Default: every interface in production, `127.0.0.1` otherwise. */
  readonly hostname?: string
  /**
   * The path of a UNIX socket, instead of port and host name. The file of a server that died is replaced; where one listens, or something
   * else than a socket is there, listening fails. The file is removed at close.
   */
  readonly path?: string
  /** The mode of the socket's file, which says who may connect. Default `0o600`: the same user. */
  readonly socketMode?: number
  /** Serves HTTPS. Default none. */
  readonly tls?: TlsOptions
  /** With `tls`: HTTP/2 on the same port, for clients that ask for it in the handshake (ALPN). Default true where the transport has it. */
  readonly http2?: boolean
  /**
   * A load balancer in front tells by the PROXY protocol (version 1 or 2) who is connected to it. Connections without its header are
   * closed. Default false: the header would be anybody's to write.
   */
  readonly proxyProtocol?: boolean | ProxyProtocol
  /**
   * The hosts that requests may be for, by `Host` or an absolute target: `'api.example.com'`, `'*.example.com'` for all below it, without
   * ports. Others get 421. Default any. Requests of HTTP/1.0 that name none pass.
   */
  readonly hosts?: readonly string[]
  /** Hears of what goes wrong beside requests: files of certificates that can't be used. Default: a warning of the process. */
  readonly report?: (error: Error) => void
}

/** A transport that listens, and how to end it. */
export interface Listening {
  /** `http://127.0.0.1:3000`, `https://…`, or `unix:///run/app.sock`. */
  readonly url: string
  /** 0 on a UNIX socket. */
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
