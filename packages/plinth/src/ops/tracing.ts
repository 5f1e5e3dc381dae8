import type { Context as Active, Span, TextMapGetter, Tracer } from '@opentelemetry/api'
import { type App, Application, type Context, type Incoming, module, type RequestRecord, service, type Service } from '../app/index.ts'
import { type Api, loadApi } from './otel-api.ts'
import { requireObject } from '../internal/arguments.ts'

/** Settings of `tracing`. */
export interface TracingOptions {
  /** Go on with the trace that the client names in `traceparent` (W3C Trace Context). Default true; false at the edge of a system. */
  readonly continueTrace?: boolean
  /** `url.query` too, which may hold tokens. Default false. */
  readonly query?: boolean
  /** Templates without spans. Default: the probes and `/metrics`. */
  readonly quiet?: readonly string[]
}

const key = Symbol('span')
const methods: ReadonlySet<string> = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'TRACE', 'CONNECT'])
const probes = ['/livez', '/readyz', '/metrics']

/**
 * One OpenTelemetry span a request, by the semantic conventions for HTTP servers; it is active in everything behind this
 * module, so that spans of database clients lie inside it, and its `traceId` is in the request's log lines. Needs
 * `@opentelemetry/api`, and an SDK that was started before the application.
 */
export function tracing(options: TracingOptions = {}): App<{}, {}> {
  requireObject('tracing: options', options)
  const spans: Service<Spans> = service('tracing', async ({ use }) => {
    const app = use(Application)
    const made = new Spans(await loadApi(), options)
    app.on('start', (record) => made.start(record))
    app.on('failed', (record) => made.failed(record))
    app.on('sent', (record) => made.end(record))
    return made
  })
  return module('tracing', { scope: 'parent' })
    .use(spans)
    .around((ctx, next) => {
      const held = heldBy(ctx)
      return held === undefined ? next() : ctx.use(spans).within(held, next)
    })
}

interface Held {
  readonly span: Span
  readonly active: Active
}

function heldBy(ctx: Context): Held | undefined {
  return ctx.record?.notes.get(key) as Held | undefined
}

const headersOf: TextMapGetter<Incoming> = {
  get: (incoming, name) => incoming.header(name.toLowerCase()),
  keys: (incoming) => Array.from(incoming.headers(), ([name]) => name),
}

class Spans {
  readonly #api: Api
  readonly #tracer: Tracer
  readonly #continue: boolean
  readonly #query: boolean
  readonly #quiet: ReadonlySet<string>

  constructor(api: Api, options: TracingOptions) {
    this.#api = api
    this.#tracer = api.trace.getTracer('plinth')
    this.#continue = options.continueTrace ?? true
    this.#query = options.query ?? false
    this.#quiet = new Set(options.quiet ?? probes)
  }

  start(record: RequestRecord): void {
    const { incoming } = record
    const template = incoming.template
    if (template !== undefined && this.#quiet.has(template)) return
    const { propagation, ROOT_CONTEXT, SpanKind, trace } = this.#api
    const parent = this.#continue ? propagation.extract(ROOT_CONTEXT, incoming, headersOf) : ROOT_CONTEXT
    const method = methods.has(incoming.method) ? incoming.method : '_OTHER'
    const name = method === '_OTHER' ? 'HTTP' : method
    const span = this.#tracer.startSpan(template === undefined ? name : `${name} ${template}`, { kind: SpanKind.SERVER }, parent)
    if (span.isRecording()) this.#describe(span, incoming, method)
    const { traceId, spanId } = span.spanContext()
    // The span of an SDK that was never started has an id of zeros, which leads nowhere.
    if (this.#api.isSpanContextValid(span.spanContext())) Object.assign(record.logFields, { traceId, spanId })
    record.notes.set(key, { span, active: trace.setSpan(parent, span) } satisfies Held)
  }

  within<T>(held: Held, next: () => Promise<T>): Promise<T> {
    return this.#api.context.with(held.active, next)
  }

  failed(record: RequestRecord): void {
    const held = record.notes.get(key) as Held | undefined
    if (held === undefined) return
    const { error } = record
    held.span.recordException(error instanceof Error ? error : String(error))
    held.span.setAttribute('error.type', error instanceof Error ? error.constructor.name : typeof error)
  }

  end(record: RequestRecord): void {
    const held = record.notes.get(key) as Held | undefined
    if (held === undefined) return
    record.notes.delete(key)
    const { span } = held
    const { status, error, delivered } = record
    if (status !== undefined) span.setAttribute('http.response.status_code', status)
    // Only 5xx is an error of a server's span; a 404 is an answer (semantic conventions, HTTP spans, status).
    if (status === undefined || status >= 500) {
      if (error === undefined) span.setAttribute('error.type', status === undefined ? 'client_gone' : String(status))
      span.setStatus({ code: this.#api.SpanStatusCode.ERROR })
    } else if (delivered === false) span.setAttribute('error.type', 'client_gone')
    span.end()
  }

  #describe(span: Span, incoming: Incoming, method: string): void {
    span.setAttribute('http.request.method', method)
    if (method === '_OTHER') span.setAttribute('http.request.method_original', incoming.method.slice(0, 32))
    span.setAttribute('url.path', incoming.path)
    span.setAttribute('url.scheme', incoming.peer.secure ? 'https' : 'http')
    if (incoming.template !== undefined) span.setAttribute('http.route', incoming.template)
    if (this.#query && incoming.search !== '') span.setAttribute('url.query', incoming.search)
    if (incoming.peer.address !== '') span.setAttribute('client.address', incoming.peer.address)
    const agent = incoming.header('user-agent')
    if (agent !== undefined) span.setAttribute('user_agent.original', agent)
    const host = /^(\[[^\]]+\]|[^:]+)(?::(\d{1,5}))?$/.exec(incoming.header('host') ?? '')
    if (host?.[1] !== undefined) span.setAttribute('server.address', host[1])
    if (host?.[2] !== undefined) span.setAttribute('server.port', Number(host[2]))
  }
}
