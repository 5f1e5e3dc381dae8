import { createServer, type IncomingMessage, type RequestListener, type Server, type ServerOptions, type ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import { allowedHosts } from './allowed-hosts.ts'
import type { Dispatch, ListenOptions, Outgoing } from '../contract.ts'
import type { Certificates } from './certificates.ts'
import { Listener, loadCertificates } from './listener.ts'
import { type RefusalCode, refusalBody } from './http1/refusal.ts'
import { NodeIncoming } from './node-incoming.ts'
import { HEAD_LIMIT, headJudge, isOver, lastWord, refuseBehindAnswers, refuseBytes } from './node-refusals.ts'
import type { NodeListening, NodeTransport } from './node-transport.ts'
import type { OpenEvents } from './open-events.ts'
import { serveUpgrades } from './node-upgrades.ts'
import { writeAnswer } from './write-answer.ts'

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
    let closing = false
    const events: OpenEvents = new Set()
    const judge = headJudge(allowedHosts(options.hosts))
    const refused = (request: IncomingMessage, response: ServerResponse): boolean => {
      if (isOver(request.socket)) return true
      const wrong = judge(request)
      if (wrong === undefined) return false
      lastWord(request.socket)
      refuse(response, wrong)
      return true
    }
    const serve = (request: IncomingMessage, response: ServerResponse): void => {
      if (refused(request, response)) return
      const incoming = new NodeIncoming(request, response)
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
    if (canUpgrade) serveUpgrades(server, certificates !== undefined, { dispatch, events, isClosing: () => closing, refused })
    server.on('clientError', refuseBytes)
    // A tunnel is what a proxy digs.
    server.on('connect', (_, socket) => refuseBehindAnswers('not-implemented', socket as Socket))
    // The platform's own refusal has no body.
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

function refuse(response: ServerResponse, code: RefusalCode): void {
  const { status, body } = refusalBody(code)
  const headers = ['content-type', 'application/problem+json; charset=utf-8', 'x-content-type-options', 'nosniff']
  response.writeHead(status, [...headers, 'content-length', String(body.length), 'connection', 'close']).end(body)
}
