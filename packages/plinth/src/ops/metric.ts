/** Values of a metric's labels. */
export type Labels = { readonly [name: string]: string | number | boolean }

/** How a metric is named and labelled. */
export interface MetricOptions {
  /** What it counts, in which unit; Prometheus shows it. */
  readonly help: string
  /** Names of its labels. Every value must come from a small set: a user's id would make one series a user. */
  readonly labels?: readonly string[]
  /** Series after which further ones are gathered under the label value `other`. Default 1,000. */
  readonly maxSeries?: number
}

/** How a histogram is named and cut into buckets. */
export interface HistogramOptions extends MetricOptions {
  /** Upper bounds, rising. Default: those that OpenTelemetry advises for durations in seconds. */
  readonly buckets?: readonly number[]
}

/** A number that only grows. */
export interface Counter {
  /** Adds `amount`, 1 unless told otherwise. Throws `TypeError` for less than 0 and for labels that were not declared. */
  add(amount?: number, labels?: Labels): void
}
/** A number that goes up and down. */
export interface Gauge {
  set(value: number, labels?: Labels): void
  add(amount: number, labels?: Labels): void
}
/** How values are spread, in buckets. */
export interface Histogram {
  observe(value: number, labels?: Labels): void
}

export type MetricType = 'counter' | 'gauge' | 'histogram'

export const durationBuckets: readonly number[] = [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10]

const MAX_SERIES = 1_000
const MAX_VALUE = 200
const noLabels: Labels = {}

/** The series of one metric, by the values of its labels. */
export abstract class Metric<S> {
  readonly name: string
  readonly help: string
  readonly labels: readonly string[]
  abstract readonly type: MetricType
  readonly #maxSeries: number
  readonly #series = new Map<string, S>()
  /** Set once a series was refused, so that somebody is told. */
  crowded: (() => void) | undefined = undefined

  constructor(name: string, options: MetricOptions) {
    this.name = name
    this.help = options.help
    this.labels = options.labels ?? []
    this.#maxSeries = options.maxSeries ?? MAX_SERIES
  }

  protected abstract make(): S
  abstract write(lines: string[], open: boolean): void

  /** The series for these values; the one for everything else when there are too many. */
  protected at(given: Labels = noLabels): S {
    const key = this.#key(given)
    let series = this.#series.get(key)
    if (series !== undefined) return series
    if (this.labels.length > 0 && this.#series.size >= this.#maxSeries) {
      this.crowded?.()
      this.crowded = undefined
      const other = this.labels.map((name) => `${name}="other"`).join(',')
      series = this.#series.get(other)
      if (series !== undefined) return series
      series = this.make()
      this.#series.set(other, series)
      return series
    }
    series = this.make()
    this.#series.set(key, series)
    return series
  }

  protected *each(): Iterable<readonly [labels: string, series: S]> {
    // A metric without labels is there from the start: a counter that appears with its first event hides that event from `rate`.
    if (this.labels.length === 0) this.at()
    yield* this.#series
  }

  #key(given: Labels): string {
    let key = ''
    for (const name of this.labels) {
      const value = given[name]
      if (value === undefined) throw new TypeError(`The metric ${this.name} needs the label '${name}'`)
      key += `${key === '' ? '' : ','}${name}="${escapeLabel(String(value))}"`
    }
    for (const name in given) {
      if (!this.labels.includes(name))
        throw new TypeError(`The metric ${this.name} has no label '${name}'; it has: ${this.labels.join(', ') || 'none'}`)
    }
    return key
  }
}

function escapeLabel(value: string): string {
  const short = value.length > MAX_VALUE ? value.slice(0, MAX_VALUE) : value
  return /[\\"\n]/.test(short) ? short.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n') : short
}

/** A number as the text format writes it. */
export function number(value: number): string {
  return value === Infinity ? '+Inf' : value === -Infinity ? '-Inf' : String(value)
}

export function line(name: string, labels: string, value: number): string {
  return labels === '' ? `${name} ${number(value)}` : `${name}{${labels}} ${number(value)}`
}

interface Value {
  value: number
}

export class CounterMetric extends Metric<Value> implements Counter {
  readonly type = 'counter' as const

  add(amount: number = 1, labels?: Labels): void {
    if (!(amount >= 0)) throw new TypeError(`The counter ${this.name} can't go by ${amount}: a counter only rises; use a gauge`)
    this.at(labels).value += amount
  }

  write(lines: string[], open: boolean): void {
    // OpenMetrics names the family without `_total` and every sample with it; the older format names both alike.
    const family = open ? this.name.replace(/_total$/, '') : this.name
    lines.push(`# HELP ${family} ${escapeHelp(this.help, open)}`, `# TYPE ${family} counter`)
    for (const [labels, { value }] of this.each()) lines.push(line(open ? `${family}_total` : this.name, labels, value))
  }

  protected make(): Value {
    return { value: 0 }
  }
}

export class GaugeMetric extends Metric<Value> implements Gauge {
  readonly type = 'gauge' as const

  set(value: number, labels?: Labels): void {
    this.at(labels).value = value
  }
  add(amount: number, labels?: Labels): void {
    this.at(labels).value += amount
  }

  write(lines: string[], open: boolean): void {
    lines.push(`# HELP ${this.name} ${escapeHelp(this.help, open)}`, `# TYPE ${this.name} gauge`)
    for (const [labels, { value }] of this.each()) lines.push(line(this.name, labels, value))
  }

  protected make(): Value {
    return { value: 0 }
  }
}

interface Distribution {
  readonly counts: number[]
  sum: number
  count: number
}

export class HistogramMetric extends Metric<Distribution> implements Histogram {
  readonly type = 'histogram' as const
  readonly buckets: readonly number[]

  constructor(name: string, options: HistogramOptions) {
    super(name, options)
    this.buckets = options.buckets ?? durationBuckets
    const rising = this.buckets.every((it, i) => Number.isFinite(it) && (i === 0 || it > (this.buckets[i - 1] as number)))
    if (!rising || this.buckets.length === 0) throw new TypeError(`The buckets of ${name} must be numbers that rise, at least one`)
    if (this.labels.includes('le')) throw new TypeError(`The histogram ${name} can't have the label 'le': it is the bucket's own`)
  }

  observe(value: number, labels?: Labels): void {
    this.#count(value, this.at(labels))
  }

  /** For whoever observes the same labels again and again: their text is made once. */
  bound(labels: Labels): (value: number) => void {
    const series = this.at(labels)
    return (value) => this.#count(value, series)
  }

  #count(value: number, series: Distribution): void {
    if (Number.isNaN(value)) return
    const { buckets } = this
    let i = 0
    while (i < buckets.length && value > (buckets[i] as number)) i++
    series.counts[i] = (series.counts[i] as number) + 1
    series.sum += value
    series.count++
  }

  write(lines: string[], open: boolean): void {
    lines.push(`# HELP ${this.name} ${escapeHelp(this.help, open)}`, `# TYPE ${this.name} histogram`)
    for (const [labels, { counts, sum, count }] of this.each()) {
      const before = labels === '' ? '' : `${labels},`
      let total = 0
      for (let i = 0; i <= this.buckets.length; i++) {
        total += counts[i] as number
        lines.push(line(`${this.name}_bucket`, `${before}le="${bound(this.buckets[i] ?? Infinity, open)}"`, total))
      }
      lines.push(line(`${this.name}_sum`, labels, sum), line(`${this.name}_count`, labels, count))
    }
  }

  protected make(): Distribution {
    return { counts: Array.from({ length: this.buckets.length + 1 }, () => 0), sum: 0, count: 0 }
  }
}

/** OpenMetrics wants bounds as floating point numbers: `1.0`. */
function bound(value: number, open: boolean): string {
  return open && Number.isInteger(value) ? `${value}.0` : number(value)
}

function escapeHelp(text: string, open: boolean): string {
  const escaped = text.replaceAll('\\', '\\\\').replaceAll('\n', '\\n')
  return open ? escaped.replaceAll('"', '\\"') : escaped
}
