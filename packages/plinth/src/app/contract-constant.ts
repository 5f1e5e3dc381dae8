import type { Replies } from '../http/types.ts'
import type { Schema, Unset } from '../schema/types.ts'
import type { AnyGuard, BodyKind, Context, Contract } from './types.ts'

/** For a contract kept in a constant: checked where it is written, where `'problem'` would otherwise widen to a string. */
export function contract<
  P extends Schema | Unset = Unset,
  Q extends Schema | Unset = Unset,
  H extends Schema | Unset = Unset,
  K extends Schema | Unset = Unset,
  B extends Schema | BodyKind | Unset = Unset,
  R extends Replies | Unset = Unset,
  G extends readonly [] | readonly AnyGuard[] = [],
>(it: Contract<Context, P, Q, H, K, B, R, G>): Contract<Context, P, Q, H, K, B, R, G> {
  return it
}
