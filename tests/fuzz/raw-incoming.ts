import { BodyTooLarge } from 'plinth/http'
import type { Incoming } from 'plinth'
import type { Sketch } from './sketch.ts'

const peer = { address: '192.0.2.7', port: 4711, secure: false }

/** A request as it was drawn: no class of the platform's that would normalise or refuse it stands between. */
export class RawIncoming implements Incoming {
  readonly method: string
  readonly path: string
  readonly search: string
  readonly peer: Incoming['peer'] = peer
  readonly env: undefined = undefined
  template: string | undefined = undefined
  sent: ((delivered: boolean) => void) | undefined = undefined
  readonly #sketch: Sketch
  readonly #controller = new AbortController()
  readonly #fields = new Map<string, string>()
  #stream: ReadableStream<Uint8Array> | undefined

  constructor(sketch: Sketch) {
    this.#sketch = sketch
    this.method = sketch.method
    this.path = sketch.path
    this.search = sketch.search
    for (const [name, value] of sketch.headers) {
      const lower = name.toLowerCase()
      const before = this.#fields.get(lower)
      this.#fields.set(lower, before === undefined ? value : `${before}${lower === 'cookie' ? '; ' : ', '}${value}`)
    }
  }

  get signal(): AbortSignal {
    return this.#controller.signal
  }

  header(name: string): string | undefined {
    return this.#fields.get(name)
  }

  headers(): Iterable<readonly [name: string, value: string]> {
    return this.#fields
  }

  stream(): ReadableStream<Uint8Array> | null {
    const { body } = this.#sketch
    if (body === undefined) return null
    return (this.#stream ??= inPieces(body))
  }

  gather(limit: number): Promise<Uint8Array> {
    const body = this.#sketch.body ?? new Uint8Array(0)
    return body.byteLength > limit ? Promise.reject(new BodyTooLarge(limit)) : Promise.resolve(body)
  }

  abort(reason: unknown): void {
    this.#controller.abort(reason)
  }
}

function inPieces(body: Uint8Array): ReadableStream<Uint8Array> {
  let at = 0
  return new ReadableStream<Uint8Array>({
    pull(controller) {
      if (at >= body.length) return controller.close()
      controller.enqueue(body.subarray(at, (at += 1 + (at % 997))))
    },
  })
}
