import {
  createServer,
  STATUS_CODES,
  type IncomingMessage,
  type RequestListener,
  type Server,
  type ServerOptions,
  type ServerResponse,
} from 'node:http'
import type { Socket } from 'node:net'
import { problemCatalogue } from '../app/index.ts'
import { isHost } from '../http/host.ts'
import { allowedHosts, type AllowedHosts } from './allowed-hosts.ts'
import type { Dispatch, ListenOptions, Outgoing } from '../contract.ts'
import type { Certificates } from './certificates.ts'
import { Listener, loadCertificates } from './listener.ts'
import { NodeIncoming } from './node-incoming.ts'
import type { NodeListening, NodeTransport } from './node-transport.ts'
import type { OpenEvents } from './open-events.ts'
import { serveUpgrades } from './node-upgrades.ts'
import { peerOf } from './socket-peer.ts'
import { writeAnswer } from './write-answer.ts'

const HEAD_LIMIT = 16_384
const HEAD_MS = 10_000
const REQUEST_MS = 60_000
const IDLE_MS = 72_000
const SWEEP_MS = 50
/** What others have of `node:http` lets go of connections in ways of its own. */
const canUpgrade = process.versions['bun'] === undefined && process.versions['deno'] === undefined

/** HTTP/1.1 over `node:http`: the default on Bun and Deno. On Node `listen({ transport: 'node:http' })` asks for it. */
export const nodeHttp: NodeTransport = {
  async listen(dispatch: Dispatch, options: ListenOptions): Promise<NodeListening> {
    if (options.http2 === true) throw new TypeError('listen: node:http has no HTTP/2; leave http2 out, or listen with http1()')
    const hosts = allowedHosts(options.hosts)
    let closing = false
    const events: OpenEvents = new Set()
    const hasWrongHost = (request: IncomingMessage, response: ServerResponse, { authority }: NodeIncoming): boolean => {
      const wrong = wrongHost(request, authority, hosts)
      if (wrong !== undefined) refuseHost(response, wrong)
      return wrong !== undefined
    }
    const serve = (request: IncomingMessage, response: ServerResponse): void => {
      const incoming = new NodeIncoming(request, response)
      if (hasWrongHost(request, response, incoming)) return
      if (canUpgrade) incoming.upgrade = null
      const write = (outgoing: Outgoing): void => {
        try {
          writeAnswer(outgoing, incoming, response, closing, events)
        } catch (error) {
          // An answer that somebody made past all checks, with a status or a header that can't be written: the process must live on.
          process.emitWarning(error instanceof Error ? error : String(error))
          incoming.sent?.(false)
          response.destroy()
        }
      }
      const outgoing = dispatch(incoming)
      if (outgoing instanceof Promise) void outgoing.then(write)
      else write(outgoing)
    }
    const settings: ServerOptions = {
      maxHeaderSize: HEAD_LIMIT,
      headersTimeout: HEAD_MS,
      requestTimeout: REQUEST_MS,
      keepAliveTimeout: IDLE_MS,
      connectionsCheckingInterval: 1_000,
      insecureHTTPParser: false,
      // Ours to judge: the platform's own refusal has no body, and lets a second Host pass.
      requireHostHeader: false,
      noDelay: true,
    }
    const certificates = options.tls && (await loadCertificates(options.tls, options.report))
    const server = certificates ? await secureServer(certificates, settings, serve) : createServer(settings, serve)
    server.maxRequestsPerSocket = 0
    if (canUpgrade) serveUpgrades(server, certificates !== undefined, { dispatch, events, isClosing: () => closing, refused: hasWrongHost })
    server.on('clientError', refuse)
    // What a client expects beside 100-continue need not be met (RFC 9110 §10.1.1): it gets the answer that it would get without.
    server.on('checkExpectation', serve)
    const listener = new Listener(server, options)
    return {
      ...(await listener.open(certificates ? 'https' : 'http')),
      accept: (socket) => {
        if (closing) return void socket.destroy()
        server.emit('connection', socket)
        // Behind TLS or a header, who reads first takes it from there.
        if (options.tls === undefined && !options.proxyProtocol) socket.resume()
      },
      close: async (drainMs, idleMs = 0) => {
        closing = true
        certificates?.leave()
        for (const end of events) end()
        const timer = setTimeout(() => listener.destroyAll(), drainMs)
        let sweep: NodeJS.Timeout | undefined
        const endIdle = (): void => {
          // It also ends the server's own timer, which the plain close of the listener leaves running.
          server.close()
          server.closeIdleConnections()
          // A connection whose head was sent before closing began is kept alive by it, and falls idle later.
          sweep = setInterval(() => server.closeIdleConnections(), SWEEP_MS)
          listener.destroySilent()
        }
        const grace = idleMs > 0 ? setTimeout(endIdle, Math.min(idleMs, drainMs)) : undefined
        const closed = listener.close()
        if (grace === undefined) endIdle()
        await closed
        clearTimeout(timer)
        clearTimeout(grace)
        server.close()
        clearInterval(sweep)
      },
    }
  },
}

async function secureServer(certificates: Certificates, settings: ServerOptions, serve: RequestListener): Promise<Server> {
  const { createServer: createSecureServer } = await import('node:https')
  const server = createSecureServer({ ...settings, ...certificates.settings, ALPNProtocols: ['http/1.1'] }, serve)
  certificates.attend(server)
  return server
}

const codeOf: { readonly [code: string]: string } = {
  HPE_HEADER_OVERFLOW: 'headers-too-large',
  HPE_CHUNK_EXTENSIONS_OVERFLOW: 'body-too-large',
  ERR_HTTP_REQUEST_TIMEOUT: 'request-timeout',
}
const refusalHeaders = ['content-type', 'application/problem+json; charset=utf-8', 'x-content-type-options', 'nosniff']

/** A refusal before the dispatch is a fixed text: no echo, no version, no stack. */
function refusal(code: string): { readonly status: number; readonly body: string } {
  const { status = 400, title } = problemCatalogue().get(code) ?? {}
  return { status, body: JSON.stringify({ type: `urn:problem-type:${code}`, title, status, code }) }
}

/** A request that the parser refused. */
function refuse(error: Error & { readonly code?: string }, socket: Socket): void {
  if (error.code === 'ECONNRESET' || !socket.writable || socket.bytesWritten > 0) {
    socket.destroy()
    return
  }
  const { status, body } = refusal(codeOf[error.code ?? ''] ?? 'malformed-request')
  let head = `HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\n`
  for (let i = 0; i < refusalHeaders.length; i += 2) head += `${refusalHeaders[i]}: ${refusalHeaders[i + 1]}\r\n`
  socket.end(`${head}content-length: ${body.length}\r\nconnection: close\r\n\r\n${body}`)
}

/** Exactly one (RFC 9112 §3.2): of two, a proxy in front may have judged the other. HTTP/1.0 may have none. Gives the code of what is wrong. */
function wrongHost(
  { rawHeaders, httpVersionMinor, url = '', socket }: IncomingMessage,
  authority: string | undefined,
  allowed: AllowedHosts | undefined,
): 'malformed-request' | 'misdirected-request' | undefined {
  let named: string | undefined
  for (let i = 0; i < rawHeaders.length; i += 2) {
    const name = rawHeaders[i] as string
    if (name.length !== 4 || name.toLowerCase() !== 'host') continue
    if (named !== undefined) return 'malformed-request'
    named = rawHeaders[i + 1] as string
  }
  if (named === undefined ? httpVersionMinor > 0 : !isHost(named)) return 'malformed-request'
  if (authority !== undefined && !isHost(authority)) return 'malformed-request'
  const host = authority ?? named
  // RFC 9110 §7.4: what belongs to `https` must not be answered to whoever asks in the clear.
  if (authority !== undefined && /^https:/i.test(url) && !peerOf(socket).secure) return 'misdirected-request'
  return allowed === undefined || host === undefined || allowed(host) ? undefined : 'misdirected-request'
}

function refuseHost(response: ServerResponse, code: string): void {
  const { status, body } = refusal(code)
  response.writeHead(status, [...refusalHeaders, 'content-length', String(body.length), 'connection', 'close']).end(body)
}
