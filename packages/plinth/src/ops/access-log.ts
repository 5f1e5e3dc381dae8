import { type App, Application, type Logger, type Mode, module, type RequestRecord, service } from '../app/index.ts'
import { requireObject } from '../internal/arguments.ts'

/** Settings of `accessLog`. */
export interface AccessLogOptions {
  /** Where it writes: by default in every mode. `app()` asks for development alone. */
  readonly modes?: readonly Mode[]
  /** Templates whose answers below 500 are not worth a line. Default: the probes and `/metrics`. */
  readonly quiet?: readonly string[]
  /** The path as it was sent, which may hold names and one-time links. Default: outside production, and where no route matched. */
  readonly path?: boolean
  /** The query too, which may hold tokens. Default false. */
  readonly query?: boolean
  /** The address of the client. Default false: in many places it is personal data. */
  readonly peer?: boolean
}

const MAX_PATH = 256
const probes = ['/livez', '/readyz', '/metrics']

/** One line a request, when its last byte was handed over: method, route, status, milliseconds, bytes. */
export function accessLog(options: AccessLogOptions = {}): App<{}, {}> {
  requireObject('accessLog: options', options)
  const lines = service('access-log', ({ use }) => {
    const app = use(Application)
    if (options.modes !== undefined && !options.modes.includes(app.mode)) return undefined
    const writer = new AccessLines(app.log, options, app.mode)
    app.on('sent', (record) => writer.write(record))
    return writer
  })
  return module('access-log', { scope: 'parent' }).use(lines)
}

class AccessLines {
  readonly #log: Logger
  readonly #quiet: ReadonlySet<string>
  readonly #path: boolean
  readonly #query: boolean
  readonly #peer: boolean

  constructor(log: Logger, options: AccessLogOptions, mode: Mode) {
    this.#log = log
    this.#quiet = new Set(options.quiet ?? probes)
    this.#path = options.path ?? mode !== 'production'
    this.#query = options.query ?? false
    this.#peer = options.peer ?? false
  }

  write(record: RequestRecord): void {
    const { incoming, template, status, delivered } = record
    const failed = status === undefined || status >= 500
    if (!failed && template !== undefined && this.#quiet.has(template)) return
    const fields: { [name: string]: unknown } = { ...record.logFields, requestId: record.requestId, method: incoming.method.slice(0, 32) }
    if (template !== undefined) fields['route'] = template
    if (this.#path || template === undefined) fields['path'] = incoming.path.slice(0, MAX_PATH)
    if (this.#query && incoming.search !== '') fields['query'] = incoming.search.slice(0, MAX_PATH)
    fields['status'] = status
    fields['ms'] = Math.round((performance.now() - record.startedAt) * 100) / 100
    const bytes = bytesOf(record)
    if (bytes !== undefined) fields['bytes'] = bytes
    if (delivered === false) fields['delivered'] = false
    if (this.#peer) fields['peer'] = incoming.peer.address
    // An unexpected error has its own line, with the stack; this one makes it easy to find.
    if (failed) this.#log.error(fields, 'request')
    else this.#log.info(fields, 'request')
  }
}

const encoder = new TextEncoder()

/** Of the body; unknown for a stream whose length nobody said. */
function bytesOf({ answer, incoming }: RequestRecord): number | undefined {
  if (answer === undefined) return undefined
  const { body, headers } = answer
  if (body === null || incoming.method === 'HEAD') return 0
  if (typeof body === 'string') return encoder.encode(body).byteLength
  if (body instanceof Uint8Array) return body.byteLength
  const at = headers.indexOf('content-length')
  return at === -1 || at % 2 === 1 ? undefined : Number(headers[at + 1])
}
