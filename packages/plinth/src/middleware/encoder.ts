import { builtin } from '../internal/builtin.ts'

/** Content codings that answers are made in. */
export type Encoding = 'zstd' | 'br' | 'gzip'
export type Zlib = typeof import('node:zlib')
type Engine = import('node:zlib').Gzip
type OneShot = (bytes: Uint8Array, options: object, done: (error: Error | null, encoded: Uint8Array) => void) => void
type ZstdZlib = Zlib & {
  zstdCompress: OneShot
  createZstdCompress(options: object): Engine
  constants: { ZSTD_e_flush: number; ZSTD_c_compressionLevel: number }
}

/** `null` where the platform is not Node, Bun or Deno. */
export function platformZlib(): Zlib | null {
  return builtin<Zlib>('node:zlib') ?? null
}

/** Which codings the platform can make, ours first choice first: zstd and brotli pack tighter than gzip for the same time. */
export function encodingsOf(zlib: Zlib | null): readonly Encoding[] {
  if (zlib === null) return ['gzip']
  return 'zstdCompress' in zlib ? ['zstd', 'br', 'gzip'] : ['br', 'gzip']
}

/**
 * Levels for what is compressed while somebody waits. Brotli's own default, 11, takes a hundred times as long as 4 for a few
 * per cent; it is for files that are packed once.
 */
function optionsOf(zlib: Zlib, encoding: Encoding, flush: boolean): object {
  const { constants } = zlib
  if (encoding === 'gzip') return { level: 6, ...(flush ? { flush: constants.Z_SYNC_FLUSH } : undefined) }
  if (encoding === 'br') {
    return { params: { [constants.BROTLI_PARAM_QUALITY]: 4 }, ...(flush ? { flush: constants.BROTLI_OPERATION_FLUSH } : undefined) }
  }
  const zstd = (zlib as ZstdZlib).constants
  return { params: { [zstd.ZSTD_c_compressionLevel]: 3 }, ...(flush ? { flush: zstd.ZSTD_e_flush } : undefined) }
}

/** Encodes a whole body, off the event loop where `node:zlib` is there. */
export function encodeBytes(bytes: Uint8Array, encoding: Encoding, zlib: Zlib | null): Promise<Uint8Array> {
  if (zlib === null) {
    const stream = new Blob([bytes as Uint8Array<ArrayBuffer>]).stream().pipeThrough(new CompressionStream('gzip'))
    return new Response(stream).arrayBuffer().then((it) => new Uint8Array(it))
  }
  const oneShot = (encoding === 'gzip' ? zlib.gzip : encoding === 'br' ? zlib.brotliCompress : (zlib as ZstdZlib).zstdCompress) as OneShot
  return new Promise((resolve, reject) => {
    oneShot(bytes, optionsOf(zlib, encoding, false), (error, encoded) => (error === null ? resolve(encoded) : reject(error)))
  })
}

/** Encodes as the reader pulls. Each chunk is flushed: what is sent in pieces is meant to arrive in pieces, an event above all. */
export function encodeStream(source: ReadableStream<Uint8Array>, encoding: Encoding, zlib: Zlib): ReadableStream<Uint8Array> {
  const options = optionsOf(zlib, encoding, true)
  const engine =
    encoding === 'gzip'
      ? zlib.createGzip(options)
      : encoding === 'br'
        ? (zlib.createBrotliCompress(options) as Engine)
        : (zlib as ZstdZlib).createZstdCompress(options)
  // Nothing is read ahead of the reader: a slow client must not fill our memory.
  return new ReadableStream<Uint8Array>(new EncodedSource(source, engine), { highWaterMark: 0 })
}

class EncodedSource implements UnderlyingDefaultSource<Uint8Array> {
  readonly #reader: ReadableStreamDefaultReader<Uint8Array>
  readonly #engine: Engine
  #pieces = 0

  constructor(source: ReadableStream<Uint8Array>, engine: Engine) {
    this.#reader = source.getReader()
    this.#engine = engine
  }

  start(controller: ReadableStreamDefaultController<Uint8Array>): void {
    this.#engine.on('data', (piece: Uint8Array) => {
      this.#pieces++
      controller.enqueue(piece)
    })
    // Told where it is waited for; without a listener it would end the process.
    this.#engine.on('error', () => {})
  }

  async pull(controller: ReadableStreamDefaultController<Uint8Array>): Promise<void> {
    const before = this.#pieces
    try {
      // Until something came out: a stream whose pull gives nothing is not pulled again.
      while (this.#pieces === before) {
        const { done, value } = await this.#reader.read()
        if (done) {
          await this.#end()
          controller.close()
          return
        }
        if (value.byteLength > 0) await this.#write(value)
      }
    } catch (error) {
      this.#engine.destroy()
      throw error
    }
  }

  async cancel(reason: unknown): Promise<void> {
    this.#engine.removeAllListeners('data').destroy()
    await this.#reader.cancel(reason)
  }

  #write(chunk: Uint8Array): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#engine.write(chunk, (error) => (error ? reject(error) : resolve()))
    })
  }

  #end(): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#engine.once('end', resolve).once('error', reject).end()
    })
  }
}
