import { core } from './app/builder.ts'
import type { CoreOptions } from './app/definition.ts'
import type { AddedBy, AnyGuard, App } from './app/types.ts'
import { csrf, type CsrfOptions } from './middleware/csrf.ts'
import { securityHeaders, type SecurityHeadersOptions } from './middleware/security-headers.ts'
import { openapi } from './openapi/openapi-module.ts'
import type { OpenapiOptions } from './openapi/types.ts'
import { accessLog, type AccessLogOptions } from './ops/access-log.ts'
import { health, type HealthOptions } from './ops/health.ts'
import { loadShedding, type LoadSheddingOptions } from './ops/load-shedding.ts'
import { logger } from './ops/logger.ts'
import { requireObject } from './internal/arguments.ts'

/** Settings of an application and of the parts that it has from the start. */
export interface AppOptions<G extends readonly AnyGuard[] = readonly AnyGuard[]> extends CoreOptions<G> {
  /** Headers that browsers act on: no sniffing, no framing, a strict referrer, HTTPS alone. On unless false. */
  readonly security?: SecurityHeadersOptions | false
  /** Refuses unsafe requests that another site sends with a user's cookies. On unless false. */
  readonly csrf?: CsrfOptions | false
  /** `/livez` and `/readyz`. On unless false. */
  readonly health?: HealthOptions | false
  /** Refuses requests at once, with 503, while there is more to do than can be done in time. On unless false; never in tests. */
  readonly loadShedding?: LoadSheddingOptions | false
  /** One log line a request. In development alone unless the options say otherwise: `{}` is everywhere. */
  readonly accessLog?: AccessLogOptions | false
  /** `/openapi.json` and the page `/docs`. On in development; in production only as the options say. */
  readonly openapi?: OpenapiOptions | false
}

/**
 * An application: routes, guards and modules are added to it, then it is built and served. What is safe is on from the
 * start; `core` makes one without.
 *
 * ```ts
 * export default app().get('/hello/:name', ({ params }) => ({ message: `Hello ${params.name}` }))
 * ```
 */
export function app<const G extends readonly AnyGuard[] = []>(options: AppOptions<G> = {}): App<AddedBy<G>, {}> {
  requireObject('app: options', options)
  const { security = {}, csrf: crossSite = {}, health: probes = {}, openapi: documents = {}, loadShedding: load = {} } = options
  const { accessLog: lines = { modes: ['development'] } } = options
  const it = core({ ...options, log: options.log ?? logger() })
  if (security !== false) it.use(securityHeaders(security))
  if (crossSite !== false) it.use(csrf(crossSite))
  if (probes !== false) it.use(health(probes))
  // Behind the probes, which are always answered.
  if (load !== false) it.use(loadShedding(load))
  if (lines !== false) it.use(accessLog(lines))
  if (documents !== false) it.use(openapi(documents))
  return it
}
