import type { PgTable } from 'drizzle-orm/pg-core'
import type { CompiledResource } from './compile-resource.ts'
import type { CompiledResources } from './resource-set.ts'

export interface ResourceFor<T extends PgTable> {
  readonly table: T
}

export class Repositories<T extends PgTable> {
  readonly table: T
  constructor(compiled: CompiledResource, _set: CompiledResources) {
    this.table = compiled.definition.table as T
  }
}
