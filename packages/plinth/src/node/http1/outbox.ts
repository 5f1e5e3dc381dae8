import type { Socket } from 'node:net'

/** So much text waits for the end of a batch of requests, before it is written in between. */
const BATCH = 65_536

/** What goes out on one connection. Answers of one batch of requests are gathered, so that many become one write. */
export class Outbox {
  readonly #socket: Socket
  #text = ''
  #sent: ((delivered: boolean) => void)[] | undefined = undefined
  #soon = false
  #ends = false
  /** What was taken of us at the last look, and since when nothing more was. */
  #taken = -1
  #queued = 0
  #stuckSince = 0

  constructor(socket: Socket) {
    this.#socket = socket
  }

  /** Whether it should be flushed before more is added. */
  get full(): boolean {
    return this.#text.length > BATCH
  }

  /** `text` has one byte a character. */
  add(text: string): void {
    this.#text += text
  }

  /** At once: bytes are not gathered. */
  addBytes(head: string, bytes: Uint8Array): void {
    const socket = this.#socket
    socket.cork()
    socket.write(this.#text + head, 'latin1')
    this.#text = ''
    socket.write(bytes)
    socket.uncork()
  }

  /** `tell` hears whether what was added before was handed over to the system. */
  whenSent(tell: (delivered: boolean) => void): void {
    ;(this.#sent ??= []).push(tell)
  }

  /** Our side ends behind what is flushed next. */
  end(): void {
    this.#ends = true
  }

  flushSoon(): void {
    if (this.#soon) return
    this.#soon = true
    process.nextTick(() => {
      this.#soon = false
      this.flush()
    })
  }

  flush(): void {
    const socket = this.#socket
    const text = this.#text
    const sent = this.#sent
    const last = this.#ends && !socket.writableEnded
    if (text === '' && sent === undefined && !last) return
    this.#text = ''
    this.#sent = undefined
    const told = sent && ((error?: Error | null): void => sent.forEach((tell) => tell(!error)))
    if (socket.destroyed) return told?.(new Error('the connection is closed'))
    if (last) socket.end(text, 'latin1', () => told?.(socket.errored))
    else if (text === '' && told) told(null)
    else socket.write(text, 'latin1', told)
  }

  /** For how many milliseconds the client has taken nothing of what waits for it. Asked from time to time. */
  stuckFor(now: number): number {
    const { writableLength } = this.#socket
    const taken = this.#socket.bytesWritten - writableLength
    const queued = queuedIn(this.#socket)
    if (writableLength === 0 || taken !== this.#taken || queued < this.#queued) this.#stuckSince = now
    this.#taken = taken
    this.#queued = queued
    return now - this.#stuckSince
  }

  /**
   * While nothing is read of a socket the system is not asked about it, and a reset is not noticed. To write nothing asks, and fails where the
   * connection is no more.
   */
  probe(): void {
    const socket = this.#socket
    if (socket.writableLength === 0 && !socket.writableEnded && !socket.destroyed) socket.write('')
  }
}

interface Queue {
  readonly writeQueueSize?: number
  readonly _parent?: Queue
}

/**
 * Bytes of the write under way that the system has not taken yet. Of a long write whose reader is slow, Node tells in public only that it has
 * not ended; its own time-outs look here. Below TLS it is the inner handle that knows.
 */
function queuedIn(socket: Socket): number {
  const handle = (socket as { readonly _handle?: Queue | null })._handle
  return (handle?._parent ?? handle)?.writeQueueSize ?? 0
}
