import type { FileHandle } from 'node:fs/promises'
import type { ByteRange } from './range.ts'

const CHUNK = 65_536

/** A part of an open file as a stream, read as the reader pulls. The file is closed at its end, on error and on cancel. */
export function fileStream(handle: FileHandle, range: ByteRange): ReadableStream<Uint8Array> {
  return new ReadableStream(new FileSource(handle, range), { highWaterMark: 0 })
}

/** A part of an open file as one array; the file is closed. Cheaper than a stream for what fits into one chunk or so. */
export async function fileBytes(handle: FileHandle, range: ByteRange): Promise<Uint8Array> {
  try {
    const bytes = new Uint8Array(range.last - range.first + 1)
    for (let filled = 0; filled < bytes.length;) {
      const { bytesRead } = await handle.read(bytes, filled, bytes.length - filled, range.first + filled)
      if (bytesRead === 0) throw shrunk()
      filled += bytesRead
    }
    return bytes
  } finally {
    await handle.close()
  }
}

class FileSource implements UnderlyingDefaultSource<Uint8Array> {
  readonly #handle: FileHandle
  readonly #last: number
  #at: number
  #reading: Promise<unknown> = Promise.resolve()

  constructor(handle: FileHandle, range: ByteRange) {
    this.#handle = handle
    this.#at = range.first
    this.#last = range.last
  }

  pull(controller: ReadableStreamDefaultController<Uint8Array>): Promise<void> {
    const pulled = this.#pull(controller)
    this.#reading = pulled.catch(() => {})
    return pulled
  }

  async #pull(controller: ReadableStreamDefaultController<Uint8Array>): Promise<void> {
    try {
      const chunk = new Uint8Array(Math.min(CHUNK, this.#last - this.#at + 1))
      const { bytesRead } = await this.#handle.read(chunk, 0, chunk.length, this.#at)
      if (bytesRead === 0) throw shrunk()
      this.#at += bytesRead
      const over = this.#at > this.#last
      if (over) await this.#handle.close()
      controller.enqueue(bytesRead === chunk.length ? chunk : chunk.subarray(0, bytesRead))
      if (over) controller.close()
    } catch (error) {
      await this.#handle.close()
      throw error
    }
  }

  /** After the read that may be under way: closing a handle that is being read from is refused on some platforms. */
  async cancel(): Promise<void> {
    await this.#reading
    await this.#handle.close()
  }
}

/** The length was promised in the head; an early end must break the connection off, or the next answer is read as the rest. */
function shrunk(): Error {
  return new Error('The file became shorter while it was being sent.')
}
