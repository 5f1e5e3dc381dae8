import { type AddressInfo, createServer, type Socket } from 'node:net'
import type { Dispatch, ListenOptions } from '../../contract.ts'
import type { NodeListening, NodeTransport } from '../http-transport.ts'
import { Connection } from './connection.ts'
import { defaultLimits, type Http1Limits } from './limits.ts'
import type { RefusalCode } from './refusal.ts'
import type { Shared } from './shared.ts'

/** How exact times are: half of what "ten seconds, give or take one" allows. */
const TICK_MS = 250

/** What may be set of the engine. */
export interface Http1Options {
  readonly limits?: Partial<Http1Limits>
  /** Names, in lower case and without ports, that requests may be for; others get 421. Default any. */
  readonly hosts?: readonly string[]
  /** Hears of each request that the parser refused before any route was asked, with a reason in our words. For logs and counters. */
  readonly refused?: (code: RefusalCode, reason: string) => void
}

/** HTTP/1.1 on `node:net`. */
export function http1(options: Http1Options = {}): NodeTransport {
  return {
    listen(dispatch: Dispatch, { port, hostname }: ListenOptions): Promise<NodeListening> {
      const server = new Http1Server(dispatch, options)
      return server.listen(port ?? 3000, hostname ?? '127.0.0.1')
    },
  }
}

class Http1Server {
  readonly #connections = new Set<Connection>()
  readonly #shared: Shared
  readonly #server = createServer({ allowHalfOpen: true, noDelay: true }, (socket) => this.#serve(socket))
  #ticker: NodeJS.Timeout | undefined
  #emptied: (() => void) | undefined

  constructor(dispatch: Dispatch, { limits, hosts, refused }: Http1Options) {
    this.#shared = {
      dispatch,
      limits: { ...defaultLimits, ...limits },
      hosts: hosts && new Set(hosts.map((it) => it.toLowerCase())),
      events: new Set(),
      refused,
      closing: false,
      now: 0,
      date: '',
    }
  }

  listen(port: number, host: string): Promise<NodeListening> {
    return new Promise((resolve, reject) => {
      this.#server.once('error', reject)
      this.#server.listen({ port, host }, () => {
        this.#server.off('error', reject)
        const { port: actual, address, family } = this.#server.address() as AddressInfo
        const name = address === '::' || address === '0.0.0.0' ? 'localhost' : family === 'IPv6' ? `[${address}]` : address
        resolve({
          url: `http://${name}:${actual}`,
          port: actual,
          accept: (socket) => this.#accept(socket),
          close: (drainMs, idleMs) => this.#close(drainMs, idleMs),
        })
      })
    })
  }

  #accept(socket: Socket): void {
    if (this.#shared.closing) return void socket.destroy()
    socket.allowHalfOpen = true
    this.#serve(socket)
    socket.resume()
  }

  #serve(socket: Socket): void {
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
    const closed = new Promise<void>((done) => this.#server.close(() => done()))
    for (const end of [...this.#shared.events]) end()
    const endIdle = (): void => {
      for (const connection of this.#connections) if (connection.idle) connection.destroy()
    }
    const grace = idleMs > 0 ? setTimeout(endIdle, Math.min(idleMs, drainMs)) : undefined
    if (grace === undefined) endIdle()
    const late = setTimeout(() => {
      for (const connection of this.#connections) connection.destroy()
    }, drainMs)
    if (this.#connections.size > 0) await new Promise<void>((done) => (this.#emptied = done))
    clearTimeout(late)
    clearTimeout(grace)
    await closed
  }
}
