import { type Logger } from '../app/index.ts'
import {
  type Counter,
  CounterMetric,
  type Gauge,
  GaugeMetric,
  type Histogram,
  HistogramMetric,
  type HistogramOptions,
  type Metric,
  type MetricOptions,
  type MetricType,
} from './metric.ts'

/** Prometheus text 0.0.4 or OpenMetrics 1.0. */
export type MetricsFormat = 'prometheus' | 'openmetrics'

/** Media types of Prometheus' text format 0.0.4 and of OpenMetrics 1.0. */
export const metricsTypes: { readonly [F in MetricsFormat]: string } = {
  prometheus: 'text/plain; version=0.0.4; charset=utf-8',
  openmetrics: 'application/openmetrics-text; version=1.0.0; charset=utf-8',
}

/** The metrics of one application, the framework's and its own. */
export class MetricsRegistry {
  readonly #log: Logger
  readonly #metrics = new Map<string, Metric<unknown>>()
  readonly #collectors = new Set<() => void>()

  constructor(log: Logger) {
    this.#log = log
  }

  /**
   * A number that only rises. By convention its name ends in `_total`.
   * @throws {TypeError} when the name or a label is malformed, or the name is taken by a metric of another kind or labels.
   */
  counter(name: string, options: MetricOptions): Counter {
    return this.#metric(name, 'counter', options, () => new CounterMetric(name, options))
  }

  /** A number that rises and falls. Throws as {@link MetricsRegistry.counter} does. */
  gauge(name: string, options: MetricOptions): Gauge {
    return this.#metric(name, 'gauge', options, () => new GaugeMetric(name, options))
  }

  /** How values are distributed: sizes, durations in seconds. Throws as {@link MetricsRegistry.counter} does. */
  histogram(name: string, options: HistogramOptions): Histogram {
    return this.#metric(name, 'histogram', options, () => new HistogramMetric(name, options))
  }

  /** Runs `read` before metrics are written, for values that are cheaper to read than to keep. Gives a function that ends it. */
  collect(read: () => void): () => void {
    this.#collectors.add(read)
    return () => void this.#collectors.delete(read)
  }

  /** Everything as text. */
  text(format: MetricsFormat = 'prometheus'): string {
    for (const read of this.#collectors) {
      try {
        read()
      } catch (error) {
        // One broken source must not hide all other metrics.
        this.#log.error({ err: error }, 'a source of metrics failed')
      }
    }
    const open = format === 'openmetrics'
    const lines: string[] = []
    for (const metric of this.#metrics.values()) metric.write(lines, open)
    if (open) lines.push('# EOF')
    return `${lines.join('\n')}\n`
  }

  #metric<M extends Metric<unknown>>(name: string, type: MetricType, options: MetricOptions, make: () => M): M {
    const labels = options.labels ?? []
    const known = this.#metrics.get(name)
    if (known !== undefined) {
      if (known.type === type && known.labels.join() === labels.join()) return known as M
      throw new TypeError(`The metric ${name} is already a ${known.type} with the labels: ${known.labels.join(', ') || 'none'}`)
    }
    // No colons: Prometheus keeps them for recording rules. No `__`: its own.
    if (!/^[a-zA-Z_][a-zA-Z0-9_]*$/.test(name))
      throw new TypeError(`'${name}' is no name of a metric: write letters, digits and _, like jobs_done_total`)
    for (const label of labels) {
      if (!/^(?!__)[a-zA-Z_][a-zA-Z0-9_]*$/.test(label))
        throw new TypeError(`'${label}' is no label of ${name}: write letters, digits and _, like plan`)
    }
    const metric = make()
    metric.crowded = () => this.#log.warn({ metric: name }, "a metric has too many series; further ones are counted as 'other'")
    this.#metrics.set(name, metric)
    return metric
  }
}
