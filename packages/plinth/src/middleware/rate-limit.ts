import { type App, type Context, guard, module, problem } from '../app/index.ts'
import { addressKey, forwardedAddress } from './client-address.ts'
import { RateLimiter, type RateLimiterOptions } from './rate-limiter.ts'
import { requireObject } from '../internal/arguments.ts'

/** Settings of `rateLimit`. */
export type RateLimitOptions = RateLimiterOptions & {
  /** Whose budget it is; `undefined` lets the request pass uncounted. Default: the client's address, IPv6 by its first 64 bits. */
  readonly key?: (ctx: Context) => string | undefined
  /** `module`: one budget for all routes behind it. `route`: one for each. Default `module`. */
  readonly on?: 'route' | 'module'
  /**
   * How many proxies stand in front, each of which appends to `X-Forwarded-For`. Default 0: the header is what a client wrote,
   * and whoever may write it has as many budgets as he likes.
   */
  readonly trustProxy?: number
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
  const { on = 'module', key, trustProxy = 0 } = options
  if (on !== 'route' && on !== 'module') throw new TypeError("rateLimit: on must be 'route' or 'module'")
  if (!Number.isSafeInteger(trustProxy) || trustProxy < 0)
    throw new TypeError('rateLimit: trustProxy must be the number of proxies, 0 or more')
  if (key !== undefined && trustProxy > 0) throw new TypeError('rateLimit: trustProxy has no meaning beside key, which decides alone')
  const limiter = new RateLimiter(options)
  const keyOf = key ?? ((ctx: Context): string => clientKey(ctx, trustProxy))
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

/** Where the platform tells no address all share one budget: too strict is noticed at once, too loose only after the attack. */
function clientKey(ctx: Context, trustProxy: number): string {
  const forwarded = trustProxy > 0 ? forwardedAddress(ctx.header('x-forwarded-for'), trustProxy) : undefined
  return addressKey(forwarded ?? ctx.peer.address)
}

/** HEAD is GET. Methods that a client made up share one budget, or each would be a new one before a mount. */
function routeKey(ctx: Context): string {
  const method = ctx.method === 'HEAD' ? 'GET' : ctx.method
  return `${methods.has(method) ? method : '*'} ${ctx.template}`
}
