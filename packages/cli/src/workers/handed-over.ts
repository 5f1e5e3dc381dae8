import type { ChildProcess } from 'node:child_process'

/** A connection on its way from the primary to a worker. */
interface Handle {
  close(): void
}

/** What `node:cluster` says to a worker that it gives a connection, and what that answers. */
interface ClusterMessage {
  readonly cmd?: unknown
  readonly act?: unknown
  readonly seq?: unknown
  readonly ack?: unknown
}

const isCluster = (it: unknown): it is ClusterMessage => (it as ClusterMessage | null)?.cmd === 'NODE_CLUSTER'

/**
 * Closes the connections that a worker was given and died before it took. `node:cluster` waits for it to say so and keeps them open
 * meanwhile: their clients would wait for ever. To give them to another worker is not possible, the dead one may have read of them.
 * Where Node says it otherwise one day, nothing is closed.
 */
export function closeHandedOver(child: ChildProcess): void {
  const handed = new Map<unknown, Handle>()
  const send = child.send.bind(child) as (...args: readonly unknown[]) => boolean
  child.send = (...args: readonly unknown[]): boolean => {
    const [message, handle] = args
    if (isCluster(message) && message.act === 'newconn' && typeof (handle as Handle | undefined)?.close === 'function') {
      handed.set(message.seq, handle as Handle)
    }
    return send(...args)
  }
  child.on('internalMessage', (message: unknown) => {
    if (isCluster(message)) handed.delete(message.ack)
  })
  child.once('exit', () => {
    for (const handle of handed.values()) handle.close()
    handed.clear()
  })
}
