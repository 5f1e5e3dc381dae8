import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import type { AllowedHosts } from './allowed-hosts.ts'
import { behindAnswers } from './behind-answers.ts'
import { defaultLimits, LINGER_LIMIT, LINGER_MS } from './http1/limits.ts'
import { Refusal, type RefusalCode, refusalText } from './http1/refusal.ts'
import { isTarget, longestLine } from './http1/request-line.ts'
import { RequestReader } from './http1/request-reader.ts'
import { peerOf } from './socket-peer.ts'

/** A head of `node:http` may be as long as one that the engine takes, which then says what is too long. */
export const HEAD_LIMIT: number = longestLine(defaultLimits) + defaultLimits.fields + 4

/**
 * Judges heads that the platform's parser took, by the rules of the engine: what llhttp lets pass (other codings before `chunked`, a second
 * `Authorization`, targets with a fragment) is no more for the application over one transport than over the other. Gives the code of what is
 * wrong.
 */
export function headJudge(hosts: AllowedHosts | undefined): (request: IncomingMessage) => RefusalCode | undefined {
  let secure = false
  const reader = new RequestReader(defaultLimits, hosts, () => secure)
  // A kept connection mostly sends the same lines again; to judge them again would cost a third of what the platform takes for all.
  const judged = new WeakMap<Socket, readonly string[]>()
  return (request) => {
    const { method, url = '', httpVersion, rawHeaders, socket } = request
    const known = httpVersion === '1.1' ? judged.get(socket) : undefined
    if (known !== undefined && isOriginForm(url) && isSame(known, rawHeaders)) return undefined
    let text = `${method} ${url} HTTP/${httpVersion}\r\n`
    for (let i = 0; i < rawHeaders.length; i += 2) text += `${rawHeaders[i]}: ${rawHeaders[i + 1]}\r\n`
    secure = peerOf(socket).secure
    try {
      reader.read(`${text}\r\n`, 0)
      if (httpVersion === '1.1' && rawHeaders.length <= REMEMBERED) judged.set(socket, rawHeaders)
      return undefined
    } catch (error) {
      if (error instanceof Refusal) return error.code
      throw error
    }
  }
}

/** Names and values of a head that is longer are not kept. */
const REMEMBERED = 64

/** A target of which nothing but its own characters is to be judged: all the others name a host or a scheme. */
function isOriginForm(url: string): boolean {
  return url.startsWith('/') && url.length <= defaultLimits.target && isTarget(url)
}

function isSame(one: readonly string[], other: readonly string[]): boolean {
  if (one.length !== other.length) return false
  for (let i = 0; i < one.length; i++) if (one[i] !== other[i]) return false
  return true
}

/** What the platform's parser says of bytes that are no request; all else is `malformed-request`. */
const codeOf: { readonly [code: string]: RefusalCode | undefined } = {
  HPE_HEADER_OVERFLOW: 'headers-too-large',
  HPE_CHUNK_EXTENSIONS_OVERFLOW: 'body-too-large',
  ERR_HTTP_REQUEST_TIMEOUT: 'request-timeout',
}

interface ParserError extends Error {
  readonly code?: string
  readonly reason?: string
}

/** What the platform reads and writes on a connection; both fields have been there since the first versions of Node. */
interface Parsed {
  readonly parser?: { readonly incoming: IncomingMessage | null } | null
  readonly _httpMessage?: ServerResponse | null
}

/** Connections on which the last is said: behind that nothing is a request (RFC 9112 §9.6). */
const refused = new WeakSet<Socket>()

/** Notes that the last is said on a connection; false where it was already. */
export function lastWord(socket: Socket): boolean {
  if (refused.has(socket)) return false
  refused.add(socket)
  return true
}

/** Whether what comes on this connection is passed over. */
export function isOver(socket: Socket): boolean {
  return refused.has(socket)
}

/** Answers bytes that the platform's parser refused: behind what was asked before, and in place of the request whose body they are. */
export function refuseBytes(error: ParserError, socket: Socket): void {
  // The parser says so again of each packet that follows; and what comes behind a request that closes costs it no answer.
  if (isOver(socket) || error.code === 'HPE_CLOSED_CONNECTION') {
    if (socket.writableEnded && socket.bytesRead > LINGER_LIMIT) socket.destroy()
    return
  }
  if (error.code === 'ECONNRESET' || !socket.writable) return void socket.destroy()
  const wrongVersion = error.code === 'HPE_INVALID_VERSION' && error.reason === 'Invalid HTTP version'
  refuseBehindAnswers(wrongVersion ? 'version-not-supported' : (codeOf[error.code ?? ''] ?? 'malformed-request'), socket)
}

/** The last that is said on a connection. What the client still sends is read for a moment: a reset would take the answer from it. */
export function refuseBehindAnswers(code: RefusalCode, socket: Socket): void {
  if (!lastWord(socket)) return
  const incoming = (socket as Parsed).parser?.incoming
  const broken = incoming?.complete === false ? incoming : undefined
  behindAnswers(
    socket,
    () => {
      const answered = broken !== undefined && (socket as Parsed)._httpMessage?.req !== broken
      socket.end(answered ? '' : refusalText(code, `date: ${new Date().toUTCString()}\r\n`))
      const late = setTimeout(() => socket.destroy(), LINGER_MS)
      socket.once('close', () => clearTimeout(late))
    },
    broken,
  )
}
