import type { Socket } from 'node:net'
import type { Peer } from '../contract.ts'

/** Of connections whose own addresses are not the client's. */
const known = new WeakMap<Socket, Peer>()

/** From now on `peer` is who is on the other end of this connection, and of the TLS inside it. */
export function rememberPeer(socket: Socket, peer: Peer): void {
  known.set(socket, peer)
}

/** Who is on the other end. Asks the socket only for what is read: an address is a system call. */
export function peerOf(socket: Socket): Peer {
  const told = known.get(socket)
  if (told !== undefined) return told
  // Node has no public way from the inside of a TLS connection to its outside; the field has been there since Node 0.12.
  const outside = (socket as { readonly _parent?: Socket | null })._parent
  const outer = outside ? known.get(outside) : undefined
  return outer === undefined ? new SocketPeer(socket) : { ...outer, secure: true }
}

class SocketPeer implements Peer {
  readonly #socket: Socket

  constructor(socket: Socket) {
    this.#socket = socket
  }

  get address(): string {
    return this.#socket.remoteAddress ?? ''
  }
  get port(): number {
    return this.#socket.remotePort ?? 0
  }
  get secure(): boolean {
    // Of `tls.TLSSocket`; on Bun every socket has the property.
    return (this.#socket as { readonly encrypted?: boolean }).encrypted === true
  }
}
