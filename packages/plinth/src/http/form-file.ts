/** A file of a multipart form, in memory within the limits of the body. */
export class FormFile {
  /** The form field's name. */
  readonly name: string
  /** The last part of the path that the client gave, without control characters; `''` when nothing is left. Never a path. */
  readonly filename: string
  /** What the client says it is; nothing has checked it. Default `application/octet-stream`. */
  readonly type: string
  /** Bytes. */
  readonly size: number
  readonly #bytes: Uint8Array

  constructor(name: string, filename: string, type: string, bytes: Uint8Array) {
    this.name = name
    this.filename = filename
    this.type = type
    this.size = bytes.length
    this.#bytes = bytes
  }

  /** The content itself, not a copy. */
  bytes(): Uint8Array {
    return this.#bytes
  }

  arrayBuffer(): Promise<ArrayBuffer> {
    // Not `slice()`: of a Node `Buffer` that is a view, and its memory holds other requests' bytes too.
    return Promise.resolve(new Uint8Array(this.#bytes).buffer)
  }

  /** As UTF-8; bytes that are not become U+FFFD, as with `Blob.text`. */
  text(): Promise<string> {
    return Promise.resolve(new TextDecoder().decode(this.#bytes))
  }

  stream(): ReadableStream<Uint8Array> {
    let bytes: Uint8Array | undefined = this.#bytes
    return new ReadableStream({
      pull(controller) {
        if (bytes !== undefined && bytes.length > 0) controller.enqueue(bytes)
        bytes = undefined
        controller.close()
      },
    })
  }
}
