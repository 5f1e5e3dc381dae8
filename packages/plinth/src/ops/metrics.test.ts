import { describe, expect, test, vi } from 'vitest'
import { BootError, type Built, core, guard, type Logger, refuse } from '../app/index.ts'
import { MetricsRegistry } from './metrics-registry.ts'
import { Metrics, metrics, type MetricsOptions } from './metrics.ts'
import { processMetrics } from './process-metrics.ts'

const lines: unknown[][] = []
const note = (...args: unknown[]): void => void lines.push(args)
const log: Logger = { debug: note, info: note, warn: note, error: note, child: () => log }

async function measured(options: MetricsOptions = {}): Promise<Built> {
  return core({ mode: 'test', log, name: 'shop' })
    .use(metrics(options))
    .get('/users/:id', ({ params }) => params.id)
    .get('/stream', () => new Blob(['abc']).stream())
    .build()
}

async function read(built: Built, accept?: string): Promise<{ type: string | null; text: string }> {
  const response = await built.fetch(new Request('http://x/metrics', accept === undefined ? {} : { headers: { accept } }))
  return { type: response.headers.get('content-type'), text: await response.text() }
}

describe('requests', () => {
  test('are counted and timed by method, template and status; what no route takes is one series', async () => {
    const built = await measured()
    for (const path of ['/users/1', '/users/2', '/nope/1', '/nope/2']) await built.fetch(new Request(`http://x${path}`))
    await built.fetch(new Request('http://x/nope', { method: 'BREW' }))
    const { type, text } = await read(built)
    expect(type).toBe('text/plain; version=0.0.4; charset=utf-8')
    expect(text).toContain('# TYPE http_server_request_duration_seconds histogram\n')
    expect(text).toContain('http_server_request_duration_seconds_count{method="GET",route="/users/:id",status="200"} 2\n')
    expect(text).toContain('http_server_request_duration_seconds_bucket{method="GET",route="/users/:id",status="200",le="+Inf"} 2\n')
    expect(text).toContain('http_server_request_duration_seconds_count{method="GET",route="unmatched",status="404"} 2\n')
    expect(text).toContain('http_server_request_duration_seconds_count{method="_OTHER",route="unmatched",status="501"} 1\n')
    await built.close()
  })

  test('in flight are a gauge that falls when the last byte is read or given up', async () => {
    const built = await measured({ buckets: [1, 2] })
    const streamed = await built.fetch(new Request('http://x/stream'))
    // The one that reads is in flight too.
    expect((await read(built)).text).toContain('\nhttp_server_active_requests 2\n')
    await streamed.body?.cancel()
    expect((await read(built)).text).toContain('\nhttp_server_active_requests 1\n')
    await built.close()
  })

  test('that ended before there was an answer have the status none', async () => {
    const built = await core({ mode: 'test' })
      .use(metrics())
      .get('/hang', { timeout: 0 }, () => new Promise<string>(() => {}))
      .build()
    let sent: ((delivered: boolean) => void) | undefined
    built.on('matched', (record) => queueMicrotask(() => (sent = record.incoming.sent)))
    void built.fetch(new Request('http://x/hang'))
    await vi.waitFor(() => expect(sent).toBeDefined())
    sent?.(false)
    expect((await read(built)).text).toContain('_count{method="GET",route="/hang",status="none"} 1\n')
    await built.close()
  })
})

describe('the page', () => {
  test('is OpenMetrics for those who like it at least as much', async () => {
    const built = await measured()
    const scraper = 'application/openmetrics-text;version=1.0.0;q=0.5,text/plain;version=0.0.4;q=0.3,*/*;q=0.1'
    const { type, text } = await read(built, scraper)
    expect(type).toBe('application/openmetrics-text; version=1.0.0; charset=utf-8')
    expect(text.endsWith('\n# EOF\n')).toBe(true)
    expect(text).toContain('# TYPE process_cpu_seconds counter\nprocess_cpu_seconds_total ')
    expect((await read(built, 'text/plain, application/openmetrics-text;q=0.5')).type).toMatch(/^text\/plain/)
    expect((await read(built, 'application/openmetrics-text;q=0')).type).toMatch(/^text\/plain/)
    await built.close()
  })

  test('every line of it is well formed', async () => {
    const built = await measured()
    await built.fetch(new Request('http://x/users/1'))
    const { text } = await read(built)
    for (const line of text.trimEnd().split('\n')) {
      expect(line).toMatch(
        /^(# (HELP|TYPE) [a-zA-Z_]\w* .+|[a-zA-Z_]\w*(\{([a-zA-Z_]\w*="(\\.|[^"\\\n])*",?)+\})? ([-+]?[\d.e+-]+|\+Inf))$/,
      )
    }
    const families = text.split('\n').filter((line) => line.startsWith('# TYPE'))
    expect(new Set(families).size).toBe(families.length)
    await built.close()
  })

  test('refuses to boot unguarded in production, unless it is said to be public', async () => {
    const unguarded = core({ mode: 'production' })
      .use(metrics({ path: '/m' }))
      .build()
    await expect(unguarded).rejects.toThrow(BootError)
    await expect(unguarded).rejects.toThrow(/\/m tells everybody.*\n.*metrics\(\{ guards/s)
    await (
      await core({ mode: 'production' })
        .use(metrics({ public: true }))
        .build()
    ).close()
    const guarded = await core({ mode: 'production' })
      .use(metrics({ guards: [guard(() => refuse('forbidden'))] }))
      .build()
    expect((await guarded.fetch(new Request('http://x/metrics'))).status).toBe(403)
    await guarded.close()
  })
})

describe("an application's own metrics", () => {
  const registry = (): MetricsRegistry => new MetricsRegistry(log)

  test('are counters, gauges and histograms, with labels', () => {
    const own = registry()
    const signups = own.counter('signups_total', { help: 'Sign-ups.\nAll \\ of them.', labels: ['plan', 'via'] })
    signups.add(1, { plan: 'pro', via: 'a"b\\c\nd' })
    signups.add(2, { via: 'x', plan: 'pro' })
    const depth = own.gauge('queue_depth', { help: 'Jobs that wait.' })
    depth.set(5)
    depth.add(-2)
    const sizes = own.histogram('size_bytes', { help: 'Sizes.', buckets: [1, 2.5] })
    for (const value of [0.5, 1, 2, 100, Number.NaN]) sizes.observe(value)
    expect(own.text()).toBe(
      [
        '# HELP signups_total Sign-ups.\\nAll \\\\ of them.',
        '# TYPE signups_total counter',
        'signups_total{plan="pro",via="a\\"b\\\\c\\nd"} 1',
        'signups_total{plan="pro",via="x"} 2',
        '# HELP queue_depth Jobs that wait.',
        '# TYPE queue_depth gauge',
        'queue_depth 3',
        '# HELP size_bytes Sizes.',
        '# TYPE size_bytes histogram',
        'size_bytes_bucket{le="1"} 2',
        'size_bytes_bucket{le="2.5"} 3',
        'size_bytes_bucket{le="+Inf"} 4',
        'size_bytes_sum 103.5',
        'size_bytes_count 4',
        '',
      ].join('\n'),
    )
    expect(own.text('openmetrics')).toContain('# TYPE signups counter\nsignups_total{plan="pro",via=')
    expect(own.text('openmetrics')).toContain('size_bytes_bucket{le="1.0"} 2\n')
  })

  test('without labels stand at 0 before anything happened', () => {
    const own = registry()
    own.counter('a_total', { help: 'A "quoted".' })
    own.histogram('h', { help: 'H.', labels: ['x'] })
    expect(own.text()).toContain('\na_total 0\n')
    expect(own.text('openmetrics')).toContain('# HELP a A \\"quoted\\".')
    expect(own.text()).not.toContain('h_count')
  })

  test('a number may be infinite', () => {
    const own = registry()
    own.gauge('g', { help: 'G.' }).set(Infinity)
    own.gauge('n', { help: 'N.' }).set(-Infinity)
    expect(own.text()).toMatch(/\ng \+Inf\n[^]*\nn -Inf\n/)
  })

  test('have no more series than they may: further ones are other, and that is told once', () => {
    lines.length = 0
    const own = registry()
    const hits = own.counter('hits_total', { help: 'Hits.', labels: ['user'], maxSeries: 2 })
    for (let i = 0; i < 10; i++) hits.add(1, { user: i })
    hits.add(1, { user: 'x'.repeat(500) })
    expect(own.text()).toContain('hits_total{user="0"} 1\nhits_total{user="1"} 1\nhits_total{user="other"} 9\n')
    expect(lines).toEqual([[{ metric: 'hits_total' }, "a metric has too many series; further ones are counted as 'other'"]])
  })

  test('long label values are cut', () => {
    const own = registry()
    own.gauge('g', { help: 'G.', labels: ['a'] }).set(1, { a: 'x'.repeat(500) })
    expect(own.text()).toContain(`g{a="${'x'.repeat(200)}"} 1`)
  })

  test('are the same when they are asked for again, and refused when they differ', () => {
    const own = registry()
    const one = own.counter('a_total', { help: 'A.', labels: ['x'] })
    expect(own.counter('a_total', { help: 'A.', labels: ['x'] })).toBe(one)
    expect(() => own.gauge('a_total', { help: 'A.', labels: ['x'] })).toThrow('The metric a_total is already a counter with the labels: x')
    expect(() => own.counter('a_total', { help: 'A.' })).toThrow('already a counter')
    own.gauge('b', { help: 'B.' })
    expect(() => own.gauge('b', { help: 'B.', labels: ['x'] })).toThrow('labels: none')
  })

  test('wrong names, labels, amounts and buckets are refused', () => {
    const own = registry()
    for (const name of ['', '1a', 'a-b', 'a b', 'a:b', 'ü'])
      expect(() => own.counter(name, { help: 'x' })).toThrow('is no name of a metric')
    for (const label of ['__x', 'a-b', '']) expect(() => own.counter('ok', { help: 'x', labels: [label] })).toThrow('is no label of ok')
    const count = own.counter('c_total', { help: 'C.', labels: ['plan'] })
    expect(() => count.add(-1, { plan: 'a' })).toThrow("The counter c_total can't go by -1: a counter only rises; use a gauge")
    expect(() => count.add(Number.NaN, { plan: 'a' })).toThrow("can't go by NaN")
    expect(() => count.add(1)).toThrow("The metric c_total needs the label 'plan'")
    expect(() => count.add(1, { plan: 'a', user: 'b' })).toThrow("The metric c_total has no label 'user'; it has: plan")
    expect(() => own.gauge('g', { help: 'G.' }).set(1, { x: 1 })).toThrow('it has: none')
    for (const buckets of [[], [2, 1], [1, 1], [1, Infinity]])
      expect(() => own.histogram('h', { help: 'H.', buckets })).toThrow('The buckets of h must be numbers that rise')
    expect(() => own.histogram('h', { help: 'H.', labels: ['le'] })).toThrow("can't have the label 'le'")
  })

  test('a source that fails hides no other', async () => {
    lines.length = 0
    const built = await measured()
    const own = built.use(Metrics)
    own.collect(() => {
      throw new Error('broken')
    })
    const gauge = own.gauge('late', { help: 'L.' })
    const end = own.collect(() => gauge.set(7))
    expect(own.text()).toContain('\nlate 7\n')
    expect(lines).toEqual([[{ err: new Error('broken') }, 'a source of metrics failed']])
    gauge.set(1)
    end()
    expect(own.text()).toContain('\nlate 1\n')
    await built.close()
  })
})

describe('the process', () => {
  test('is told with memory, time, event loop and what runs it', async () => {
    const built = await measured({ version: '1.2.3' })
    const text = built.use(Metrics).text()
    expect(text).toContain(`app_info{name="shop",version="1.2.3",runtime="${process.version}"} 1\n`)
    const value = (name: string): number => Number(new RegExp(`^${name}(?:\\{[^}]*\\})? (.+)$`, 'm').exec(text)?.[1])
    expect(value('process_resident_memory_bytes')).toBeGreaterThan(1e6)
    expect(value('nodejs_heap_used_bytes')).toBeGreaterThan(1e6)
    expect(value('process_cpu_seconds_total')).toBeGreaterThan(0)
    expect(Math.abs(value('process_start_time_seconds') - Date.now() / 1000)).toBeLessThan(86_400)
    expect(text).toMatch(/nodejs_eventloop_delay_seconds\{quantile="0.99"\} [\d.e-]+\n/)
    await built.close()
    expect(built.use(Metrics).text()).toContain('process_cpu_seconds_total')
  })

  test('collecting garbage is counted by kind', () => {
    const own = new MetricsRegistry(log)
    let seen: ((list: { getEntries(): object[] }) => void) | undefined
    let gone = false
    class Observer {
      constructor(fn: NonNullable<typeof seen>) {
        seen = fn
      }
      observe(): void {}
      disconnect(): void {
        gone = true
      }
    }
    vi.stubGlobal('process', {
      env: {},
      getBuiltinModule: (name: string) =>
        name === 'node:perf_hooks'
          ? { performance: {}, PerformanceObserver: Observer, constants: { NODE_PERFORMANCE_GC_MAJOR: 4 } }
          : fakeProcess,
    })
    const end = processMetrics(own, 'x', undefined)
    vi.unstubAllGlobals()
    seen?.({ getEntries: () => [{ duration: 500, detail: { kind: 4 } }, { duration: 250 }, { duration: 250, detail: { kind: 99 } }] })
    expect(own.text()).toContain('nodejs_gc_seconds_total{kind="major"} 0.5\nnodejs_gc_seconds_total{kind="other"} 0.5\n')
    expect(own.text()).not.toContain('eventloop_delay')
    end()
    expect(gone).toBe(true)
  })

  test('a platform that has the names without what they do, or nothing, is left alone', () => {
    const broken = {
      performance: {},
      monitorEventLoopDelay: () => {
        throw new Error('not implemented')
      },
      PerformanceObserver: class {
        observe(): void {
          throw new Error('not implemented')
        }
      },
    }
    vi.stubGlobal('process', {
      env: { npm_package_version: '9' },
      getBuiltinModule: (name: string) => (name === 'node:perf_hooks' ? broken : fakeProcess),
    })
    const own = new MetricsRegistry(log)
    processMetrics(own, 'x', undefined)()
    vi.stubGlobal('process', undefined)
    const bare = new MetricsRegistry(log)
    processMetrics(bare, 'x', undefined)()
    vi.unstubAllGlobals()
    expect(own.text()).toContain('version="9",runtime="v0"')
    expect(bare.text()).toContain('app_info{name="x",version="unknown",runtime="unknown"} 1\n')
    expect(bare.text()).not.toContain('process_')
  })
})

const fakeProcess = {
  version: 'v0',
  uptime: () => 1,
  cpuUsage: () => ({ user: 1e6, system: 0 }),
  memoryUsage: () => ({ rss: 1, heapUsed: 1, heapTotal: 1, external: 1 }),
}
