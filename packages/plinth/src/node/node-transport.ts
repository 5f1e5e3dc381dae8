import type { Socket } from 'node:net'
import type { Dispatch, Listening, ListenOptions, Transport } from '../contract.ts'

/** What listens on Node. */
export interface NodeListening extends Listening {
  /** Serves a connection that somebody else accepted and read nothing from: a parent process, say. `close` waits for it too. */
  accept(socket: Socket): void
}

/** A transport of Node. */
export interface NodeTransport extends Transport {
  listen(dispatch: Dispatch, options: ListenOptions): Promise<NodeListening>
}
