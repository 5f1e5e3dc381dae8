import type { PgTable } from 'drizzle-orm/pg-core'
import type { Service, Site } from 'plinth'
import type { ResourceOptions } from './types.ts'

/** What `resource` was told, for whoever makes something of it: routes, documents, screens. */
export interface ResourceDefinition<T extends PgTable = PgTable, N extends string = string> {
  readonly table: T
  /** What requests call it. */
  readonly resourceName: N
  readonly options: ResourceOptions<T>
  readonly site: Site
}

/** Any resource, whatever its table. */
export interface AnyResource extends Service<unknown> {
  readonly '~resource': {
    readonly table: PgTable
    readonly resourceName: string
    readonly options: object
    readonly site: Site
  }
  readonly '~wire'?: unknown
}

/** Whether `resource(…)` made a value. */
export function isResource(value: unknown): value is AnyResource {
  return typeof value === 'object' && value !== null && '~resource' in value
}
