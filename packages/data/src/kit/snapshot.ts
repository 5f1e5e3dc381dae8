/** What a database looks like, in the form in which drizzle-kit keeps it beside migrations (`meta/0000_snapshot.json`, version 7). */
export interface Snapshot {
  readonly id: string
  readonly prevId: string
  readonly version: '7'
  readonly dialect: 'postgresql'
  /** By `schema.name`, as are the other parts. */
  readonly tables: { readonly [key: string]: SnapshotTable }
  readonly enums: { readonly [key: string]: { readonly name: string; readonly schema: string; readonly values: readonly string[] } }
  readonly schemas: { readonly [name: string]: string }
  readonly sequences: { readonly [key: string]: SnapshotSequence }
  readonly roles: { readonly [name: string]: { readonly name: string } }
  readonly policies: { readonly [name: string]: { readonly name: string; readonly on?: string } }
  readonly views: { readonly [key: string]: SnapshotView }
  readonly _meta: { readonly schemas: object; readonly tables: object; readonly columns: object }
}

export interface SnapshotTable {
  readonly name: string
  /** Empty for `public`. */
  readonly schema: string
  readonly columns: { readonly [name: string]: SnapshotColumn }
  readonly indexes: { readonly [name: string]: SnapshotIndex }
  readonly foreignKeys: { readonly [name: string]: SnapshotForeignKey }
  readonly compositePrimaryKeys: { readonly [name: string]: { readonly name: string; readonly columns: readonly string[] } }
  readonly uniqueConstraints: {
    readonly [name: string]: { readonly name: string; readonly columns: readonly string[]; readonly nullsNotDistinct: boolean }
  }
  readonly checkConstraints: { readonly [name: string]: { readonly name: string; readonly value: string } }
  readonly policies: { readonly [name: string]: SnapshotPolicy }
  readonly isRLSEnabled: boolean
}

export interface SnapshotColumn {
  readonly name: string
  readonly type: string
  /** Of an enum. */
  readonly typeSchema?: string
  readonly primaryKey: boolean
  readonly notNull: boolean
  /** SQL. */
  readonly default?: string | number | boolean
  readonly generated?: { readonly as: string; readonly type: 'stored' }
  readonly identity?: SnapshotSequence & { readonly type: 'always' | 'byDefault' }
}

export interface SnapshotSequence {
  readonly name: string
  readonly schema: string
  readonly increment?: string
  readonly startWith?: string
  readonly minValue?: string
  readonly maxValue?: string
  readonly cache?: string
  readonly cycle?: boolean
}

export interface SnapshotIndex {
  readonly name: string
  readonly columns: readonly {
    readonly expression: string
    readonly isExpression: boolean
    readonly asc: boolean
    readonly nulls?: string
    readonly opclass?: string
  }[]
  readonly isUnique: boolean
  readonly concurrently: boolean
  readonly method: string
  readonly where?: string
  readonly with: { readonly [name: string]: unknown }
}

export interface SnapshotForeignKey {
  readonly name: string
  readonly tableFrom: string
  readonly tableTo: string
  readonly schemaTo?: string
  readonly columnsFrom: readonly string[]
  readonly columnsTo: readonly string[]
  readonly onDelete: string
  readonly onUpdate: string
}

export interface SnapshotPolicy {
  readonly name: string
  readonly as: string
  readonly for: string
  readonly to: readonly string[]
  readonly using?: string
  readonly withCheck?: string
}

export interface SnapshotView {
  readonly name: string
  readonly schema: string
  readonly columns: object
  readonly definition?: string
  readonly materialized: boolean
  readonly isExisting: boolean
}

/** The id that drizzle-kit gives to what stands before the first snapshot. */
export const ORIGIN = '00000000-0000-0000-0000-000000000000'

export const EMPTY_SNAPSHOT: Snapshot = {
  id: ORIGIN,
  prevId: '',
  version: '7',
  dialect: 'postgresql',
  tables: {},
  enums: {},
  schemas: {},
  sequences: {},
  roles: {},
  policies: {},
  views: {},
  _meta: { schemas: {}, tables: {}, columns: {} },
}
