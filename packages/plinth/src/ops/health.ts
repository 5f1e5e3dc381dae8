import { type App, Application, module, reply, type Reply, service } from '../app/index.ts'
import { type CheckOptions, Readiness, type ReadinessCheck, type ReadinessReport } from './readiness.ts'
import { requireObject } from '../internal/arguments.ts'

/** Settings of `health`. */
export interface HealthOptions {
  /** Contributors by name; starters add their own through `Readiness`. */
  readonly checks?: { readonly [name: string]: ReadinessCheck | (CheckOptions & { readonly check: ReadinessCheck }) }
  /** Say why a check fails, to whoever asks. Default: outside production. */
  readonly details?: boolean
  /** Default `/livez`: the process answers. It stays well while the application closes, so that nobody restarts what is draining. */
  readonly livez?: `/${string}`
  /** Default `/readyz`: the application should be sent requests. */
  readonly readyz?: `/${string}`
}

const headers = { 'cache-control': 'no-store' }

/**
 * `/livez` and `/readyz`, open and out of the documentation. Readiness is 503 while the application closes or when a
 * contributor fails or is too slow. Put it before what limits rates: probes must always be answered.
 */
export function health(options: HealthOptions = {}): App<{}, {}> {
  requireObject('health: options', options)
  const { livez = '/livez', readyz = '/readyz' } = options
  const checks = service('health', ({ use }) => {
    const readiness = use(Readiness)
    for (const [name, given] of Object.entries(options.checks ?? {})) {
      if (typeof given === 'function') readiness.add(name, given)
      else readiness.add(name, given.check, given)
    }
    return { details: options.details ?? use(Application).mode !== 'production' }
  })
  const routes = module('health')
    .use(Readiness)
    .use(checks)
    .get(livez, { open: true, hidden: true, timeout: 0 }, () => reply(200, { status: 'ok' }, headers))
    .get(readyz, { open: true, hidden: true, timeout: 0 }, async ({ use }) => answer(await use(Readiness).report(), use(checks).details))
  return routes as unknown as App<{}, {}>
}

function answer(report: ReadinessReport, details: boolean): Reply<number, unknown> {
  const checks = details ? report.checks : Object.fromEntries(Object.entries(report.checks).map(([name, { status }]) => [name, { status }]))
  return reply(report.status === 'ok' ? 200 : 503, { status: report.status, checks }, headers)
}
