import type { PgTable } from 'drizzle-orm/pg-core'
import type { Principal } from 'plinth'
import type { RowRule, SetValue } from './types.ts'

/** A rule that is asked of people who are not signed in, too. */
export interface OpenRule<in T extends PgTable> {
  readonly '~rule': RowRule<T, Principal | null>
}

/** A value that is also set for people who are not signed in. */
export interface OpenSet<out V> {
  readonly '~set': SetValue<V, Principal | null>
}

/** Nobody is kept out. */
export interface Everyone {
  readonly '~everyone': true
  /** A rule for a write that people who are not signed in may make too; `user` is `null` for them. */
  where<T extends PgTable>(rule: RowRule<T, Principal | null>): OpenRule<T>
  /** A value that is also set where nobody is signed in; `user` is `null` then. */
  set<V>(value: SetValue<V, Principal | null>): OpenSet<V>
}

/**
 * Says that everybody may, signed in or not. It is written out, since what is left out refuses:
 *
 * ```ts
 * access: { read: everyone, create: everyone.where((row) => eq(row.approved, false)) }
 * ```
 */
export const everyone: Everyone = Object.freeze({
  '~everyone': true as const,
  where: <T extends PgTable>(rule: RowRule<T, Principal | null>): OpenRule<T> => Object.freeze({ '~rule': rule }),
  set: <V>(value: SetValue<V, Principal | null>): OpenSet<V> => Object.freeze({ '~set': value }),
})

/** The rule inside what `everyone.where` made. */
export function openRule(value: unknown): ((row: never, asking: never) => unknown) | undefined {
  return typeof value === 'object' && value !== null && '~rule' in value && typeof value['~rule'] === 'function'
    ? (value['~rule'] as (row: never, asking: never) => unknown)
    : undefined
}

/** The function inside what `everyone.set` made. */
export function openSet(value: unknown): ((asking: never) => unknown) | undefined {
  return typeof value === 'object' && value !== null && '~set' in value && typeof value['~set'] === 'function'
    ? (value['~set'] as (asking: never) => unknown)
    : undefined
}
