// Node only: mounts an application where a server of node:http is already at hand.
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { AnyApp, Built, Outgoing } from '../app/index.ts'
import { NodeIncoming } from '../node/node-incoming.ts'
import { writeAnswer } from '../node/write-answer.ts'
import { checkedBase, withoutBase } from './base-path.ts'
import { ParsedIncoming, type ParsedRequest } from './parsed-incoming.ts'
import { requireObject } from '../internal/arguments.ts'

/** Settings of `nodeHandler`. */
export interface NodeHandlerOptions {
  /**
   * Hand on what no route takes: `next()` is called, so that routes of the host behind it get their turn. Default false: the application
   * answers its own 404. A path that it has with other methods is always answered, with 405.
   */
  readonly passThrough?: boolean
  /** The path under which it is mounted, where the host leaves it in `req.url` (Next.js's pages do, Express doesn't): `/api`. */
  readonly basePath?: string
}

/** A handler of `node:http`; with `next` a middleware of Express or Connect. */
export type NodeHandler = (request: IncomingMessage, response: ServerResponse, next?: (error?: unknown) => void) => void

/**
 * An application, or what `build` made of it, as a handler for `http.createServer`, Express, Connect and Next.js's pages.
 *
 * An application is built by the first request; where that fails, `next(error)` is called, or 500 answered, and the next request tries
 * again. Pass `await app.build()` to know at the start.
 *
 * ```ts
 * express().use('/api', nodeHandler(api))
 * ```
 *
 * A body that the host has parsed already (`express.json()`) is taken from `req.body`.
 * @throws {TypeError} for a `basePath` that could never match.
 */
export function nodeHandler(application: AnyApp | Built, options: NodeHandlerOptions = {}): NodeHandler {
  requireObject('nodeHandler: the application', application)
  requireObject('nodeHandler: options', options)
  const mount = new Mount(application, options)
  return (request, response, next) => mount.handle(request, response, next)
}

class Mount {
  readonly #application: AnyApp | Built
  readonly #base: string
  readonly #passThrough: boolean
  #built: Built | undefined
  #building: Promise<Built> | undefined

  constructor(application: AnyApp | Built, { passThrough = false, basePath }: NodeHandlerOptions) {
    this.#application = application
    this.#passThrough = passThrough
    this.#base = checkedBase(basePath)
    if ('dispatch' in application) this.#built = application
  }

  handle(request: IncomingMessage, response: ServerResponse, next: ((error?: unknown) => void) | undefined): void {
    if (this.#built) return this.#serve(this.#built, request, response, next)
    this.#build().then(
      (built) => this.#serve(built, request, response, next),
      (error: unknown) => failed(error, response, next),
    )
  }

  #build(): Promise<Built> {
    this.#building ??= (this.#application as AnyApp).build().then(
      (built) => (this.#built = built),
      (error: unknown) => {
        this.#building = undefined
        throw error
      },
    )
    return this.#building
  }

  #serve(built: Built, request: IncomingMessage, response: ServerResponse, next: ((error?: unknown) => void) | undefined): void {
    const Incoming = wasParsed(request) ? ParsedIncoming : NodeIncoming
    let incoming = new Incoming(request, response)
    if (this.#base !== '') {
      const inside = withoutBase(incoming.path, this.#base)
      if (inside === undefined) {
        if (next) return next()
        return failed(new Error(`nodeHandler has the basePath ${this.#base}, but was asked for ${incoming.path}`), response, next)
      }
      incoming = new Incoming(request, response, incoming.search === '' ? inside : `${inside}?${incoming.search}`)
    }
    if (next && this.#passThrough && built.allowed(incoming.path).length === 0) return next()
    const outgoing = built.dispatch(incoming)
    if (outgoing instanceof Promise) void outgoing.then((it) => writeAnswer(besideHost(it, response), incoming, response, false))
    else writeAnswer(besideHost(outgoing, response), incoming, response, false)
  }
}

/** Fields that may stand several times, so that the host's lines stay beside ours. */
const several = new Set(['set-cookie', 'vary', 'link'])

/**
 * Where the host has set fields already, ours are set beside them one by one, and win. `writeHead` would otherwise do so, and Node 20 keeps
 * only the last of several cookies then.
 */
function besideHost(outgoing: Outgoing, response: ServerResponse): Outgoing {
  if (response.headersSent || response.getHeaderNames().length === 0) return outgoing
  const { status, headers, body } = outgoing
  for (let i = 0; i < headers.length; i += 2) {
    const name = (headers[i] as string).toLowerCase()
    if (!several.has(name)) response.removeHeader(name)
  }
  for (let i = 0; i < headers.length; i += 2) response.appendHeader(headers[i] as string, headers[i + 1] as string)
  // As bytes, which are never written in one string with the head, whose encoding is another.
  return { status, headers: [], body: typeof body === 'string' ? Buffer.from(body) : body }
}

/** Express 4 sets `body` on every request, so it counts only where the stream has been read. */
function wasParsed(request: ParsedRequest): boolean {
  return request.body !== undefined && request.readableEnded
}

function failed(error: unknown, response: ServerResponse, next: ((error?: unknown) => void) | undefined): void {
  if (next) return next(error)
  // oxlint-disable-next-line no-console -- what does not build has no logger, and nobody else would ever say why
  console.error(error)
  response.writeHead(500, { 'content-type': 'application/problem+json; charset=utf-8', 'x-content-type-options': 'nosniff' })
  response.end('{"title":"Something went wrong on our side","status":500}')
}
