import { Application, type Built, type Context, problem } from '../app/index.ts'
import { RateStores } from './rate-stores.ts'
import type { RateRule, RateStore, RateTaken } from './rate-store.ts'

/** So many requests in so long. */
export interface RateBudget {
  /** How many may pass at once, and how many in `window` in the long run. */
  readonly limit: number
  /** Milliseconds in which a budget that was spent is whole again. */
  readonly window: number
  /** Tells limits apart in headers, and in a store that several share. Letters, digits, `-` and `_`. Default `default`. */
  readonly name?: string
  /** `draft`: `RateLimit` and `RateLimit-Policy` (draft-ietf-httpapi-ratelimit-headers). Default `draft`. */
  readonly headers?: 'draft' | false
}

/** Where budgets are kept. Whoever names a store also says what happens when it fails: `open` lets requests pass, `closed` answers 503. */
export type RateStorage =
  | { readonly store?: undefined; readonly onStoreError?: undefined }
  | { readonly store: RateStore; readonly onStoreError: 'open' | 'closed' }

/** Settings of `RateLimiter`. */
export type RateLimiterOptions = RateBudget & RateStorage

const MAX_KEY = 200
/** A store that hangs is a store that fails; a request must not wait for it longer than a client would. */
const STORE_TIMEOUT_MS = 500
const LOG_EVERY_MS = 10_000

/**
 * How many limits there are of each name and rule. They are made in the same order wherever the same code runs, so the number means the
 * same limit; where new code makes them in another, those that change places have the same rule.
 */
const made = new Map<string, number>()

/** A limit to ask by hand, where the key is known only in the handler: the address in a sign-in form, say. */
export class RateLimiter {
  readonly name: string
  /** `RateLimit-Policy`, the same for every answer; `undefined` where headers are off. */
  readonly policy: string | undefined
  readonly #id: string
  readonly #rule: RateRule
  readonly #store: RateStore | undefined
  /** One for each application that was built: two tests of the same one must not spend each other's budgets. */
  readonly #own = new WeakMap<Built, RateStore>()
  readonly #open: boolean
  #loggedAt = Number.NEGATIVE_INFINITY

  /** @throws {TypeError} naming the setting that is wrong. */
  constructor(options: RateLimiterOptions) {
    const { limit, window, name = 'default', headers = 'draft', store, onStoreError } = options
    if (!Number.isSafeInteger(limit) || limit < 1) throw new TypeError('rateLimit: limit must be a whole number, 1 or more')
    if (!Number.isFinite(window) || window <= 0) throw new TypeError('rateLimit: window must be a number of milliseconds above 0')
    if (!/^[\w-]{1,64}$/.test(name)) throw new TypeError('rateLimit: name must be 1 to 64 letters, digits, - or _')
    if (store !== undefined && onStoreError !== 'open' && onStoreError !== 'closed') {
      throw new TypeError(
        "rateLimit: onStoreError must be written beside a store: 'open' lets requests pass while it fails, 'closed' answers 503",
      )
    }
    this.name = name
    const kind = `${name} ${limit}/${window}`
    const number = (made.get(kind) ?? 0) + 1
    made.set(kind, number)
    this.#id = `${kind} #${number}`
    this.policy = headers === false ? undefined : `"${name}";q=${limit};w=${Math.ceil(window / 1000)}`
    this.#rule = { limit, windowMs: window }
    this.#store = store
    this.#open = onStoreError !== 'closed'
  }

  /**
   * Takes one from the budget of `key`. Answers without a promise where the store does.
   * @throws {Problem} 429 `too-many-requests` with `Retry-After` when nothing is left; 503 `overloaded` when the store fails and the choice was `closed`.
   */
  take(ctx: Context, key: string): void | Promise<void> {
    let taken: RateTaken | Promise<RateTaken>
    try {
      // Two long keys that begin alike share a budget, which is stricter, never looser.
      taken = (this.#store ?? this.#ownStore(ctx)).take(`${this.name}:${key.slice(0, MAX_KEY)}`, this.#rule)
    } catch (error) {
      return this.#failed(ctx, error)
    }
    if (!(taken instanceof Promise)) return this.#settle(ctx, taken)
    return inTime(taken).then(
      (it) => this.#settle(ctx, it),
      (error: unknown) => this.#failed(ctx, error),
    )
  }

  #ownStore(ctx: Context): RateStore {
    const built = ctx.use(Application)
    let store = this.#own.get(built)
    if (!store) this.#own.set(built, (store = ctx.use(RateStores)(this.#id)))
    return store
  }

  #settle(ctx: Context, { allowed, remaining, retryAfterMs, resetMs }: RateTaken): void {
    if (this.policy !== undefined) ctx.appendHeader('ratelimit', `"${this.name}";r=${remaining};t=${Math.ceil(resetMs / 1000)}`)
    if (allowed) return
    // Rounded up: who comes back when he was told to must not be refused again.
    throw problem('too-many-requests', undefined, { headers: { 'retry-after': String(Math.max(1, Math.ceil(retryAfterMs / 1000))) } })
  }

  #failed(ctx: Context, error: unknown): void {
    const now = performance.now()
    if (now - this.#loggedAt >= LOG_EVERY_MS) {
      this.#loggedAt = now
      ctx.log.error({ err: error, limit: this.name, requests: this.#open ? 'pass' : 'are refused' }, 'the rate store failed')
    }
    if (!this.#open) throw problem('overloaded', undefined, { headers: { 'retry-after': '1' }, cause: error })
  }
}

function inTime(taken: Promise<RateTaken>): Promise<RateTaken> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`the rate store did not answer within ${STORE_TIMEOUT_MS} ms`)), STORE_TIMEOUT_MS)
    const settle = (): void => clearTimeout(timer)
    taken.then(resolve, reject).finally(settle)
  })
}
