import { describe, expect, test } from 'vitest'
import type { RateStore } from '../middleware/rate-store.ts'

/** A new, empty store and its clock. `advance` lets milliseconds pass: by a fake clock, or by waiting for a real one. */
export interface RateStoreBench {
  readonly store: RateStore
  advance(ms: number): void | Promise<void>
  dispose?(): void | Promise<void>
}

/**
 * What every `RateStore` must do. `unit` is how many milliseconds the suite's windows are built of: a store on a real clock,
 * which `advance` waits for, takes a unit well above the time of one call.
 */
export function rateStoreConformance(
  name: string,
  make: () => RateStoreBench | Promise<RateStoreBench>,
  { unit = 1000 }: { readonly unit?: number } = {},
): void {
  const bench = async (run: (it: RateStoreBench) => Promise<void>): Promise<void> => {
    const it = await make()
    try {
      await run(it)
    } finally {
      await it.dispose?.()
    }
  }

  describe(`${name} as a RateStore`, () => {
    const rule = { limit: 4, windowMs: 4 * unit }

    test('lets `limit` pass at once, counts down, and refuses the next', () =>
      bench(async ({ store }) => {
        const taken = []
        for (let i = 0; i < 5; i++) taken.push(await store.take('a', rule))
        expect(taken.map((it) => it.allowed)).toEqual([true, true, true, true, false])
        expect(taken.map((it) => it.remaining)).toEqual([3, 2, 1, 0, 0])
        expect(taken.slice(0, 3).map((it) => it.retryAfterMs)).toEqual([0, 0, 0])
        for (const it of taken.slice(3)) {
          expect(it.retryAfterMs).toBeGreaterThan(0)
          expect(it.retryAfterMs).toBeLessThanOrEqual(unit)
          expect(it.resetMs).toBeGreaterThan(3 * unit - unit)
          expect(it.resetMs).toBeLessThanOrEqual(4 * unit)
        }
      }))

    test('lets one more pass when it said that it would, and no second', () =>
      bench(async ({ store, advance }) => {
        for (let i = 0; i < 4; i++) await store.take('a', rule)
        const refused = await store.take('a', rule)
        await advance(Math.ceil(refused.retryAfterMs))
        expect((await store.take('a', rule)).allowed).toBe(true)
        expect((await store.take('a', rule)).allowed).toBe(false)
      }))

    test('takes nothing for what it refuses', () =>
      bench(async ({ store, advance }) => {
        for (let i = 0; i < 4; i++) await store.take('a', rule)
        for (let i = 0; i < 20; i++) expect((await store.take('a', rule)).allowed).toBe(false)
        await advance(unit)
        expect((await store.take('a', rule)).allowed).toBe(true)
      }))

    test('has the whole budget back after the window, and never more', () =>
      bench(async ({ store, advance }) => {
        for (let i = 0; i < 4; i++) await store.take('a', rule)
        await advance(10 * unit)
        const taken = []
        for (let i = 0; i < 5; i++) taken.push((await store.take('a', rule)).allowed)
        expect(taken).toEqual([true, true, true, true, false])
      }))

    test('keeps the budget of each key apart, whatever characters it has', () =>
      bench(async ({ store }) => {
        const one = { limit: 1, windowMs: 10 * unit }
        for (const key of ['a', 'b', 'a:b', '', '__proto__', 'ключ', 'a b\n']) {
          expect((await store.take(key, one)).allowed).toBe(true)
          expect((await store.take(key, one)).allowed).toBe(false)
        }
      }))

    test('lets no more pass than the budget has when asked many times at once', () =>
      bench(async ({ store }) => {
        const one = { limit: 10, windowMs: 100 * unit }
        const taken = await Promise.all(Array.from({ length: 50 }, async () => store.take('a', one)))
        expect(taken.filter((it) => it.allowed)).toHaveLength(10)
      }))

    test('gives the last one of limits that do not divide their window', () =>
      bench(async ({ store }) => {
        for (const limit of [3, 7, 60, 100]) {
          const odd = { limit, windowMs: 100 * unit }
          for (let i = 0; i < limit; i++) expect((await store.take(`of ${limit}`, odd)).remaining).toBe(limit - 1 - i)
          expect((await store.take(`of ${limit}`, odd)).allowed).toBe(false)
        }
      }))
  })
}
