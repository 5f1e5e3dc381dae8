import type { IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import type { HandedOver } from '../contract.ts'
import { ProtocolSwitch } from '../http/protocol-switch.ts'
import { requireFunction } from '../internal/arguments.ts'

/** A connection of Node that goes on in another protocol. Nothing is written yet: whoever takes it says `101 Switching Protocols`. */
export interface SwitchedConnection extends HandedOver {
  /** The request that asked for it; its body is empty. */
  readonly request: IncomingMessage
  /** Nobody else reads or writes it any more. */
  readonly socket: Duplex
  /** What the client sent behind its request, to be read before what comes from the socket. */
  readonly head: Buffer
  /** What guards, wraps and the handler set by `setHeader` and `setCookie`, as lines for the 101: `set-cookie: a=1`. */
  readonly headers: readonly string[]
}

/**
 * The answer of a route with `websocket` in its contract: `take` gets the connection, as `handleUpgrade` of the `ws` package wants it.
 * From then on `ctx.signal` aborts when the server begins to close, with a reason called `ServerClosing`, and when the client has gone; what
 * is still open when the time to drain has passed is destroyed. What `take` throws is logged and breaks the connection off.
 *
 * ```ts
 * app().get('/live', { websocket: true }, ({ signal }) =>
 *   switchProtocols(({ request, socket, head }) =>
 *     sockets.handleUpgrade(request, socket, head, (it) => signal.addEventListener('abort', () => it.close(1001)))))
 * ```
 */
export function switchProtocols(take: (connection: SwitchedConnection) => void | Promise<void>): ProtocolSwitch {
  requireFunction('switchProtocols(…)', take)
  return new ProtocolSwitch(take)
}
