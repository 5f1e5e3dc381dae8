import { chmodSync, lstatSync, unlinkSync } from 'node:fs'
import { type AddressInfo, connect, Server, type Socket } from 'node:net'
import { resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { ListenOptions, TlsOptions } from '../contract.ts'
import { UNIX_ADDRESS } from '../http/trusted-proxies.ts'
import type { Certificates } from './certificates.ts'
import { requireProxyHeader } from './proxy-protocol.ts'
import { peerOf, rememberPeer } from './socket-peer.ts'

/** The shortest `sun_path` that a platform has, less its end. */
const PATH_LIMIT = 103
const PROBE_MS = 1_000

/** Loaded only where it is asked for: most servers stand behind a proxy that ends TLS, and Node's part of it takes milliseconds. */
export async function loadCertificates(options: TlsOptions, report: ListenOptions['report']): Promise<Certificates> {
  const { Certificates } = await import('./certificates.ts')
  return new Certificates(options, report)
}

/** Where a server came to listen. */
export interface Address {
  readonly url: string
  /** 0 on a UNIX socket. */
  readonly port: number
}

/** What comes before any protocol is spoken: port or path, whose connections begin with a PROXY header, and all that are open. */
export class Listener {
  readonly #server: Server
  readonly #options: ListenOptions
  readonly #sockets = new Set<Socket>()

  /** `server` has its listeners for `connection` already. Throws a TypeError that names the option that is wrong. */
  constructor(server: Server, options: ListenOptions) {
    this.#server = server
    this.#options = options
    const { path, port, hostname, socketMode = 0o600, proxyProtocol = false } = options
    if (path !== undefined && (port !== undefined || hostname !== undefined))
      throw new TypeError('listen: path stands in place of port and hostname; leave these out')
    if (path !== undefined && (typeof path !== 'string' || path === '' || path.includes('\0') || Buffer.byteLength(path) > PATH_LIMIT))
      throw new TypeError(`listen: path must be the path of a UNIX socket, 1 to ${PATH_LIMIT} bytes without NUL`)
    if (!Number.isInteger(socketMode) || socketMode < 0 || socketMode > 0o777)
      throw new TypeError('listen: socketMode must be the mode of a file, 0o600 or 0o660 say')
    if (proxyProtocol !== false) requireProxyHeader(server, proxyProtocol)
    server.prependListener('connection', (socket: Socket) => {
      if (path === undefined) peerOf(socket)
      else rememberPeer(socket, { address: UNIX_ADDRESS, port: 0, secure: false })
      this.#sockets.add(socket)
      socket.once('close', () => this.#sockets.delete(socket))
    })
  }

  async open(scheme: 'http' | 'https'): Promise<Address> {
    const { path, socketMode = 0o600 } = this.#options
    if (path === undefined) {
      await this.#listen({ port: this.#options.port ?? 3000, host: this.#options.hostname ?? '127.0.0.1' })
      const { port, address, family } = this.#server.address() as AddressInfo
      const host = address === '::' || address === '0.0.0.0' ? 'localhost' : family === 'IPv6' ? `[${address}]` : address
      return { url: `${scheme}://${host}:${port}`, port }
    }
    const full = resolve(path)
    const isFile = process.platform !== 'win32'
    if (isFile) await removeStale(full)
    await this.#listen({ path: full })
    // Who may connect is who may write the file. What the process's umask leaves is never less than this asks for.
    if (isFile) chmodSync(full, socketMode)
    return { url: `unix://${pathToFileURL(full).pathname}`, port: 0 }
  }

  /** Resolves when nobody is connected any more. The file of a UNIX socket is removed at once. */
  close(): Promise<void> {
    return new Promise((closed) => {
      // The server counts what it accepted itself. What was handed to it is in `sockets`.
      // The plain one: that of node:http closes idle connections at once.
      Server.prototype.close.call(this.#server, () => {
        if (this.#sockets.size === 0) return closed()
        for (const socket of this.#sockets) socket.once('close', () => this.#sockets.size === 0 && closed())
      })
    })
  }

  /** To a server of HTTP a connection that never said anything is not idle: browsers open such ones in advance. */
  destroySilent(): void {
    for (const socket of this.#sockets) if (socket.bytesRead === 0) socket.destroy()
  }

  destroyAll(): void {
    for (const socket of this.#sockets) socket.destroy()
  }

  #listen(where: { readonly port: number; readonly host: string } | { readonly path: string }): Promise<void> {
    return new Promise((done, fail) => {
      this.#server.once('error', fail)
      this.#server.listen(where, () => {
        this.#server.off('error', fail)
        done()
      })
    })
  }
}

/** Takes the file of a server away that died and could not. Whatever else is there stays, and listening fails. */
async function removeStale(path: string): Promise<void> {
  const found = lstatSync(path, { throwIfNoEntry: false })
  if (found === undefined) return
  if (!found.isSocket()) throw new Error(`listen: ${path} is there already and is no socket; remove it, or listen on another path`)
  if (await isLive(path))
    throw Object.assign(new Error(`listen: another server listens on ${path}; end it, or listen on another path`), { code: 'EADDRINUSE' })
  unlinkSync(path)
}

/** Only a refusal says that nobody listens: one that is busy, or not ours to open, may well be alive. */
function isLive(path: string): Promise<boolean> {
  return new Promise((answer) => {
    const probe = connect(path)
    const settle = (live: boolean): void => {
      probe.destroy()
      answer(live)
    }
    probe.setTimeout(PROBE_MS, () => settle(true))
    probe.once('connect', () => settle(true)).once('error', (error: NodeJS.ErrnoException) => settle(error.code !== 'ECONNREFUSED'))
  })
}
