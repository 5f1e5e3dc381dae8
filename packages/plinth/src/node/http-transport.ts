import { createServer, STATUS_CODES, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import type { Dispatch, Listening, ListenOptions, Transport } from '../contract.ts'
import { NodeIncoming } from './node-incoming.ts'
import { writeAnswer } from './write-answer.ts'

const HEAD_LIMIT = 16_384
const HEAD_MS = 10_000
const REQUEST_MS = 60_000
const IDLE_MS = 72_000
const SWEEP_MS = 50

/** What listens on Node. */
export interface NodeListening extends Listening {
  /** Serves a connection that somebody else accepted and read nothing from: a parent process, say. `close` waits for it too. */
  accept(socket: Socket): void
}

/** A transport of Node. */
export interface NodeTransport extends Transport {
  listen(dispatch: Dispatch, options: ListenOptions): Promise<NodeListening>
}

/** HTTP/1.1 over `node:http`. */
export const nodeHttp: NodeTransport = {
  listen(dispatch: Dispatch, options: ListenOptions): Promise<NodeListening> {
    let closing = false
    const server = createServer(
      {
        maxHeaderSize: HEAD_LIMIT,
        headersTimeout: HEAD_MS,
        requestTimeout: REQUEST_MS,
        keepAliveTimeout: IDLE_MS,
        connectionsCheckingInterval: 1_000,
        insecureHTTPParser: false,
        noDelay: true,
      },
      (request: IncomingMessage, response: ServerResponse) => {
        const incoming = new NodeIncoming(request, response)
        const outgoing = dispatch(incoming)
        if (outgoing instanceof Promise) void outgoing.then((it) => writeAnswer(it, incoming, response, closing))
        else writeAnswer(outgoing, incoming, response, closing)
      },
    )
    server.maxRequestsPerSocket = 0
    server.on('clientError', refuse)
    const sockets = new Set<Socket>()
    server.on('connection', (socket: Socket) => {
      sockets.add(socket)
      socket.once('close', () => sockets.delete(socket))
    })
    return new Promise((resolve, reject) => {
      server.once('error', reject)
      server.listen({ port: options.port ?? 3000, host: options.hostname ?? '127.0.0.1' }, () => {
        server.off('error', reject)
        const { port, address, family } = server.address() as AddressInfo
        const host = address === '::' || address === '0.0.0.0' ? 'localhost' : family === 'IPv6' ? `[${address}]` : address
        resolve({
          url: `http://${host}:${port}`,
          port,
          accept: (socket) => {
            if (closing) return void socket.destroy()
            server.emit('connection', socket)
            socket.resume()
          },
          close: (drainMs) =>
            new Promise<void>((closed) => {
              closing = true
              const timer = setTimeout(() => server.closeAllConnections(), drainMs)
              // A connection whose head was sent before closing began is kept alive by it, and falls idle later.
              const sweep = setInterval(() => server.closeIdleConnections(), SWEEP_MS)
              const end = (): void => {
                clearTimeout(timer)
                clearInterval(sweep)
                closed()
              }
              server.close(() => {
                // The server counts what it accepted itself. What was handed to it is still in `sockets`.
                if (sockets.size === 0) return end()
                for (const socket of sockets) socket.once('close', () => sockets.size === 0 && end())
              })
              server.closeIdleConnections()
              // To node:http a connection that never said anything is not idle: browsers open such ones in advance.
              for (const socket of sockets) if (socket.bytesRead === 0) socket.destroy()
            }),
        })
      })
    })
  },
}

const statusOf: { readonly [code: string]: number } = {
  HPE_HEADER_OVERFLOW: 431,
  HPE_CHUNK_EXTENSIONS_OVERFLOW: 413,
  ERR_HTTP_REQUEST_TIMEOUT: 408,
}

/** A request that the parser refused gets a fixed answer: no echo, no version, no stack. */
function refuse(error: Error & { readonly code?: string }, socket: Socket): void {
  if (error.code === 'ECONNRESET' || !socket.writable || socket.bytesWritten > 0) {
    socket.destroy()
    return
  }
  const status = statusOf[error.code ?? ''] ?? 400
  const body = `{"title":"${STATUS_CODES[status]}","status":${status}}`
  socket.end(
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\nContent-Type: application/problem+json; charset=utf-8\r\nX-Content-Type-Options: nosniff\r\nContent-Length: ${body.length}\r\nConnection: close\r\n\r\n${body}`,
  )
}
