import { Duplex } from 'node:stream'

/** The server's end of a connection that never leaves the process. What it writes stands in `written`, one character a byte. */
export class Pipe extends Duplex {
  written = ''
  readonly remoteAddress = '127.0.0.1'
  readonly remotePort = 1

  constructor() {
    super({ allowHalfOpen: true })
  }

  override _read(): void {}

  override _write(chunk: Buffer | string, encoding: BufferEncoding, done: () => void): void {
    this.written += typeof chunk === 'string' ? Buffer.from(chunk, encoding).toString('latin1') : chunk.toString('latin1')
    done()
  }

  setTimeout(): this {
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
}
