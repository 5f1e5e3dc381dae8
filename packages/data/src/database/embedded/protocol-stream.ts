import { Duplex } from 'node:stream'
import type { PgliteWorker } from './pglite-worker.ts'

/** Terminate: the client goes. PostgreSQL would end its process, which here is the database itself. */
const TERMINATE = 0x58

/**
 * What `pg` takes for a connection to a server: it writes messages of the protocol, and reads what the worker answers. So one
 * client library serves both engines, with the same types, errors and prepared statements.
 */
export class ProtocolStream extends Duplex {
  readonly #worker: PgliteWorker

  constructor(worker: PgliteWorker) {
    super()
    this.#worker = worker
    worker.onEnd((error) => this.destroy(error))
  }

  // What `pg` calls on a socket.
  connect(): this {
    process.nextTick(() => this.emit('connect'))
    return this
  }
  setNoDelay(): this {
    return this
  }
  setKeepAlive(): this {
    return this
  }
  ref(): this {
    return this
  }
  unref(): this {
    return this
  }

  override _read(): void {
    // What the worker answers is pushed as it comes.
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: (error?: Error | null) => void): void {
    this.#send(chunk, done)
  }

  override _writev(chunks: { chunk: Buffer }[], done: (error?: Error | null) => void): void {
    this.#send(chunks.length === 1 ? chunks[0]!.chunk : Buffer.concat(chunks.map((it) => it.chunk)), done)
  }

  override _final(done: () => void): void {
    this.push(null)
    done()
  }

  #send(bytes: Buffer, done: (error?: Error | null) => void): void {
    if (bytes[0] === TERMINATE && bytes.length === 5) return done()
    this.#worker.protocol(bytes).then((answer) => {
      if (answer.length > 0 && !this.destroyed) this.push(answer)
      done()
    }, done)
  }
}
