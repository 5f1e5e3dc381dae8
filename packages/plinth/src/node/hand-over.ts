import type { IncomingMessage } from 'node:http'
import type { Socket } from 'node:net'
import type { Incoming, Outgoing } from '../contract.ts'
import { type OpenEvents, ServerClosing } from './open-events.ts'
import type { SwitchedConnection } from './switch-protocols.ts'

/** A request whose client is known to have gone when its connection closes. */
interface Losable extends Incoming {
  lost(): void
}

/** Where a connection is given away. */
export interface Leaving {
  readonly incoming: Losable
  readonly request: IncomingMessage
  readonly socket: Socket
  /** What came behind the request. */
  readonly head: Buffer
  readonly events: OpenEvents
  readonly closing: boolean
}

/** Gives a connection to whoever goes on with it. The transport has taken its own listeners off; what it still does is tell of the end. */
export function handOver(outgoing: Outgoing, { incoming, request, socket, head, events, closing }: Leaving): void {
  // As if nobody had read it yet: paused by hand, it would not begin to flow for a new reader. Node's own upgrades do the same.
  ;(socket as { readableFlowing: boolean | null }).readableFlowing = null
  // Whoever takes it may be slower than a reset; without a listener that would end the process.
  socket.on('error', () => {})
  const end = (): void => incoming.abort(new ServerClosing())
  events.add(end)
  socket.once('close', () => {
    events.delete(end)
    incoming.lost()
  })
  incoming.sent?.(true)
  const connection: SwitchedConnection = { request, socket, head, headers: linesOf(outgoing.headers), destroy: () => void socket.destroy() }
  outgoing.takeOver?.(connection)
  if (socket.destroyed) incoming.lost()
  // It was asked for while the server closed: whoever took it has heard of it now.
  if (closing) end()
}

function linesOf(headers: readonly string[]): string[] {
  const lines: string[] = []
  for (let i = 0; i < headers.length; i += 2) lines.push(`${headers[i]}: ${headers[i + 1]}`)
  return lines
}
