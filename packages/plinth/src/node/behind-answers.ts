import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'

/**
 * Calls `next` when what was asked before on this connection of `node:http` is answered: the platform goes on writing that (RFC 9112 §9.3.2).
 * Of the answer to `own` only the end of what has begun is waited for.
 */
export function behindAnswers(socket: Socket, next: () => void, own?: IncomingMessage): void {
  if (socket.writableEnded || socket.destroyed) return
  // The only place that tells; it has been there since the first versions of Node.
  const writing = (socket as { readonly _httpMessage?: ServerResponse | null })._httpMessage
  if (writing && (writing.req !== own || writing.headersSent)) writing.once('close', () => behindAnswers(socket, next, own))
  else next()
}
