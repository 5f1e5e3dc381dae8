import { type App, Application, type Context, guard, type Mode, module, service } from '../app/index.ts'
import { requireList, requireObject } from '../internal/arguments.ts'
import { LoadMonitor } from './load-monitor.ts'
import { LoadCounts } from './load.ts'

/** Settings of `loadShedding`. */
export interface LoadSheddingOptions {
  /** Milliseconds that the event loop may be late, in nine of ten samples of a tenth of a second. Default 200; `Infinity` does not watch it. */
  readonly maxDelay?: number
  /** How many requests may wait for their handlers at once. Default 1,000; `Infinity` does not limit them. */
  readonly maxInFlight?: number
  /** Templates that are always answered. Default `/metrics`. What is used before it, as the probes of `app()` are, is so anyway. */
  readonly exempt?: readonly string[]
  /** Default: production and development. */
  readonly modes?: readonly Mode[]
}

type Monitor = Pick<LoadMonitor, 'admit' | 'end'>

/**
 * Refuses what can't be done in time: 503 `overloaded` with `Retry-After`, at once, while those that were begun are answered as fast as
 * ever. Without it, a process that is asked for more than it can do answers everybody too late. Ends by itself when the load does.
 * @throws {TypeError} naming the setting that is wrong.
 */
export function loadShedding(options: LoadSheddingOptions = {}): App<{}, {}> {
  requireObject('loadShedding: options', options)
  requireList('loadShedding: exempt', options.exempt)
  requireList('loadShedding: modes', options.modes)
  const { maxDelay = 200, maxInFlight = 1_000, exempt = ['/metrics'], modes = ['production', 'development'] } = options
  if (!(maxDelay > 0)) throw new TypeError('loadShedding: maxDelay must be a number of milliseconds above 0')
  if (!(maxInFlight >= 1)) throw new TypeError('loadShedding: maxInFlight must be a number, 1 or more')
  // Where it is built once, as in all but tests, it need not be looked up: that would cost more than all the rest of the check.
  let only: Monitor | undefined
  let made = 0
  const keep = (it: Monitor): Monitor => {
    only = made++ === 0 ? it : undefined
    return it
  }
  const monitor = service(
    'load-shedding',
    ({ use }) => {
      const app = use(Application)
      // In tests many applications share one event loop, and what is late is the test run.
      if (!modes.includes(app.mode)) return keep({ admit: () => {}, end: () => {} })
      return keep(new LoadMonitor(app, { maxDelay, maxInFlight, exempt: new Set(exempt) }, use(LoadCounts)))
    },
    { dispose: (it) => it.end() },
  )
  const check = (ctx: Context): void => (only ?? ctx.use(monitor)).admit(ctx)
  return module('load-shedding', { scope: 'parent' })
    .use(monitor)
    .guard(guard(check, { name: 'load-shedding', always: true }))
}
