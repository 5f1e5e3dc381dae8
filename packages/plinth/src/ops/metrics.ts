import {
  Answer,
  type AnyGuard,
  type App,
  Application,
  BootError,
  type Built,
  module,
  type RequestRecord,
  service,
  type Service,
} from '../app/index.ts'
import { LoadCounts } from './load.ts'
import type { Counter, Gauge, Histogram, HistogramMetric, HistogramOptions, MetricOptions } from './metric.ts'
import { type MetricsFormat, MetricsRegistry, metricsTypes } from './metrics-registry.ts'
import { MetricsText } from './metrics-text.ts'
import { processMetrics } from './process-metrics.ts'
import { requireList, requireObject } from '../internal/arguments.ts'

/** An application's own metrics: `use(Metrics).counter('signups_total', { help: 'Sign-ups.', labels: ['plan'] })`. */
export interface Metrics {
  counter(name: string, options: MetricOptions): Counter
  gauge(name: string, options: MetricOptions): Gauge
  histogram(name: string, options: HistogramOptions): Histogram
  /** Runs `read` before metrics are read, for values that are cheaper to look up than to keep. Gives a function that ends it. */
  collect(read: () => void): () => void
  text(format?: MetricsFormat): string
}

export const Metrics: Service<Metrics> = service('metrics', ({ use }): Metrics => new MetricsRegistry(use(Application).log))

/** Settings of `metrics`. */
export interface MetricsOptions {
  /** Default `/metrics`. */
  readonly path?: `/${string}`
  /** Who may read them. Without guards, production refuses to start unless `public` says that the network guards them. */
  readonly guards?: readonly AnyGuard[]
  readonly public?: boolean
  /** Upper bounds of the durations, in seconds. */
  readonly buckets?: readonly number[]
  /** The application's version, in `app_info`. Default: the one in package.json when npm started it. */
  readonly version?: string
}

/**
 * Counts and times requests by method, route and status, watches the process, and serves both to Prometheus.
 * The label `route` is the template, so that a client can't make series by inventing paths.
 */
export function metrics(options: MetricsOptions = {}): App<{}, {}> {
  requireObject('metrics: options', options)
  requireList('metrics: guards', options.guards)
  const { path = '/metrics', guards = [] } = options
  const recorder = service(
    'request-metrics',
    ({ use }) => {
      const app = use(Application)
      const registry = use(Metrics)
      if (app.mode === 'production' && guards.length === 0 && options.public !== true) throw unguarded(path)
      watchRequests(app, registry, options.buckets)
      watchRefusals(use(LoadCounts), registry)
      return processMetrics(registry as MetricsRegistry, app.name, options.version)
    },
    { dispose: (end) => end() },
  )
  const routes = module('metrics')
    .use(Metrics)
    .use(recorder)
    .get(path, { open: true, hidden: true, guards: guards as readonly [] }, async ({ use, header }) => {
      const format = wanted(header('accept'))
      return new Answer(
        200,
        ['content-type', metricsTypes[format], 'x-content-type-options', 'nosniff', 'cache-control', 'no-store'],
        await use(MetricsText)(format, use(Metrics).text(format)),
      )
    })
  return routes as unknown as App<{}, {}>
}

function unguarded(path: string): BootError {
  return new BootError([
    {
      code: 'metrics-unguarded',
      message: `${path} tells everybody how the application is doing: it has no guards, and this is production`,
      fix: 'metrics({ guards: [ … ] }), or metrics({ public: true }) where the network keeps others away',
    },
  ])
}

const methods: readonly string[] = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'TRACE', 'CONNECT']

function watchRequests(app: Built, registry: Metrics, buckets: readonly number[] | undefined): void {
  const labels = ['method', 'route', 'status']
  const durations = registry.histogram('http_server_request_duration_seconds', {
    help: 'From the head of a request to the last byte of its answer, in seconds.',
    labels,
    maxSeries: 5_000,
    ...(buckets && { buckets }),
  })
  const active = registry.gauge('http_server_active_requests', { help: 'Requests that are being answered.' })
  app.on('start', () => active.add(1))
  const series = new RequestSeries(durations as HistogramMetric)
  app.on('sent', (record) => {
    active.add(-1)
    series.of(record)((performance.now() - record.startedAt) / 1000)
  })
}

function watchRefusals({ refused }: LoadCounts, registry: Metrics): void {
  const counter = registry.counter('http_server_shed_requests_total', { help: 'Requests refused because of overload.', labels: ['reason'] })
  const told = { delay: 0, in_flight: 0 }
  registry.collect(() => {
    for (const reason of ['delay', 'in_flight'] as const) {
      counter.add(refused[reason] - told[reason], { reason })
      told[reason] = refused[reason]
    }
  })
}

/** The series of each route by method and status, found without making a text of them. */
class RequestSeries {
  readonly #durations: HistogramMetric
  readonly #known = new Map<string | undefined, Map<number, (seconds: number) => void>>()

  constructor(durations: HistogramMetric) {
    this.#durations = durations
  }

  of({ incoming, template, status = 0 }: RequestRecord): (seconds: number) => void {
    let ofRoute = this.#known.get(template)
    if (ofRoute === undefined) this.#known.set(template, (ofRoute = new Map<number, (seconds: number) => void>()))
    const method = methods.indexOf(incoming.method)
    const key = (method + 1) * 1_000 + status
    let observe = ofRoute.get(key)
    if (observe === undefined) {
      // Status 0: an answer that never came, since the client went first.
      const labels = { method: methods[method] ?? '_OTHER', route: template ?? 'unmatched', status: status === 0 ? 'none' : status }
      ofRoute.set(key, (observe = this.#durations.bound(labels)))
    }
    return observe
  }
}

/** Prometheus asks for OpenMetrics with the higher weight when it can read it. */
function wanted(accept: string | undefined): MetricsFormat {
  let open = 0
  let plain = 0
  for (const part of (accept ?? '').toLowerCase().split(',')) {
    const [type = '', ...parameters] = part.split(';').map((it) => it.trim())
    const given = parameters.find((it) => it.startsWith('q='))
    const weight = given === undefined ? 1 : Number(given.slice(2))
    if (type === 'application/openmetrics-text') open = Math.max(open, weight)
    else if (type === 'text/plain') plain = Math.max(plain, weight)
  }
  return open > 0 && open >= plain ? 'openmetrics' : 'prometheus'
}
