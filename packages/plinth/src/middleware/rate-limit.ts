import { type App, type Context, guard, module, problem } from '../app/index.ts'
import { addressKey } from './client-address.ts'
import { RateLimiter, type RateLimiterOptions } from './rate-limiter.ts'
import { requireObject } from '../internal/arguments.ts'

/** Settings of `rateLimit`. */
export type RateLimitOptions = RateLimiterOptions & {
  /**
   * Whose budget it is; `undefined` lets the request pass uncounted. Default: the client's address, IPv6 by its first 64 bits. Behind
   * proxies that is theirs, unless the application's `trustProxy` names them.
   */
  readonly key?: (ctx: Context) => string | undefined
  /** `module`: one budget for all routes behind it. `route`: one for each. Default `module`. */
  readonly on?: 'route' | 'module'
}

const methods = new Set(['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'])

/**
 * So many requests in so long, for each client: the next is a 429 `too-many-requests` with `Retry-After`. Stands before
 * access guards and before `open` routes as well, since these are what strangers reach. What is used before it, health
 * checks say, is not counted. Use it several times for several limits; a request that one refuses costs the later ones nothing.
 * @throws {TypeError} naming the setting that is wrong.
 */
export function rateLimit(options: RateLimitOptions): App<{}, {}> {
  requireObject('rateLimit: options', options)
  const { on = 'module', key } = options
  if (on !== 'route' && on !== 'module') throw new TypeError("rateLimit: on must be 'route' or 'module'")
  if ('trustProxy' in options)
    throw new TypeError(
      'rateLimit: trustProxy is a setting of the application, for all that asks who the client is: app({ trustProxy: 1 })',
    )
  const limiter = new RateLimiter(options)
  // Where the platform tells no address all share one budget: too strict is noticed at once, too loose only after the attack.
  const keyOf = key ?? ((ctx: Context): string => addressKey(ctx.peer.address))
  const check = (ctx: Context): void | Promise<void> => {
    const found = keyOf(ctx)
    if (found === undefined) return undefined
    return limiter.take(ctx, on === 'route' ? `${routeKey(ctx)}:${found}` : found)
  }
  const part = module(`rate-limit ${limiter.name}`, { scope: 'parent' })
  const told = limiter.policy === undefined ? part : part.headers({ 'ratelimit-policy': limiter.policy })
  return told.guard(
    guard(check, {
      name: `rate-limit ${limiter.name}`,
      always: options.key ? 'identified' : true,
      refuses: [problem('too-many-requests')],
    }),
  )
}

/** HEAD is GET. Methods that a client made up share one budget, or each would be a new one before a mount. */
function routeKey(ctx: Context): string {
  const method = ctx.method === 'HEAD' ? 'GET' : ctx.method
  return `${methods.has(method) ? method : '*'} ${ctx.template}`
}
