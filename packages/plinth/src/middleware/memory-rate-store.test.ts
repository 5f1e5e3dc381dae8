import { describe, expect, test } from 'vitest'
import { rateStoreConformance } from '../testing/rate-store-conformance.ts'
import { MemoryRateStore } from './memory-rate-store.ts'

rateStoreConformance('MemoryRateStore', () => {
  let now = 1_000_000.5
  return { store: new MemoryRateStore({ now: () => now }), advance: (ms) => void (now += ms) }
})

describe('memory', () => {
  const rule = { limit: 1, windowMs: 1000 }

  test('no more budgets than `maxKeys` are kept; the one unused for longest goes first', () => {
    const store = new MemoryRateStore({ maxKeys: 3, now: () => 0 })
    for (const key of ['a', 'b', 'c']) store.take(key, rule)
    store.take('a', rule)
    store.take('d', rule)
    expect(store.size).toBe(3)
    expect([store.take('a', rule).allowed, store.take('c', rule).allowed, store.take('d', rule).allowed]).toEqual([false, false, false])
    expect(store.take('b', rule).allowed).toBe(true)
    for (let i = 0; i < 1000; i++) store.take(`more ${i}`, rule)
    expect(store.size).toBe(3)
  })

  test('budgets that are whole again go as new ones come', () => {
    let now = 0
    const store = new MemoryRateStore({ now: () => now })
    for (let i = 0; i < 1000; i++) store.take(`old ${i}`, rule)
    now = 5000
    for (let i = 0; i < 600; i++) store.take(`new ${i}`, rule)
    expect(store.size).toBe(600)
  })

  test('on its own clock a budget comes back', async () => {
    const store = new MemoryRateStore()
    const short = { limit: 1, windowMs: 5 }
    store.take('a', short)
    const until = performance.now() + 6
    while (performance.now() < until) await new Promise((resolve) => setImmediate(resolve))
    expect(store.take('a', short).allowed).toBe(true)
  })

  test.each([0, -1, 1.5, Number.NaN])('maxKeys %s is refused', (maxKeys) => {
    expect(() => new MemoryRateStore({ maxKeys })).toThrow('MemoryRateStore: maxKeys must be a whole number, 1 or more')
  })
})

test('over any span no more pass than the budget and what it refilled', () => {
  const seed = Number(process.env['SEED'] ?? Date.now() % 1e9)
  let state = seed
  const random = (): number => (state = (state * 48_271 + 11) % 2_147_483_647) / 2_147_483_647
  for (let round = 0; round < 50; round++) {
    let now = 0
    const store = new MemoryRateStore({ now: () => now })
    const rule = { limit: 1 + Math.floor(random() * 20), windowMs: 1 + Math.floor(random() * 5000) }
    const passed: number[] = []
    for (let i = 0; i < 300; i++) {
      now += random() < 0.5 ? 0 : random() * rule.windowMs * 0.2
      const taken = store.take('a', rule)
      if (taken.allowed) passed.push(now)
    }
    let worst = 0
    for (let i = 0; i < passed.length; i++) {
      for (let j = i; j < passed.length; j++) {
        const span = (passed[j] as number) - (passed[i] as number)
        worst = Math.max(worst, j - i + 1 - (span * rule.limit) / rule.windowMs)
      }
    }
    expect(worst, `SEED=${seed}`).toBeLessThanOrEqual(rule.limit + 1e-3)
  }
})
