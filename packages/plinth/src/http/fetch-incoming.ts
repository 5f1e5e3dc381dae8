import type { Incoming, Outgoing, Peer } from '../contract.ts'
import { ClientGone } from './client-gone.ts'
import { collect } from './collect.ts'
import { BodyTooLarge } from './failures.ts'
import type { FetchPlatform } from './fetch-platform.ts'
import { LazySignal } from './lazy-signal.ts'

/** A web `Request` as the dispatch takes it. */
export class FetchIncoming implements Incoming {
  readonly method: string
  readonly path: string
  readonly search: string
  readonly env: unknown
  readonly waitUntil?: (work: Promise<unknown>) => void
  template: string | undefined = undefined
  sent: ((delivered: boolean) => void) | undefined = undefined
  readonly #request: Request
  readonly #host: string
  readonly #signal = new LazySignal()
  readonly #findPeer: (() => Partial<Peer> | undefined) | undefined
  #peer: Peer | undefined
  #linked = false
  #stream: ReadableStream<Uint8Array> | undefined
  #gathered: Uint8Array | undefined

  constructor(request: Request, { env, peer, waitUntil }: FetchPlatform) {
    this.#request = request
    this.#findPeer = peer
    this.method = request.method
    // Cut, not parsed: `new URL` would normalise, and a path that is normalised twice is a path that two parts read differently.
    const { url } = request
    const start = url.indexOf('/', url.indexOf('://') + 3)
    const hash = url.indexOf('#')
    const end = hash === -1 ? url.length : hash
    const mark = url.indexOf('?')
    const question = mark === -1 || mark > end ? end : mark
    this.#host = url.slice(url.indexOf('://') + 3, start === -1 ? question : start)
    this.path = start === -1 || start > question ? '/' : url.slice(start, question)
    this.search = url.slice(question + 1, end)
    this.env = env
    if (waitUntil) this.waitUntil = waitUntil
  }

  get peer(): Peer {
    return (this.#peer ??= { address: '', port: 0, ...this.#findPeer?.(), secure: this.#request.url.startsWith('https:') })
  }

  get signal(): AbortSignal {
    const { signal } = this.#signal
    if (!this.#linked) {
      this.#linked = true
      const outer = this.#request.signal
      if (outer.aborted) this.#signal.abort(outer.reason)
      else outer.addEventListener('abort', () => this.#signal.abort(outer.reason), { once: true })
    }
    return signal
  }

  header(name: string): string | undefined {
    return this.#request.headers.get(name) ?? (name === 'host' ? this.#host : undefined)
  }

  headers(): Iterable<readonly [name: string, value: string]> {
    return this.#request.headers
  }

  stream(): ReadableStream<Uint8Array> | null {
    if (this.#gathered && this.#request.body) this.#stream ??= new Blob([this.#gathered as Uint8Array<ArrayBuffer>]).stream()
    return this.#stream ?? this.#request.body
  }

  async gather(limit: number): Promise<Uint8Array> {
    if (this.#gathered && this.#gathered.byteLength > limit) throw new BodyTooLarge(limit)
    return (this.#gathered ??= await gather(this.stream(), Number(this.header('content-length') ?? Number.NaN), limit))
  }

  abort(reason: unknown): void {
    this.#signal.abort(reason)
  }
}

/** Reads a stream whole. A length that was announced is believed when it is too large, never when it is small. */
export async function gather(stream: ReadableStream<Uint8Array> | null, announced: number, limit: number): Promise<Uint8Array> {
  if (!stream) return new Uint8Array(0)
  const reader = stream.getReader()
  if (announced > limit) {
    await discard(reader)
    throw new BodyTooLarge(limit)
  }
  try {
    return await collect(reader, limit, discard)
  } catch (error) {
    // A body that a client sends breaks off only where the client does; what that looks like is the platform's own.
    throw error instanceof BodyTooLarge ? error : new ClientGone()
  }
}

/** What is too much is still read up to here: a client that finds its connection reset while it sends never sees why. */
const DISCARD_LIMIT = 65_536

async function discard(reader: ReadableStreamDefaultReader<Uint8Array>): Promise<void> {
  try {
    for (let left = DISCARD_LIMIT; left >= 0;) {
      const { done, value } = await reader.read()
      if (done) return
      left -= value.byteLength
    }
    await reader.cancel()
  } catch {
    // The client has gone, or its platform does not let us; the answer is the same.
  }
}

const bodyless = new Set([101, 204, 205, 304])

/** An answer as a web `Response`. `sent` is told when the body has been read to its end, or was given up. */
export function toResponse(outgoing: Outgoing, incoming: Incoming): Response {
  const headers = new Headers()
  for (let i = 0; i < outgoing.headers.length; i += 2) headers.append(outgoing.headers[i] as string, outgoing.headers[i + 1] as string)
  const { sent } = incoming
  let { body } = outgoing
  if (bodyless.has(outgoing.status) && body !== null) {
    if (body instanceof ReadableStream) void body.cancel().catch(() => {})
    body = null
  }
  if (sent !== undefined && body instanceof ReadableStream) body = watched(body, sent)
  else sent?.(true)
  return new Response(body as BodyInit | null, { status: outgoing.status, headers })
}

function watched(stream: ReadableStream<Uint8Array>, sent: (delivered: boolean) => void): ReadableStream<Uint8Array> {
  const reader = stream.getReader()
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        try {
          const { done, value } = await reader.read()
          if (!done) return controller.enqueue(value)
          controller.close()
          sent(true)
        } catch (error) {
          controller.error(error)
          sent(false)
        }
      },
      async cancel(reason) {
        sent(false)
        await reader.cancel(reason)
      },
    },
    { highWaterMark: 0 },
  )
}
