import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import type { Built, Context } from '../app/index.ts'
import { LoadMonitor } from './load-monitor.ts'

const refused = { delay: 0, in_flight: 0 }
const app = { inFlight: 0, log: { warn() {} } }
const ctx = { template: '/work' } as Context
let now = 0
let monitor: LoadMonitor

const monitorOf = (limits: { readonly maxDelay: number; readonly maxInFlight: number }): LoadMonitor =>
  new LoadMonitor(app as unknown as Built, { ...limits, exempt: new Set() }, { refused })

/** How many of so many that ask in one turn of the loop, `ms` after the last, are begun. They are under way from then on. */
async function begun(count: number, ms: number = 0): Promise<number> {
  // The loop has turned: what was said for the end of a turn was heard.
  await new Promise((done) => void setImmediate(done))
  now += ms
  const before = app.inFlight
  for (let i = 0; i < count; i++) {
    try {
      monitor.admit(ctx)
      app.inFlight++
    } catch (error) {
      expect(error).toMatchObject({ code: 'overloaded' })
    }
  }
  return app.inFlight - before
}

/** All are answered, and the loop is looked at. */
function look(lateMs: number, busy: number, tookMs: number = 100 + lateMs): void {
  app.inFlight = 0
  monitor.look({ tookMs, lateMs, busy })
}

/** Late for as many looks as make it sure, each of them with work of 2.5 ms for each request. */
async function overload(): Promise<void> {
  for (let i = 0; i < 40; i++) expect(await begun(1)).toBe(1)
  look(0, 1)
  look(250, 1, (await begun(30)) * 2.5)
  for (let i = 0; i < 3; i++) look(10, 1, (await begun(20)) * 2.5)
}

beforeEach(() => {
  Object.assign(refused, { delay: 0, in_flight: 0 })
  app.inFlight = 0
  now = 1_000
  // Looks come from the tests alone, and time goes on as they say.
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] })
  vi.spyOn(performance, 'now').mockImplementation(() => now)
  monitor = monitorOf({ maxDelay: 200, maxInFlight: 1_000 })
})

afterEach(() => {
  monitor.end()
  vi.restoreAllMocks()
  vi.useRealTimers()
})

describe('the monitor of a loaded process', () => {
  test('begins everything while the loop is in time, up to the bound', async () => {
    expect(await begun(2_000)).toBe(1_000)
    expect(refused).toEqual({ delay: 0, in_flight: 1_000 })
    look(199, 0.9)
    expect(await begun(700)).toBe(700)
  })

  test('lets some be under way where the loop was late once, and more when it has rested', async () => {
    await begun(100)
    look(300, 1)
    expect(await begun(40)).toBe(16)
    expect(refused).toEqual({ delay: 0, in_flight: 24 })
    look(0, 0.2)
    expect(await begun(40)).toBe(32)
    look(0, 0.6)
    expect(await begun(200)).toBe(40)
  })

  test('lets more be under way at first where requests are cheap', async () => {
    await begun(1_000)
    look(300, 1)
    // 0.4 ms each: a fifth of the delay that may be is 40 ms.
    expect(await begun(1_000)).toBe(100)
  })

  test('asks for three late looks in a row, where the loop is not very late', async () => {
    for (const late of [150, 150, 50, 150, 150]) {
      expect(await begun(100)).toBe(100)
      look(late, 1)
    }
    expect(await begun(100)).toBe(100)
    look(150, 1)
    expect(await begun(1_000)).toBeLessThan(100)
  })

  test('holds only those back who are too many, until late looks in a row say that it is no mishap', async () => {
    await begun(40)
    look(300, 1)
    for (const [late, busy] of [
      [50, 1],
      [0, 0.95],
      [50, 1],
      [50, 1],
    ] as const) {
      expect(await begun(16)).toBe(16)
      look(late, busy)
    }
    expect(await begun(16)).toBe(16)
    expect(refused).toEqual({ delay: 0, in_flight: 0 })
  })

  test('takes a turn that is long for no sign of too much, as long as it may be a mishap', async () => {
    await begun(40)
    look(300, 1)
    expect(await begun(1)).toBe(1)
    now += 30
    monitor.admit(ctx)
    now += 30
    expect(() => monitor.admit(ctx)).toThrow('Too busy right now')
  })

  test('then begins them one after the other, not all that may be under way in one turn', async () => {
    await overload()
    let sum = 0
    for (let i = 0; i < 40; i++) {
      const some = await begun(20, 2.5)
      expect(some).toBeLessThanOrEqual(2)
      sum += some
      app.inFlight -= some
    }
    expect(sum).toBeGreaterThanOrEqual(36)
    expect(sum).toBeLessThanOrEqual(42)
    expect(refused.delay).toBeGreaterThan(0)
  })

  test('begins more of them while the loop rests, and ends when it has rested for long and refused nobody', async () => {
    await overload()
    look(0, 0.3)
    look(0, 0.3)
    const more = await begun(100, 2.5)
    expect(more).toBeGreaterThan(2)
    for (let i = 0; i < 4; i++) look(0, 0.3)
    expect(await begun(1_000)).toBe(1_000)
  })

  test('begins no more in one turn than can be done in the delay that may be', async () => {
    for (let i = 0; i < 5; i++) {
      for (let k = 0; k < 50; k++) {
        await begun(1)
        app.inFlight = 0
      }
      look(0, 1)
    }
    // 2 ms each: 100 of them, besides the first 32, which nobody counts.
    expect(await begun(500)).toBe(132)
    // It is overloaded from then on, though nobody has looked.
    expect(await begun(500)).toBe(0)
    app.inFlight = 0
    expect(await begun(500)).toBe(20)
  })

  test('expects nothing of what requests cost while the process is young', async () => {
    for (let i = 0; i < 10; i++) await begun(1)
    look(0, 1)
    expect(await begun(500)).toBe(500)
  })

  test('takes the least of what requests cost lately: a machine that others use makes them seem dear', async () => {
    const some = async (busy: number): Promise<void> => {
      for (let k = 0; k < 50; k++) {
        await begun(1)
        app.inFlight = 0
      }
      look(0, busy)
    }
    for (let i = 0; i < 5; i++) await some(0.1)
    await some(1)
    // 0.2 ms each, and a tenth more.
    expect(await begun(800)).toBe(800)
  })
})
