import { concat } from './concat.ts'
import { BodyTooLarge } from './failures.ts'
import { fieldText, multipartLimits, PartCounter, type MultipartLimits } from './multipart-form.ts'
import { MultipartScanner, type MultipartEvent } from './multipart-scanner.ts'

/** A field of a streamed form. */
export interface FieldPart {
  readonly kind: 'field'
  readonly name: string
  readonly value: string
}

/** A file of a streamed form. Read `stream` before asking for the next part: after that it errors. */
export interface FilePart {
  readonly kind: 'file'
  readonly name: string
  /** Without any path; `''` for a file input left empty. */
  readonly filename: string
  /** What the client says it is. */
  readonly type: string
  /** Errors with `BodyTooLarge` past the limits, and with `HttpFailure` when the form is malformed. */
  readonly stream: ReadableStream<Uint8Array>
}

/** One part of a streamed form; `kind` says which. */
export type Part = FieldPart | FilePart

/**
 * Reads a form part by part, in the order sent, holding one field or one chunk of a file at a time. A file that isn't read
 * is passed over when the next part is asked for. Leaving the loop early cancels `source`.
 *
 * `size` is the limit of the whole body in bytes. Throws `HttpFailure` as `parseMultipart` does, in the loop or in the
 * file being read, whichever comes to the fault.
 */
export async function* multipartParts(
  source: ReadableStream<Uint8Array>,
  boundary: string,
  size: number,
  limits: MultipartLimits = multipartLimits,
): AsyncGenerator<Part, void, undefined> {
  const pump = new Pump(source, new MultipartScanner(boundary, limits.headSize, limits.nameSize), size)
  const counter = new PartCounter(limits)
  try {
    for (let event = await pump.next(); event.kind !== 'end'; event = await pump.next()) {
      if (event.kind !== 'part') continue
      const { head } = event
      counter.begin(head)
      if (head.filename === undefined) {
        yield { kind: 'field', name: head.name, value: fieldText(head, await gatherPart(pump, counter)) }
      } else {
        const content = new PartContent(pump, counter)
        const stream = new ReadableStream<Uint8Array>(content, { highWaterMark: 0 })
        yield { kind: 'file', name: head.name, filename: head.filename, type: head.type ?? 'application/octet-stream', stream }
        await content.drain()
      }
    }
  } finally {
    pump.close()
  }
}

async function gatherPart(pump: Pump, counter: PartCounter): Promise<Uint8Array> {
  const chunks: Uint8Array[] = []
  let size = 0
  for (let event = await pump.next(); event.kind === 'data'; event = await pump.next()) {
    counter.add(event.bytes.length)
    chunks.push(event.bytes)
    size += event.bytes.length
  }
  return concat(chunks, size)
}

/** Feeds the scanner from the source, a chunk at a time, when it asks for more. */
class Pump {
  readonly #reader: ReadableStreamDefaultReader<Uint8Array>
  readonly #scanner: MultipartScanner
  readonly #size: number
  #left: number
  #done = false

  constructor(source: ReadableStream<Uint8Array>, scanner: MultipartScanner, size: number) {
    this.#reader = source.getReader()
    this.#scanner = scanner
    this.#size = size
    this.#left = size
  }

  async next(): Promise<MultipartEvent> {
    for (;;) {
      const event = this.#scanner.next()
      if (event.kind !== 'more') return event
      const { done, value } = await this.#reader.read()
      if (done) {
        this.#done = true
        this.#scanner.finish()
        continue
      }
      this.#left -= value.length
      if (this.#left < 0) throw new BodyTooLarge(this.#size)
      this.#scanner.push(value)
    }
  }

  /** Not awaited: a source that is slow to cancel would hold the handler's answer up. */
  close(): void {
    if (!this.#done) this.#reader.cancel().catch(() => {})
  }
}

/** One file's content, read by the handler through a stream or else passed over. */
class PartContent implements UnderlyingDefaultSource<Uint8Array> {
  readonly #pump: Pump
  readonly #counter: PartCounter
  #pulling: Promise<void> | undefined
  #ended = false
  #passedOver = false
  #failure: { readonly error: unknown } | undefined

  constructor(pump: Pump, counter: PartCounter) {
    this.#pump = pump
    this.#counter = counter
  }

  pull(controller: ReadableStreamDefaultController<Uint8Array>): Promise<void> {
    this.#pulling = this.#pull(controller)
    return this.#pulling
  }

  async #pull(controller: ReadableStreamDefaultController<Uint8Array>): Promise<void> {
    // An error and not an early end: half a file must not be taken for a whole one.
    if (this.#passedOver) return controller.error(new TypeError('This file was passed over. Read it before asking for the next part.'))
    try {
      const bytes = await this.#next()
      if (bytes === undefined) controller.close()
      else controller.enqueue(bytes)
    } catch (error) {
      controller.error(error)
    }
  }

  async #next(): Promise<Uint8Array | undefined> {
    try {
      const event = await this.#pump.next()
      if (event.kind === 'data') {
        this.#counter.add(event.bytes.length)
        return event.bytes
      }
    } catch (error) {
      this.#failure = { error }
      throw error
    }
    this.#ended = true
    return undefined
  }

  /** Goes to the end of the part. Throws what the reader of the stream met, since the body can't be read any further. */
  async drain(): Promise<void> {
    this.#passedOver = true
    await this.#pulling
    if (this.#failure !== undefined) throw this.#failure.error
    while (!this.#ended) await this.#next()
  }
}
