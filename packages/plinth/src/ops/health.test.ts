import { describe, expect, test, vi } from 'vitest'
import { type Built, core, guard, type Logger, refuse, service } from '../app/index.ts'
import { health, type HealthOptions } from './health.ts'
import { Readiness } from './readiness.ts'

function recording(): { log: Logger; lines: unknown[][] } {
  const lines: unknown[][] = []
  const method =
    (level: string) =>
    (...args: unknown[]): void =>
      void lines.push([level, ...args])
  const log: Logger = { debug: method('debug'), info: method('info'), warn: method('warn'), error: method('error'), child: () => log }
  return { log, lines }
}

async function ask(built: Built, path: string): Promise<{ status: number; body: unknown; headers: Headers }> {
  const response = await built.fetch(new Request(`http://x${path}`))
  return { status: response.status, body: await response.json(), headers: response.headers }
}

async function withHealth(options: HealthOptions, mode: 'test' | 'production' = 'test', log = recording().log): Promise<Built> {
  return core({ mode, log }).use(health(options)).build()
}

/** Past the second for which an answer is kept. */
function later(ms = 1_001): void {
  const now = performance.now()
  vi.spyOn(performance, 'now').mockReturnValue(now + ms)
}

describe('probes', () => {
  test('answer without guards, are not kept and not in the documentation', async () => {
    const built = await core({ guards: [guard(() => refuse('not-signed-in'))] })
      .use(health())
      .build({ mode: 'test' })
    const live = await ask(built, '/livez')
    expect(live).toMatchObject({ status: 200, body: { status: 'ok' } })
    expect(live.headers.get('cache-control')).toBe('no-store')
    expect(await ask(built, '/readyz')).toMatchObject({ status: 200, body: { status: 'ok', checks: {} } })
    expect(built.routes.every((it) => it.open && it.contract.hidden)).toBe(true)
  })

  test('have the paths that are asked for', async () => {
    const built = await withHealth({ livez: '/up', readyz: '/ready' })
    expect((await ask(built, '/up')).status).toBe(200)
    expect((await ask(built, '/ready')).status).toBe(200)
  })

  test('readiness ends when closing begins, life does not', async () => {
    const built = await withHealth({ checks: { db: () => {} } })
    built.unready()
    expect(await ask(built, '/readyz')).toMatchObject({ status: 503, body: { status: 'closing', checks: {} } })
    expect((await ask(built, '/livez')).status).toBe(200)
  })

  test('closing that begins while checks run counts too', async () => {
    let release = (): void => {}
    const built = await withHealth({ checks: { db: () => new Promise<void>((done) => (release = done)) } })
    const asked = ask(built, '/readyz')
    await vi.waitFor(() => expect(release).not.toBeUndefined())
    await Promise.resolve()
    built.unready()
    release()
    expect((await asked).body).toEqual({ status: 'closing', checks: {} })
  })
})

describe('contributors', () => {
  test('a starter adds itself in its service, and takes itself out', async () => {
    let well = false
    const Db = service('db', ({ use }) => {
      const remove = use(Readiness).add('database', () => {
        if (!well) throw new Error('connect to postgres://a:s3cr3t@db failed')
      })
      return { remove }
    })
    const built = await core().use(health()).use(Db).build({ mode: 'test' })
    const bad = await ask(built, '/readyz')
    expect(bad).toMatchObject({
      status: 503,
      body: { status: 'failing', checks: { database: { status: 'failing', reason: expect.stringContaining('postgres://a:[secret]@db') } } },
    })
    later()
    well = true
    expect((await ask(built, '/readyz')).status).toBe(200)
    built.use(Db).remove()
    built.use(Db).remove()
    expect((await ask(built, '/readyz')).body).toEqual({ status: 'ok', checks: {} })
    vi.restoreAllMocks()
  })

  test('why they fail is not told in production, unless asked', async () => {
    const checks = { db: () => Promise.reject(new Error('inner')) }
    expect((await ask(await withHealth({ checks }, 'production'), '/readyz')).body).toEqual({
      status: 'failing',
      checks: { db: { status: 'failing' } },
    })
    expect((await ask(await withHealth({ checks, details: true }, 'production'), '/readyz')).body).toMatchObject({
      checks: { db: { reason: 'inner' } },
    })
  })

  test('one that is too slow fails, its signal aborts, and it is not asked again while it hangs', async () => {
    const signals: AbortSignal[] = []
    const built = await withHealth({
      checks: {
        slow: {
          check: (signal) => {
            signals.push(signal)
            return new Promise(() => {})
          },
          timeoutMs: 5,
        },
        fine: () => 'text is fine',
      },
    })
    expect(await ask(built, '/readyz')).toMatchObject({
      status: 503,
      body: { checks: { slow: { reason: 'no answer within 5 ms' }, fine: { status: 'ok' } } },
    })
    expect(signals[0]?.aborted).toBe(true)
    const now = performance.now()
    const clock = vi.spyOn(performance, 'now').mockReturnValue(now + 1_001)
    // Ten times its limit have passed, so it is tried once more.
    await ask(built, '/readyz')
    expect(signals).toHaveLength(2)
    clock.mockRestore()
  })

  test('one that hangs within ten times its limit is not asked again', async () => {
    let asked = 0
    const built = await withHealth({
      checks: {
        slow: {
          check: () => {
            asked++
            return new Promise(() => {})
          },
          timeoutMs: 200,
        },
      },
    })
    await ask(built, '/readyz')
    later()
    expect((await ask(built, '/readyz')).body).toMatchObject({
      checks: { slow: { reason: 'the check before this one has not ended yet' } },
    })
    expect(asked).toBe(1)
    vi.restoreAllMocks()
  })

  test('are asked at most once a second, also by many probes at once', async () => {
    let asked = 0
    const built = await withHealth({ checks: { db: async () => void asked++ } })
    await Promise.all(Array.from({ length: 20 }, () => ask(built, '/readyz')))
    await ask(built, '/readyz')
    expect(asked).toBe(1)
    later()
    await ask(built, '/readyz')
    expect(asked).toBe(2)
    vi.restoreAllMocks()
  })

  test('a change is logged, a state that lasts is not', async () => {
    const { log, lines } = recording()
    let well = false
    const built = await withHealth(
      {
        checks: {
          db: () => {
            if (!well) throw 'no error object'
          },
        },
      },
      'test',
      log,
    )
    await ask(built, '/readyz')
    later()
    await ask(built, '/readyz')
    later(3_000)
    well = true
    await ask(built, '/readyz')
    expect(lines).toEqual([
      ['warn', { check: 'db', reason: 'no error object' }, 'not ready'],
      ['info', { check: 'db' }, 'ready again'],
    ])
    vi.restoreAllMocks()
  })

  test('of one name, or with a limit that is none, are refused', async () => {
    const built = await withHealth({ checks: { db: () => {} } })
    expect(() => built.use(Readiness).add('db', () => {})).toThrow("Two contributors to readiness are called 'db'")
    for (const timeoutMs of [0, -1, Number.NaN, 60_001])
      expect(() => built.use(Readiness).add('x', () => {}, { timeoutMs })).toThrow('above 0 and at most 60,000')
  })
})
