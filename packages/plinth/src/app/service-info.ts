import type { Awaitable } from '../http/types.ts'
import type { Service } from './service.ts'
import type { Site } from './site.ts'
import type { Mode } from './types.ts'

/** One setting of a service: what was chosen and why. */
export interface ServiceSetting {
  /** `smtp.host`. */
  readonly key: string
  /** The variable that had it, or under which it was looked for. */
  readonly name: string
  readonly source: 'argument' | 'environment' | 'file' | 'default' | 'unset'
  /** `argument`, `environment`, `.env.local:3`. */
  readonly place: string | undefined
  /** Places that have it too and lost. */
  readonly over: readonly string[]
  /** As text, masked where it is a secret. */
  readonly value: string | undefined
  readonly secret: boolean
}

/** What a service tells of itself to `plinth doctor`. */
export interface ServiceReport {
  readonly entries: readonly ServiceSetting[]
  /** What would keep the application from starting. */
  readonly problems: readonly string[]
}

/** One service that the application lists, as `plinth doctor` and other tools read it. */
export interface ServiceInfo {
  readonly name: string
  readonly scope: 'app' | 'request'
  readonly lazy: boolean
  /** To ask for it: `built.use(info.service)`. */
  readonly service: Service<unknown>
  readonly describe: ((mode: Mode) => Awaitable<ServiceReport>) | undefined
  readonly site: Site
}
