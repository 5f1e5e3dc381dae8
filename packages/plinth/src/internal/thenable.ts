/**
 * Whether `await` would wait for it. Not `instanceof Promise`: query builders (Drizzle, Knex) and promises of another realm are
 * none, and a guard that answers with one would let everybody pass before it has decided.
 */
export function isThenable(value: unknown): value is PromiseLike<unknown> {
  return (
    ((typeof value === 'object' && value !== null) || typeof value === 'function') &&
    typeof (value as { then?: unknown }).then === 'function'
  )
}
