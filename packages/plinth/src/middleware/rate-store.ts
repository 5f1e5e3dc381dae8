/** So many in so long. */
export interface RateRule {
  /** How many may come at once, and how many in `windowMs` in the long run. A whole number, 1 or more. */
  readonly limit: number
  /** Milliseconds in which a budget that was spent is whole again. */
  readonly windowMs: number
}

/** What taking from a budget came to. */
export interface RateTaken {
  readonly allowed: boolean
  /** How many more would be allowed right now. */
  readonly remaining: number
  /** Milliseconds until the next one is allowed; 0 while there are any. */
  readonly retryAfterMs: number
  /** Milliseconds until the whole budget is back, if nothing more is taken. */
  readonly resetMs: number
}

/**
 * Keeps budgets, each under a key and a rule. A budget refills evenly: one every `windowMs / limit`. So `limit` pass at
 * once, and fewer than twice that in any window, with no boundary at which a new window opens for everybody together. What was refused costs nothing.
 *
 * `take` is one atomic step: of calls at the same time no more pass than there is budget for. It may answer without a promise.
 * It rejects when the store can't be reached; what then happens is for whoever asked to say.
 */
export interface RateStore {
  take(key: string, rule: RateRule): RateTaken | Promise<RateTaken>
}
