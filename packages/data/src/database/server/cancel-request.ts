import pg from 'pg'

/** Longer we do not wait for a server to hear that something is to be stopped. */
const MAX_WAIT_MS = 2_000

/** What `pg` knows of a connection and its types do not tell: how the server calls it. */
interface Backend {
  readonly processID: number | null
  readonly secretKey: number | null
  readonly ssl: pg.ClientConfig['ssl']
}

/** The parts of `pg.Connection` that its types leave out. */
interface Wire {
  readonly stream: { destroy(): void }
  connect(port: number, host: string): void
  requestSsl(): void
  cancel(processId: number, secretKey: number): void
  on(event: 'connect' | 'sslconnect' | 'error' | 'end', listener: () => void): void
}

/**
 * Asks the server to stop what a connection is doing: a request on a connection of its own, since the one that is busy does not
 * listen. Resolves when the server has closed that one, by which time the signal is sent: only then may the busy one be used for
 * anything else. Never rejects; the statement then ends by the server's own limit.
 */
export function cancelRequest(client: pg.Client): Promise<void> {
  const { processID, secretKey, ssl } = client as unknown as Backend
  if (processID === null || secretKey === null) return Promise.resolve()
  return new Promise((resolve) => {
    const wire = new pg.Connection({ ssl } as pg.ConnectionConfig) as unknown as Wire
    const over = (): void => {
      clearTimeout(timer)
      wire.stream.destroy()
      resolve()
    }
    const timer = setTimeout(over, MAX_WAIT_MS)
    const ask = (): void => wire.cancel(processID, secretKey)
    wire.on('connect', ssl ? () => wire.requestSsl() : ask)
    wire.on('sslconnect', ask)
    wire.on('error', over)
    wire.on('end', over)
    // A path stands for a socket of this machine.
    const socket = `${client.host}/.s.PGSQL.${client.port}`
    if (client.host.startsWith('/')) (wire.connect as unknown as (path: string) => void)(socket)
    else wire.connect(client.port, client.host)
  })
}
