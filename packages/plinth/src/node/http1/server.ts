import { AsyncResource } from 'node:async_hooks'
import { createServer, type Server, type Socket } from 'node:net'
import type { TLSSocket } from 'node:tls'
import type { Dispatch, ListenOptions } from '../../contract.ts'
import { allowedHosts } from '../allowed-hosts.ts'
import type { Certificates } from '../certificates.ts'
import type { Http2Sessions } from '../http2/sessions.ts'
import { Listener, loadCertificates } from '../listener.ts'
import type { NodeListening, NodeTransport } from '../node-transport.ts'
import { Connection } from './connection.ts'
import { requireFunction, requireObject } from '../../internal/arguments.ts'
import { type Http1Limits, limitsOf } from './limits.ts'
import type { RefusalCode } from './refusal.ts'
import type { Shared } from './shared.ts'

/** How exact times are: half of what "ten seconds, give or take one" allows. */
const TICK_MS = 250

/** What may be set of the engine. */
export interface Http1Options {
  readonly limits?: Partial<Http1Limits>
  /** Hears of each request that the parser refused before any route was asked, with a reason in our words. For logs and counters. */
  readonly refused?: (code: RefusalCode, reason: string) => void
}

/**
 * HTTP/1.1 on `node:net`, with a strict parser of our own: what `listen` uses on Node. Call it to set its limits.
 *
 * ```ts
 * await api.listen({ port: 3000, transport: http1({ limits: { idleMs: 5_000 } }) })
 * ```
 * @throws {TypeError} naming a limit that is none.
 */
export function http1(options: Http1Options = {}): NodeTransport {
  requireObject('http1: options', options)
  if (options.refused !== undefined) requireFunction('http1: refused', options.refused)
  const limits = limitsOf(options.limits)
  return {
    async listen(dispatch: Dispatch, where: ListenOptions): Promise<NodeListening> {
      if (where.http2 === true && where.tls === undefined)
        throw new TypeError('listen: http2 needs tls: clients ask for it in the handshake')
      const certificates = where.tls && (await loadCertificates(where.tls, where.report))
      // Loaded only where it can be asked for: Node's part of it takes milliseconds.
      const sessions = certificates && where.http2 !== false ? (await import('../http2/sessions.ts')).Http2Sessions : undefined
      return new Http1Server(dispatch, limits, options.refused, where, certificates, sessions).listen()
    },
  }
}

/** A listener that throws must not end the process: whoever sends nonsense would have a way to make it do so. */
function guarded(
  refused: NonNullable<Http1Options['refused']>,
  report: (error: Error) => void = (error) => process.emitWarning(error),
): NonNullable<Http1Options['refused']> {
  return (code, reason) => {
    try {
      refused(code, reason)
    } catch (error) {
      report(error instanceof Error ? error : new Error(String(error)))
    }
  }
}

class Http1Server {
  readonly #connections = new Set<Connection>()
  readonly #shared: Shared
  readonly #server: Server
  readonly #certificates: Certificates | undefined
  readonly #listener: Listener
  readonly #http2: Http2Sessions | undefined
  /** Whether something stands between connections and the engine, which reads first. */
  readonly #plain: boolean
  #ticker: NodeJS.Timeout | undefined
  #emptied: (() => void) | undefined

  constructor(
    dispatch: Dispatch,
    limits: Http1Limits,
    refused: Http1Options['refused'],
    where: ListenOptions,
    certificates: Certificates | undefined,
    sessions: typeof Http2Sessions | undefined,
  ) {
    this.#shared = {
      dispatch,
      limits,
      hosts: allowedHosts(where.hosts),
      events: new Set(),
      outside: new AsyncResource('HTTP1'),
      refused: refused && guarded(refused, where.report),
      closing: false,
      now: 0,
      date: '',
    }
    const socketSettings = { allowHalfOpen: true, noDelay: true }
    const serve = (socket: Socket): void => this.#serve(socket)
    this.#certificates = certificates
    this.#http2 = sessions && new sessions(this.#shared)
    const ALPNProtocols = sessions ? ['h2', 'http/1.1'] : ['http/1.1']
    this.#server = certificates?.serve({ ...socketSettings, ALPNProtocols }, serve) ?? createServer(socketSettings, serve)
    this.#plain = where.tls === undefined && !where.proxyProtocol
    this.#listener = new Listener(this.#server, where)
  }

  async listen(): Promise<NodeListening> {
    return {
      ...(await this.#listener.open(this.#certificates ? 'https' : 'http')),
      accept: (socket) => this.#accept(socket),
      close: (drainMs, idleMs) => this.#close(drainMs, idleMs),
    }
  }

  #accept(socket: Socket): void {
    if (this.#shared.closing) return void socket.destroy()
    socket.allowHalfOpen = true
    this.#server.emit('connection', socket)
    if (this.#plain) socket.resume()
  }

  #serve(socket: Socket): void {
    if (this.#http2 !== undefined && (socket as TLSSocket).alpnProtocol === 'h2') return this.#http2.serve(socket)
    if (this.#ticker === undefined) {
      this.#tick()
      // What keeps the process alive is the server, and the sockets.
      this.#ticker = setInterval(() => this.#tick(), TICK_MS).unref()
    }
    this.#connections.add(new Connection(socket, this.#shared, this.#forget))
  }

  readonly #forget = (connection: Connection): void => {
    this.#connections.delete(connection)
    if (this.#connections.size > 0) return
    clearInterval(this.#ticker)
    this.#ticker = undefined
    this.#emptied?.()
  }

  #tick(): void {
    const now = performance.now()
    this.#shared.now = now
    this.#shared.date = `date: ${new Date().toUTCString()}\r\n`
    for (const connection of this.#connections) connection.check(now)
  }

  async #close(drainMs: number, idleMs: number = 0): Promise<void> {
    this.#shared.closing = true
    this.#certificates?.leave()
    const closed = this.#listener.close()
    this.#http2?.close(Math.min(idleMs, drainMs))
    for (const end of [...this.#shared.events]) end()
    const endIdle = (): void => {
      for (const connection of this.#connections) if (connection.idle) connection.destroy()
    }
    const grace = idleMs > 0 ? setTimeout(endIdle, Math.min(idleMs, drainMs)) : undefined
    if (grace === undefined) endIdle()
    const late = setTimeout(() => {
      for (const connection of this.#connections) connection.destroy()
      this.#http2?.destroy()
      this.#listener.destroyAll()
    }, drainMs)
    if (this.#connections.size > 0) await new Promise<void>((done) => (this.#emptied = done))
    clearTimeout(grace)
    await closed
    clearTimeout(late)
  }
}
