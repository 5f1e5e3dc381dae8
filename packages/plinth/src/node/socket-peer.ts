import type { Socket } from 'node:net'
import type { Peer } from '../contract.ts'

/** Who is on the other end of each connection that was asked about. */
const known = new WeakMap<Socket, Peer>()

/** From now on `peer` is who is on the other end of this connection, and of the TLS inside it. */
export function rememberPeer(socket: Socket, peer: Peer): void {
  known.set(socket, peer)
}

/**
 * Who is on the other end. Asked when the connection comes: once it is closed the system does not tell any more, and whoever resets it at
 * once would have no address in any log and count under none.
 */
export function peerOf(socket: Socket): Peer {
  const told = known.get(socket)
  if (told !== undefined) return told
  // Node has no public way from the inside of a TLS connection to its outside; the field has been there since Node 0.12.
  const outside = (socket as { readonly _parent?: Socket | null })._parent
  const outer = outside ? known.get(outside) : undefined
  // A plain object, as on every platform: it is spread, logged and sent as JSON.
  const peer = outer === undefined ? seen(socket) : { ...outer, secure: true }
  if (peer.address !== '') known.set(socket, peer)
  return peer
}

function seen(socket: Socket): Peer {
  return {
    address: socket.remoteAddress ?? '',
    port: socket.remotePort ?? 0,
    // Of `tls.TLSSocket`; on Bun every socket has the property.
    secure: (socket as { readonly encrypted?: boolean }).encrypted === true,
  }
}
