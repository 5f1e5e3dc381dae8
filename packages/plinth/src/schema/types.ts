import type { StandardSchemaV1 } from '@standard-schema/spec'
import type { BoxValue } from './box-value.ts'

/** A TypeBox schema (made with `t`) or any Standard Schema. TypeBox's own `TSchema` is `{}` and would accept anything. */
export type Schema = { readonly '~kind': string } | StandardSchemaV1

/** Stands in a contract's type for a slot that was not given. */
export interface Unset {
  readonly '~unset': never
}

/** Keeps literals in inferred values without `const`, which would turn arrays readonly. */
export type Lit = '' | 0 | boolean | bigint | null | undefined | void | { [name: string]: Lit } | Lit[] | {}

// The key is deferred on purpose: inference must not walk into BoxValue, or the compiler computes the variance of
// TypeBox's whole engine (12.7 s against 2.9 s for 500 routes on TypeScript 5.9). Both the interface and the key are needed.
interface Decoded<in out S> {
  box: BoxValue<'Decode', S>
  standard: S extends StandardSchemaV1<unknown, infer O> ? O : never
}
interface Encoded<in out S> {
  box: BoxValue<'Input', S>
  standard: S extends StandardSchemaV1<infer I, unknown> ? I : never
}
interface Replied<in out S> {
  box: BoxValue<'Encode', S>
  standard: S extends StandardSchemaV1<unknown, infer O> ? Json<O> : never
}
type Dialect<S> = S extends StandardSchemaV1 ? 'standard' : 'box'

/** What a handler receives for a schema: the value after coercion and decoding. */
export type Output<S> = Decoded<S>[Dialect<S>]

/** What a client sends for a schema: the wire form, in which a field that has a default may be left out. */
export type Input<S> = Encoded<S>[Dialect<S>]

/** What a handler may answer for a reply schema: before encoding. */
export type Returned<S> = { box: Decoded<S>; standard: Encoded<S> }[Dialect<S>][Dialect<S>]

/** What a client reads for a reply schema: the wire form. */
export type Received<S> = Replied<S>[Dialect<S>]

/** The JSON that a value becomes when no schema says otherwise. */
export type Json<T> = T extends string | number | boolean | null | undefined
  ? T
  : T extends { toJSON(): infer J }
    ? J
    : T extends object
      ? { [K in keyof T]: Json<T[K]> }
      : never
