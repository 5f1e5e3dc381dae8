import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { Deadline, Deadlines, deadlines } from './deadlines.ts'

class Noted extends Deadline {
  readonly #log: string[]
  readonly #name: string

  constructor(log: string[], name: string, inMs: number) {
    super(performance.now() + inMs)
    this.#log = log
    this.#name = name
  }

  override pass(): void {
    this.#log.push(this.#name)
  }
}

beforeEach(() => void vi.useFakeTimers())
afterEach(() => {
  vi.useRealTimers()
  vi.unstubAllGlobals()
  vi.resetModules()
})

test('each deadline passes at its own time, in whatever order they were added', () => {
  const log: string[] = []
  const all = new Deadlines()
  for (const [name, ms] of [
    ['long', 30_000],
    ['short', 20],
    ['middle', 2_500],
    ['short too', 20],
  ] as const)
    all.add(new Noted(log, name, ms))
  vi.advanceTimersByTime(19)
  expect(log).toEqual([])
  vi.advanceTimersByTime(1)
  expect(log.sort()).toEqual(['short', 'short too'])
  vi.advanceTimersByTime(2_480)
  expect(log[2]).toBe('middle')
  vi.advanceTimersByTime(27_500)
  expect(log[3]).toBe('long')
})

test('what was over in time does not pass, from the front, the middle and the end', () => {
  const log: string[] = []
  const all = new Deadlines()
  const noted = ['a', 'b', 'c', 'd', 'e'].map((name) => new Noted(log, name, 50))
  for (const it of noted) all.add(it)
  for (const at of [0, 2, 4]) all.remove(noted[at] as Noted)
  expect(noted.map(({ place }) => place === -1)).toEqual([true, false, true, false, true])
  vi.advanceTimersByTime(100)
  expect(log.sort()).toEqual(['b', 'd'])
})

test('a thousand share one timer, which sleeps a second at most and ends when nobody waits', () => {
  const all = new Deadlines()
  const noted = Array.from({ length: 1_000 }, () => new Noted([], 'x', 30_000))
  for (const it of noted) all.add(it)
  expect(vi.getTimerCount()).toBe(1)
  vi.advanceTimersByTime(5_000)
  expect(vi.getTimerCount()).toBe(1)
  for (const it of noted) all.remove(it)
  vi.advanceTimersByTime(1_000)
  expect(vi.getTimerCount()).toBe(0)
})

test('the timer keeps a process alive only while somebody waits', () => {
  const calls: string[] = []
  vi.stubGlobal('setTimeout', () => ({ ref: () => calls.push('ref'), unref: () => calls.push('unref') }))
  const all = new Deadlines()
  const [first, second] = [new Noted([], 'first', 30_000), new Noted([], 'second', 30_000)]
  all.add(first)
  all.add(second)
  all.remove(first)
  expect(calls).toEqual([])
  all.remove(second)
  all.add(first)
  all.remove(first)
  expect(calls).toEqual(['unref', 'ref', 'unref'])
})

test('on Workers, which end timers with the request that set them, no two requests share one', async () => {
  expect(deadlines()).toBe(deadlines())
  vi.stubGlobal('navigator', { userAgent: 'Cloudflare-Workers' })
  vi.resetModules()
  const there = await import('./deadlines.ts')
  expect(there.deadlines()).not.toBe(there.deadlines())
})
