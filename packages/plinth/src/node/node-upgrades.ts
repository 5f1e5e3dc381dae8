import { type IncomingMessage, type Server, ServerResponse } from 'node:http'
import type { Server as NetServer, Socket } from 'node:net'
import type { Dispatch, Outgoing } from '../contract.ts'
import { behindAnswers } from './behind-answers.ts'
import { handOver } from './hand-over.ts'
import { NodeIncoming } from './node-incoming.ts'
import type { OpenEvents } from './open-events.ts'
import { writeAnswer } from './write-answer.ts'

/** What a server of `node:http` does when it is asked to go on in another protocol. */
export interface Upgrading {
  readonly dispatch: Dispatch
  readonly events: OpenEvents
  /** Refuses requests that are not as they must be; true where it has done so. */
  refused(request: IncomingMessage, response: ServerResponse): boolean
  isClosing(): boolean
}

/**
 * Serves requests with an `Upgrade`. `node:http` lets go of their connections before anybody is asked, whatever the protocol is and whether
 * or not a body comes behind: those that no WebSocket can begin with are given back to it, without the field that nobody has to heed
 * (RFC 9110 §7.8). `secure`: the server's connections are those of `secureConnection`.
 */
export function serveUpgrades(server: Server, secure: boolean, upgrading: Upgrading): void {
  const [attach] = server.listeners(secure ? 'secureConnection' : 'connection') as ((this: NetServer, socket: Socket) => void)[]
  server.on('upgrade', (request: IncomingMessage, stream, head: Buffer) => {
    const socket = stream as Socket
    // `close` follows, and tells whoever must know.
    socket.on('error', nothing)
    behindAnswers(socket, () => {
      if (opensWebSocket(request)) return serve(request, socket, head, upgrading)
      socket.off('error', nothing).unshift(Buffer.concat([headOf(request), head]))
      attach?.call(server, socket)
    })
  })
}

function nothing(): void {}

function opensWebSocket({ method, headers, httpVersionMinor }: IncomingMessage): boolean {
  if (
    method !== 'GET' ||
    httpVersionMinor !== 1 ||
    headers['transfer-encoding'] !== undefined ||
    (headers['content-length'] ?? '0') !== '0'
  )
    return false
  return membersOf(headers.upgrade).includes('websocket') && !membersOf(headers.connection).includes('close')
}

function serve(request: IncomingMessage, socket: Socket, head: Buffer, upgrading: Upgrading): void {
  const { events } = upgrading
  const response = new ServerResponse(request)
  // What was sent behind the request can't be read as requests any more, so the connection ends behind an answer.
  response.shouldKeepAlive = false
  response.assignSocket(socket)
  response.on('finish', () => {
    response.detachSocket(socket)
    socket.destroySoon()
  })
  const incoming = new NodeIncoming(request, response)
  if (upgrading.refused(request, response)) return
  incoming.upgrade = request.headers.upgrade
  const early = new EarlyBytes(socket, head)
  const write = (outgoing: Outgoing): void => {
    if (outgoing.takeOver === undefined || response.destroyed) return answer(outgoing, incoming, response, events)
    response.detachSocket(socket)
    handOver(outgoing, { incoming, request, socket, head: early.take(), events, closing: upgrading.isClosing() })
  }
  const outgoing = upgrading.dispatch(incoming)
  if (outgoing instanceof Promise) void outgoing.then(write)
  else write(outgoing)
}

/** More than this of what comes before the answer is left in the socket. */
const EARLY_LIMIT = 65_536

/** What a client sends before it is answered. Read, because only who reads learns that it has gone. */
class EarlyBytes {
  readonly #socket: Socket
  readonly #chunks: Buffer[]
  #size: number

  constructor(socket: Socket, head: Buffer) {
    this.#socket = socket
    this.#chunks = [head]
    this.#size = head.length
    socket.on('data', this.#keep).on('end', this.#gone)
  }

  take(): Buffer {
    this.#socket.off('data', this.#keep).off('end', this.#gone)
    return Buffer.concat(this.#chunks)
  }

  readonly #keep = (chunk: Buffer): void => {
    this.#chunks.push(chunk)
    this.#size += chunk.length
    if (this.#size >= EARLY_LIMIT) this.#socket.pause()
  }

  readonly #gone = (): void => void this.#socket.destroy()
}

function answer(outgoing: Outgoing, incoming: NodeIncoming, response: ServerResponse, events: OpenEvents): void {
  try {
    writeAnswer(outgoing, incoming, response, true, events)
  } catch (error) {
    process.emitWarning(error instanceof Error ? error : String(error))
    incoming.sent?.(false)
    response.destroy()
  }
}

/** The head of a request as it came, without what it would go on with. */
function headOf({ method, url, httpVersion, rawHeaders }: IncomingMessage): Buffer {
  let text = `${method} ${url} HTTP/${httpVersion}\r\n`
  for (let i = 0; i < rawHeaders.length; i += 2) {
    const name = (rawHeaders[i] as string).toLowerCase()
    if (name === 'upgrade') continue
    const value = rawHeaders[i + 1] as string
    const rest = name === 'connection' ? membersOf(value).filter((it) => it !== 'upgrade') : value
    if (rest.length > 0) text += `${rawHeaders[i]}: ${rest}\r\n`
  }
  return Buffer.from(`${text}\r\n`, 'latin1')
}

/** The members of a list (RFC 9110 §5.6.1), in lower case. */
function membersOf(list: string | undefined): string[] {
  return (list ?? '').split(',').map((it) => it.trim().toLowerCase())
}
