import { describe, expect, test, vi } from 'vitest'
import { app, core } from '../index.ts'
import { Application, type Built, type Logger, service } from '../app/index.ts'
import { LoadCounts } from './load.ts'
import { loadShedding, metrics } from './index.ts'

const lines: string[] = []
const log: Logger = {
  debug() {},
  info() {},
  warn: (_: unknown, message?: string) => void lines.push(String(message)),
  error() {},
  child: () => log,
}
const ask = (built: Built, path: string): Promise<Response> => built.fetch(new Request(`http://app.test${path}`)) as Promise<Response>

function gate(): { readonly opened: Promise<void>; open(): void } {
  let open = (): void => {}
  const opened = new Promise<void>((done) => (open = done))
  return { opened, open: () => open() }
}

/** Keeps the event loop for so long. */
function block(ms: number): void {
  const until = performance.now() + ms
  while (performance.now() < until);
}

const turn = (): Promise<void> => new Promise((done) => void setImmediate(done))

describe('load shedding', () => {
  test('refuses at once when too many wait, answers probes and what is exempt, and ends with the load', async () => {
    const { opened, open } = gate()
    await using built = await app({ log, accessLog: false, loadShedding: { maxInFlight: 2, exempt: ['/status'] } })
      .get('/slow', async () => {
        await opened
        return 'done'
      })
      .get('/status', () => 'fine')
      .get('/fast', () => 'fast')
      .use(metrics({ public: true }))
      .build({ mode: 'production' })
    const slow = [ask(built, '/slow'), ask(built, '/slow')]
    expect(built.inFlight).toBe(2)
    const refused = await ask(built, '/fast')
    expect([refused.status, refused.headers.get('retry-after')]).toEqual([503, '1'])
    expect(await refused.json()).toMatchObject({ code: 'overloaded' })
    expect((await ask(built, '/slow')).status).toBe(503)
    for (const path of ['/status', '/livez', '/readyz']) expect((await ask(built, path)).status).toBe(200)
    open()
    expect((await Promise.all(slow)).map(({ status }) => status)).toEqual([200, 200])
    expect(built.inFlight).toBe(0)
    expect((await ask(built, '/fast')).status).toBe(200)
    expect(await (await ask(built, '/metrics')).text()).toContain('http_server_shed_requests_total{reason="in_flight"} 2')
    expect(lines.filter((it) => it === 'overloaded: requests are refused')).toHaveLength(1)
  })

  test('begins only what fits into a turn once the event loop was late, and forgets it when the loop rests', async () => {
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] })
    try {
      await using built = await core({ log })
        .use(LoadCounts)
        .use(loadShedding({ maxDelay: 25 }))
        .get('/work', () => {
          block(6)
          return 'done'
        })
        .build({ mode: 'production' })
      const statuses = async (): Promise<readonly number[]> =>
        (await Promise.all([ask(built, '/work'), ask(built, '/work'), ask(built, '/work')])).map(({ status }) => status)
      expect(await statuses()).toEqual([200, 200, 200])
      block(200)
      await vi.advanceTimersByTimeAsync(100)
      await turn()
      expect(await statuses()).toEqual([200, 503, 503])
      await turn()
      // One of each turn is answered, however late it is.
      expect(await statuses()).toEqual([200, 503, 503])
      expect(built.use(LoadCounts).refused).toEqual({ delay: 4, in_flight: 0 })
      for (let i = 0; i < 4; i++) {
        await new Promise((done) => void setTimeout(done, 100))
        await vi.advanceTimersByTimeAsync(100)
      }
      await turn()
      expect(await statuses()).toEqual([200, 200, 200])
    } finally {
      vi.useRealTimers()
    }
  })

  test('is off in tests, and where it is turned off', async () => {
    const { opened, open } = gate()
    const define = (mode: 'test' | 'production', settings: { readonly maxInFlight: number } | false) =>
      app({ log, accessLog: false, loadShedding: settings })
        .get('/slow', async () => {
          await opened
          return 'done'
        })
        .build({ mode })
    await using quiet = await define('test', { maxInFlight: 1 })
    await using off = await define('production', false)
    const all = [quiet, quiet, off, off].map((built) => ask(built, '/slow'))
    open()
    expect((await Promise.all(all)).map(({ status }) => status)).toEqual([200, 200, 200, 200])
  })

  test('says which setting is wrong', () => {
    expect(() => loadShedding({ maxDelay: 0 })).toThrow('loadShedding: maxDelay must be a number of milliseconds above 0')
    expect(() => loadShedding({ maxInFlight: 0.5 })).toThrow('loadShedding: maxInFlight must be a number, 1 or more')
    expect(() => loadShedding({ exempt: '/a' as never })).toThrow('loadShedding: exempt')
    expect(() => loadShedding({ modes: 'test' as never })).toThrow('loadShedding: modes')
  })

  test('what waits is counted by the application itself', async () => {
    const Probe = service('probe', ({ use }) => use(Application))
    await using built = await core({ log })
      .use(Probe)
      .get('/', async ({ use }) => {
        await turn()
        return use(Probe).inFlight
      })
      .build({ mode: 'test' })
    expect(await (await ask(built, '/')).json()).toBe(1)
  })
})
