export type { AnyResource } from './definition.ts'
export { type Everyone, everyone, type OpenRule, type OpenSet } from './everyone.ts'
export { resource, type Resource } from './resource.ts'
export type {
  AccessRule,
  Asking,
  ColumnOptions,
  ColumnPredicate,
  ColumnRule,
  ComputedColumn,
  ResourceAccess,
  ResourceAdmin,
  ResourceColumns,
  ResourceHooks,
  ResourceLimits,
  ResourceOptions,
  RowRule,
  SetValue,
  Wire,
  WireInsert,
  WireRow,
  Writing,
  Written,
} from './types.ts'
export type { WireTable, WireValue } from './wire-table.ts'
export type { Chosen, FindOptions, KeyOf, ResourceFor, ResourceRows, RowOf, WhereOf } from './repository-types.ts'
