import type { Dispatch } from '../contract.ts'
import { FetchIncoming, toResponse } from '../http/fetch-incoming.ts'
import { fetchPlatform } from '../http/fetch-platform.ts'
import type { Router } from '../router/contract.ts'
import { MalformedPath } from '../router/errors.ts'
import type { Built } from './built.ts'
import type { Engine } from './engine.ts'
import type { AppEvents } from './events.ts'
import type { Logger } from './logger.ts'
import type { RouteInfo } from './route-info.ts'
import type { ListenSettings, Running } from './running.ts'
import type { ServiceInfo } from './service-info.ts'
import type { Mode, Use } from './types.ts'
import { within } from './within.ts'

/** What the build has found out, and the application tells. */
export type BuiltFacts = Pick<Built, 'name' | 'mode' | 'routes' | 'services' | 'modules' | 'dispatch'>

const DRAIN_MS = 10_000
/** What services have at least, where draining took all the time there was. */
const DISPOSE_MS = 1_000

export class BuiltApplication implements Built {
  declare readonly name: string
  declare readonly mode: Mode
  declare readonly routes: readonly RouteInfo[]
  declare readonly services: readonly ServiceInfo[]
  declare readonly modules: readonly string[]
  declare readonly dispatch: Dispatch
  readonly use: Use
  readonly #engine: Engine
  readonly #router: Router<unknown>
  #ready = true
  #closing: Promise<void> | undefined

  constructor(facts: BuiltFacts, engine: Engine, router: Router<unknown>) {
    Object.assign(this, facts)
    this.#engine = engine
    this.#router = router
    this.use = (service) => engine.container.get(service)
  }

  get log(): Logger {
    return this.#engine.log
  }
  get inFlight(): number {
    return this.#engine.inFlight
  }
  get ready(): boolean {
    return this.#ready
  }

  readonly fetch = async (request: Request, ...platform: unknown[]): Promise<Response> => {
    const incoming = new FetchIncoming(request, fetchPlatform(request, platform))
    return toResponse(await this.dispatch(incoming), incoming)
  }

  allowed(path: string): readonly string[] {
    try {
      return this.#router.allowed(path)
    } catch (error) {
      if (error instanceof MalformedPath) return []
      throw error
    }
  }

  on<E extends keyof AppEvents>(event: E, listener: (event: AppEvents[E]) => void): void {
    this.#engine.events.on(event, listener)
  }

  unready(): void {
    this.#ready = false
  }

  async listen(settings: ListenSettings = {}): Promise<Running> {
    // Loaded only where it is asked for: on Workers there is nothing to listen on.
    const { listen } = await import('../node/listen.ts')
    return listen(this, settings)
  }

  close(drainMs: number = DRAIN_MS): Promise<void> {
    this.unready()
    return (this.#closing ??= this.#close(drainMs))
  }

  async #close(drainMs: number): Promise<void> {
    const until = Date.now() + drainMs
    if (!(await this.#engine.drain(drainMs))) this.log.warn({ drainMs }, 'background work did not end in time')
    const disposed = this.#engine.container.dispose().then((errors) => {
      for (const error of errors) this.log.error({ err: error }, 'a service failed to dispose')
    })
    // One that never ends must not hold up the others' deployment.
    if (!(await within(disposed, Math.max(DISPOSE_MS, until - Date.now()))))
      this.log.error({ err: new Error('services did not dispose in time') }, 'a service failed to dispose')
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }
}
