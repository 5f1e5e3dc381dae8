import type { Dispatch } from '../contract.ts'
import type { AnyRequest, AnyResponse } from '../internal/web.ts'
import type { AppEvents } from './events.ts'
import type { Logger } from './logger.ts'
import type { RouteInfo } from './route-info.ts'
import type { ListenSettings, Running } from './running.ts'
import type { ServiceInfo } from './service-info.ts'
import { token, type Service } from './service.ts'
import type { Mode, Use } from './types.ts'

/** An application that was checked and frozen: its routes can't change any more, its services are made. */
export interface Built {
  readonly name: string
  readonly mode: Mode
  readonly routes: readonly RouteInfo[]
  /** Those that the application and its modules list, in the order in which they are made. */
  readonly services: readonly ServiceInfo[]
  /** The names of the modules and starters that it uses, each once. */
  readonly modules: readonly string[]
  readonly log: Logger
  readonly dispatch: Dispatch
  readonly use: Use
  /** Web `Request` in, web `Response` out. */
  readonly fetch: (request: AnyRequest, ...platform: unknown[]) => Promise<AnyResponse>
  /**
   * Every method that some route offers for this path as it was sent, sorted; `*` where a mount takes them all; none where no
   * route answers or the path is malformed.
   */
  allowed(path: string): readonly string[]
  /** False from the moment in which closing begins; `/readyz` says so. */
  readonly ready: boolean
  /** How many requests wait for their handlers, until these have answered or their time is over. */
  readonly inFlight: number
  on<E extends keyof AppEvents>(event: E, listener: (event: AppEvents[E]) => void): void
  listen(settings?: ListenSettings): Promise<Running>
  /** Waits for background work, then disposes services in the reverse order of making. Idempotent. */
  close(drainMs?: number): Promise<void>
  /** Called first thing by whoever begins to close. */
  unready(): void
  [Symbol.asyncDispose](): Promise<void>
}

/** The application itself, for starters that describe it: documentation, health, metrics. */
export const Application: Service<Built> = token<Built>('application')
