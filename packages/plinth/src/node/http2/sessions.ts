import type { Socket } from 'node:net'
import type { Shared } from '../http1/shared.ts'
import { Http2Connection } from './session.ts'

const TICK_MS = 250

/** The connections of one server that speak HTTP/2. */
export class Http2Sessions {
  readonly #connections = new Set<Http2Connection>()
  readonly #shared: Shared
  #ticker: NodeJS.Timeout | undefined

  constructor(shared: Shared) {
    this.#shared = shared
  }

  serve(socket: Socket): void {
    this.#ticker ??= setInterval(() => this.#tick(), TICK_MS).unref()
    const connection = new Http2Connection(socket, this.#shared, performance.now(), this.#forget)
    this.#connections.add(connection)
    if (this.#shared.closing) connection.close()
  }

  /** Ends each when it has answered; for `idleMs` it may still bring requests. */
  close(idleMs: number): void {
    const end = (): void => {
      for (const connection of this.#connections) connection.close()
    }
    if (idleMs > 0) setTimeout(end, idleMs).unref()
    else end()
  }

  destroy(): void {
    for (const connection of this.#connections) connection.destroy()
  }

  readonly #forget = (connection: Http2Connection): void => {
    this.#connections.delete(connection)
    if (this.#connections.size > 0) return
    clearInterval(this.#ticker)
    this.#ticker = undefined
  }

  #tick(): void {
    const now = performance.now()
    for (const connection of this.#connections) connection.check(now)
  }
}
