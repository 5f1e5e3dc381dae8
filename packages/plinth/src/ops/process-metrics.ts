import { builtin, environment } from '../internal/builtin.ts'
import type { MetricsRegistry } from './metrics-registry.ts'

interface Process {
  readonly version: string
  uptime(): number
  cpuUsage(): { readonly user: number; readonly system: number }
  memoryUsage(): { readonly rss: number; readonly heapUsed: number; readonly heapTotal: number; readonly external: number }
}
interface DelayMonitor {
  readonly mean: number
  readonly max: number
  percentile(percent: number): number
  enable(): boolean
  disable(): boolean
  reset(): void
}
interface Observer {
  observe(options: { readonly entryTypes: readonly string[] }): void
  disconnect(): void
}
interface PerfHooks {
  monitorEventLoopDelay?(options: { readonly resolution: number }): DelayMonitor
  readonly performance: { eventLoopUtilization?(): { readonly utilization: number; readonly active: number; readonly idle: number } }
  readonly PerformanceObserver: new (seen: (list: { getEntries(): readonly GcEntry[] }) => void) => Observer
  readonly constants?: { readonly [name: string]: number }
}
interface GcEntry {
  readonly duration: number
  readonly detail?: { readonly kind?: number }
}

const NANO = 1e9
/** Each sample is a timer of the process: finer ones cost more than they tell. */
const RESOLUTION_MS = 20

/** What the process costs: time, memory, delays of the event loop, garbage collection. Gives a function that stops watching. */
export function processMetrics(metrics: MetricsRegistry, name: string, version: string | undefined): () => void {
  const process = builtin<Process>('node:process')
  const info = metrics.gauge('app_info', { help: 'The application and what runs it; always 1.', labels: ['name', 'version', 'runtime'] })
  const { npm_package_version } = environment()
  info.set(1, { name, version: version ?? npm_package_version ?? 'unknown', runtime: process?.version ?? 'unknown' })
  if (process === undefined) return () => {}
  const ends = [usage(metrics, process)]
  const hooks = builtin<PerfHooks>('node:perf_hooks')
  if (hooks !== undefined) ends.push(eventLoop(metrics, hooks), garbage(metrics, hooks))
  return () => {
    for (const end of ends) end()
  }
}

function usage(metrics: MetricsRegistry, process: Process): () => void {
  const cpu = metrics.counter('process_cpu_seconds_total', { help: 'Processor time of the process, in seconds.' })
  const started = metrics.gauge('process_start_time_seconds', { help: 'When the process started, in seconds since the epoch.' })
  const resident = metrics.gauge('process_resident_memory_bytes', { help: 'Memory of the process that is in RAM, in bytes.' })
  const heap = metrics.gauge('nodejs_heap_used_bytes', { help: 'Heap in use, in bytes.' })
  const total = metrics.gauge('nodejs_heap_total_bytes', { help: 'Heap reserved, in bytes.' })
  const external = metrics.gauge('nodejs_external_memory_bytes', { help: 'Buffers and the like outside the heap, in bytes.' })
  started.set(Math.round(Date.now() / 1000 - process.uptime()))
  let spent = 0
  return metrics.collect(() => {
    const { user, system } = process.cpuUsage()
    const now = (user + system) / 1e6
    cpu.add(Math.max(0, now - spent))
    spent = now
    const memory = process.memoryUsage()
    resident.set(memory.rss)
    heap.set(memory.heapUsed)
    total.set(memory.heapTotal)
    external.set(memory.external)
  })
}

function eventLoop(metrics: MetricsRegistry, hooks: PerfHooks): () => void {
  const { performance } = hooks
  const busy = metrics.counter('nodejs_eventloop_active_seconds_total', { help: 'Time in which the event loop was busy, in seconds.' })
  let active = 0
  const ended = metrics.collect(() => {
    const now = (performance.eventLoopUtilization?.().active ?? 0) / 1000
    busy.add(Math.max(0, now - active))
    active = now
  })
  let monitor: DelayMonitor | undefined
  try {
    monitor = hooks.monitorEventLoopDelay?.({ resolution: RESOLUTION_MS })
    monitor?.enable()
  } catch {
    // Deno and older Bun have the name without what it does.
    monitor = undefined
  }
  if (monitor === undefined) return ended
  const delay = metrics.gauge('nodejs_eventloop_delay_seconds', {
    help: 'How late timers ran since the last reading, in seconds.',
    labels: ['quantile'],
  })
  const watched = monitor
  const read = metrics.collect(() => {
    const seconds = (nano: number): number => Math.max(0, (Number.isFinite(nano) ? nano : 0) / NANO - RESOLUTION_MS / 1000)
    delay.set(seconds(watched.percentile(50)), { quantile: '0.5' })
    delay.set(seconds(watched.percentile(99)), { quantile: '0.99' })
    delay.set(seconds(watched.max), { quantile: '1' })
    watched.reset()
  })
  return () => {
    ended()
    read()
    watched.disable()
  }
}

function garbage(metrics: MetricsRegistry, hooks: PerfHooks): () => void {
  const { constants = {} } = hooks
  const kinds = new Map<number | undefined, string>([
    [constants['NODE_PERFORMANCE_GC_MAJOR'], 'major'],
    [constants['NODE_PERFORMANCE_GC_MINOR'], 'minor'],
    [constants['NODE_PERFORMANCE_GC_INCREMENTAL'], 'incremental'],
    [constants['NODE_PERFORMANCE_GC_WEAKCB'], 'weak'],
  ])
  const spent = metrics.counter('nodejs_gc_seconds_total', { help: 'Time spent collecting garbage, in seconds.', labels: ['kind'] })
  try {
    const observer = new hooks.PerformanceObserver((list) => {
      for (const { detail, duration } of list.getEntries()) spent.add(duration / 1000, { kind: kinds.get(detail?.kind ?? -1) ?? 'other' })
    })
    observer.observe({ entryTypes: ['gc'] })
    return () => observer.disconnect()
  } catch {
    return () => {}
  }
}
