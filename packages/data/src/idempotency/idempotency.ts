import { type App, type Context, keepsKeys, module } from 'plinth'
import { DatabaseEngine } from '../database/database.ts'
import { type IdempotencyOptions, keeping, type Next } from './keep-keys.ts'

/**
 * A module for routes whose requests may come twice: a client that sends `Idempotency-Key` (draft-ietf-httpapi-idempotency-key-header)
 * gets one effect, however often it sends the request. Everything behind it runs in one transaction, in which the answer is kept:
 *
 * ```ts
 * module('orders').use(idempotency()).post('/orders', …)
 * ```
 * The same request again gets the kept answer, with `idempotency-replayed: true`; while the first is under way 409; another request
 * with the same key 422. What fails, by an exception or a 5xx, is taken back and not kept, so it can be sent again; so is what a
 * crash interrupted. An answer must be whole to be kept: streams are refused. Headers and cookies that were set on the context,
 * rather than on the answer, are not kept.
 */
export function idempotency(options: IdempotencyOptions = {}): App<{}, {}> {
  const keep = keeping((ctx) => ctx.use(DatabaseEngine), options)
  return module('idempotency', { scope: 'parent' }).around(
    keepsKeys((ctx: Context, next: Next) => keep(ctx, next, ctx.idempotent === 'required')),
  )
}
