import type { Server, Socket } from 'node:net'
import type { ProxyProtocol } from '../contract.ts'
import { proxyAddresses } from '../http/trusted-proxies.ts'
import { readProxyHeader } from './proxy-header.ts'
import { peerOf, rememberPeer } from './socket-peer.ts'

const HEADER_MS = 5_000

/**
 * Puts the PROXY protocol in front of a server's own listeners for `connection`, so that these, be they of TLS or of HTTP, see a
 * connection that begins behind the header and comes from the client. One without a header is closed without a word: there is nobody to
 * tell what the proxy in front has got wrong, and no protocol yet to say it in.
 */
export function requireProxyHeader(server: Server, setting: true | ProxyProtocol): void {
  const given: unknown = setting
  const { from, timeoutMs = HEADER_MS } = given === true ? ({} as ProxyProtocol) : (setting as ProxyProtocol)
  if (given !== true && (typeof given !== 'object' || given === null))
    throw new TypeError('listen: proxyProtocol must be true, or { from: the proxies that speak it }')
  if (typeof timeoutMs !== 'number' || !(timeoutMs > 0)) throw new TypeError('listen: proxyProtocol.timeoutMs must be milliseconds above 0')
  const speaks = from === undefined ? undefined : proxyAddresses('listen: proxyProtocol.from', from)
  const listeners = server.listeners('connection') as ((socket: Socket) => void)[]
  server.removeAllListeners('connection')
  server.on('connection', (socket: Socket) => {
    const serve = (): void => {
      for (const listener of listeners) listener.call(server, socket)
    }
    if (speaks !== undefined && !speaks(peerOf(socket).address)) return serve()
    takeHeader(socket, timeoutMs, serve)
  })
}

/** Reads as `readable`, not as `data`: what comes behind the header must wait for whoever reads next, TLS say. */
function takeHeader(socket: Socket, timeoutMs: number, serve: () => void): void {
  let held: Buffer | undefined
  const leave = (): void => {
    clearTimeout(timer)
    socket.off('readable', read).off('end', give).off('error', give).off('close', leave)
  }
  const give = (): void => {
    leave()
    socket.on('error', () => {}).destroy()
  }
  const read = (): void => {
    const chunk = socket.read() as Buffer | null
    if (chunk === null) return
    held = held === undefined ? chunk : Buffer.concat([held, chunk])
    const header = readProxyHeader(held)
    if (header === 'more') return
    if (header === 'malformed') return give()
    leave()
    if (header.peer !== undefined) rememberPeer(socket, header.peer)
    const rest = held.subarray(header.length)
    if (rest.length > 0) socket.unshift(rest)
    serve()
  }
  const timer = setTimeout(give, timeoutMs)
  socket.on('readable', read).on('end', give).on('error', give).on('close', leave)
}
