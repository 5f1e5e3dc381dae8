import type { Around } from './types.ts'

/** Wraps that keep idempotency keys. Told apart by identity, so that no wrap of another make passes for one. */
export const keepers: WeakSet<object> = new WeakSet()

/**
 * Says of a wrap that it gives routes with `idempotent` one effect for each `Idempotency-Key`. Without such a wrap around it, a route
 * that promises this refuses to boot.
 */
export function keepsKeys<A extends Around<never>>(around: A): A {
  keepers.add(around)
  return around
}
