import type { Socket } from 'node:net'
import type { Peer } from '../contract.ts'

/** Asks the socket only for what is read: an address is a system call. */
export class SocketPeer implements Peer {
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
