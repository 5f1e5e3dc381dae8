import type { RateRule, RateStore, RateTaken } from './rate-store.ts'

/** Settings of `MemoryRateStore`. */
export interface MemoryRateStoreOptions {
  /** Budgets kept at most, about 150 bytes each. Past it the one unused for longest is forgotten. Default 100,000. */
  readonly maxKeys?: number
  /** Milliseconds of a clock that never goes back. Default the process's own. */
  readonly now?: () => number
}

/** Rounding of the divisions below must not cost anybody the last one of a budget. */
const SLACK = 1e-6

/**
 * Budgets in the memory of this process; each process counts on its own. The generic cell rate algorithm: one number for
 * each key, the moment at which its budget will be whole again. Full budgets are dropped as others come, so there is no timer.
 */
export class MemoryRateStore implements RateStore {
  /** In the order of last use. */
  readonly #wholeAt = new Map<string, number>()
  readonly #maxKeys: number
  readonly #now: () => number

  /** @throws {TypeError} when `maxKeys` is not a whole number of 1 or more. */
  constructor({ maxKeys = 100_000, now = () => performance.now() }: MemoryRateStoreOptions = {}) {
    if (!Number.isSafeInteger(maxKeys) || maxKeys < 1) throw new TypeError('MemoryRateStore: maxKeys must be a whole number, 1 or more')
    this.#maxKeys = maxKeys
    this.#now = now
  }

  /** How many budgets are kept. */
  get size(): number {
    return this.#wholeAt.size
  }

  take(key: string, { limit, windowMs }: RateRule): RateTaken {
    const now = this.#now()
    const each = windowMs / limit
    const known = this.#wholeAt.get(key)
    const before = known === undefined || known < now ? now : known
    const after = before + each
    const allowed = after - now <= windowMs + SLACK
    if (known !== undefined) this.#wholeAt.delete(key)
    else this.#makeRoom(now)
    const wholeAt = allowed ? after : before
    this.#wholeAt.set(key, wholeAt)
    const left = windowMs - (wholeAt - now)
    const remaining = Math.max(0, Math.floor(left / each + SLACK))
    return { allowed, remaining, retryAfterMs: remaining > 0 ? 0 : Math.max(0, each - left), resetMs: wholeAt - now }
  }

  /** Two looked at for each one added: what is over goes sooner than new ones come, without ever walking the whole map. */
  #makeRoom(now: number): void {
    let looked = 0
    for (const [key, wholeAt] of this.#wholeAt) {
      if (wholeAt <= now || this.#wholeAt.size >= this.#maxKeys) this.#wholeAt.delete(key)
      if (++looked === 2) break
    }
  }
}
