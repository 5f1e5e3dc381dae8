import type { StaticType, TProperties } from 'typebox/type'
import type { Defaulted } from './defaulted.ts'

// The types that TypeBox's own StaticDecode and StaticEncode give, for a third of their cost: StaticType asks a schema thirty
// questions, one kind after the other, and each property of an object gets its own answers. The kinds that nearly every schema is
// made of are told apart here, by comparing with interfaces that have no type parameters, which the compiler does once for each
// type. All others, and objects with readonly properties, are TypeBox's still. box-value.test.ts holds both to be the same.

/** What TypeBox calls each side. `Input` is what a client sends: the wire form, where a field with a default may be left out. */
interface Sides {
  Decode: 'Decode'
  Encode: 'Encode'
  Input: 'Encode'
}
type Side = keyof Sides

interface Scalars {
  String: string
  Integer: number
  Number: number
  Boolean: boolean
  Null: null
}
interface Scalar {
  readonly '~kind': keyof Scalars
}
interface ObjectSchema {
  readonly '~kind': 'Object'
  readonly properties: unknown
}
interface ArraySchema {
  readonly '~kind': 'Array'
  readonly items: unknown
}
interface LiteralSchema {
  readonly '~kind': 'Literal'
  readonly const: unknown
}
interface UnionSchema {
  readonly '~kind': 'Union'
  readonly anyOf: unknown
}
interface ThisSchema {
  readonly '~kind': 'This'
}
interface Coded {
  readonly '~codec': unknown
}
interface Optional {
  readonly '~optional': true
}
interface Readonly {
  readonly '~readonly': true
}
interface Immutable {
  readonly '~immutable': true
}

/** What makes a field another than a plain, required one. */
interface Markers {
  Decode: Optional | Readonly
  Encode: Optional | Readonly
  Input: Optional | Readonly | Defaulted
}

/** What a TypeBox schema stands for on one side: `Decode`, the value in the application, `Encode`, its form on the wire, or `Input`. */
export type BoxValue<D extends Side, S, This = {}> = S extends Coded
  ? D extends 'Decode'
    ? Rest<D, S, This>
    : OfKind<D, S, This>
  : OfKind<D, S, This>

// Codecs are asked for before kinds, since they have the kind of their wire form. What they decode to is read by TypeBox: with an
// `infer` or a `ReturnType` of our own in its place, every route costs a tenth more.
type OfKind<D extends Side, S, This> = S extends Scalar
  ? Scalars[S['~kind']]
  : S extends ObjectSchema
    ? OfObject<D, S, S['properties']>
    : S extends ArraySchema
      ? S extends Immutable
        ? readonly BoxValue<D, S['items'], This>[]
        : BoxValue<D, S['items'], This>[]
      : S extends LiteralSchema
        ? S['const']
        : S extends UnionSchema
          ? Each<D, S['anyOf'], This>
          : S extends ThisSchema
            ? OfObject<D, S, This>
            : Rest<D, S, This>
type Each<D extends Side, A, This> = A extends readonly unknown[] ? { [I in keyof A]: BoxValue<D, A[I], This> }[number] : never
type Rest<D extends Side, S, This> = This extends TProperties ? StaticType<[], Sides[D], {}, This, S & {}> : never

type OfObject<D extends Side, S, P> = keyof P extends never ? object : Marks<D, S, P, KeysWith<P, Markers[D]>>
type Marks<D extends Side, S, P, Marked extends keyof P> = [Marked] extends [never]
  ? { [K in keyof P]: BoxValue<D, P[K], P> }
  : [Extract<P[Marked], Readonly>] extends [never]
    ? Some<D, P, Exclude<keyof P, Marked>> & Partial<Some<D, P, Marked>> extends infer O
      ? { [K in keyof O]: O[K] }
      : never
    : Rest<D, S, P>
type KeysWith<P, Mark> = { [K in keyof P]: P[K] extends Mark ? K : never }[keyof P]
// Keeps what `as const` has made readonly; keys filtered with `as` would too, at twice the cost.
type Some<D extends Side, P, Q extends keyof P> = { [K in Q]: BoxValue<D, P[K], P> }
