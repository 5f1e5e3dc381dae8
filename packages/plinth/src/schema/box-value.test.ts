import { expect, test } from 'vitest'
import type { BoxValue } from './box-value.ts'
import { t } from './index.ts'

type Equal<A, B> = (<X>() => X extends A ? 1 : 2) extends <X>() => X extends B ? 1 : 2 ? true : false
/** Compiles only where both sides of the schema are what TypeBox makes of it. */
function like<S extends t.TSchema>(
  schema: S,
  decode: Equal<BoxValue<'Decode', S>, t.StaticDecode<S>>,
  encode: Equal<BoxValue<'Encode', S>, t.StaticEncode<S>>,
): S {
  void decode
  void encode
  return schema
}
function same<A, B>(ok: Equal<A, B>): void {
  void ok
}

test('kinds without parts are what TypeBox makes of them', () => {
  like(t.String({ minLength: 1 }), true, true)
  like(t.Integer(), true, true)
  like(t.Number(), true, true)
  like(t.Boolean(), true, true)
  like(t.Null(), true, true)
  like(t.Any(), true, true)
  like(t.Unknown(), true, true)
  like(t.Never(), true, true)
  like(t.Undefined(), true, true)
  like(t.Void(), true, true)
  like(t.Literal('a'), true, true)
  like(t.Literal(1), true, true)
  like(t.Literal(true), true, true)
  like(t.Enum(['a', 'b']), true, true)
  like(t.TemplateLiteral('a-${string}'), true, true)
  // @ts-expect-error a number is no string: the comparison can fail
  same<BoxValue<'Decode', t.TString>, number>(true)
  expect(like(t.String(), true, true)['~kind']).toBe('String')
})

test('codecs, also inside of other schemas', () => {
  like(t.Date(), true, true)
  like(t.BigInt(), true, true)
  like(t.Bytes(), true, true)
  like(t.File(), true, true)
  like(t.Array(t.Date()), true, true)
  like(t.Optional(t.Date()), true, true)
  like(t.Union([t.Date(), t.Null()]), true, true)
  like(t.Record(t.String(), t.Date()), true, true)
  like(t.Tuple([t.Date(), t.BigInt()]), true, true)
  const twice = t
    .Codec(t.Array(t.Date()))
    .Decode((dates) => dates.length)
    .Encode((length) => Array.from({ length }, () => new Date(0)))
  like(twice, true, true)
  same<BoxValue<'Decode', typeof twice>, number>(true)
  same<BoxValue<'Decode', t.TArray<t.TDate>>, Date[]>(true)
  expect(twice).toHaveProperty('~codec')
})

test('objects with fields of every modifier', () => {
  like(t.Object({}), true, true)
  like(t.Object({ a: t.String(), b: t.Date() }), true, true)
  like(t.Object({ a: t.Optional(t.String()) }), true, true)
  like(t.Object({ a: t.Optional(t.Date()), b: t.Integer(), c: t.Optional(t.Null()) }), true, true)
  like(t.Object({ a: t.Readonly(t.String()), b: t.Integer() }), true, true)
  like(t.Object({ a: t.Readonly(t.Optional(t.Date())), b: t.Optional(t.Integer()), c: t.Readonly(t.Null()), d: t.Number() }), true, true)
  like(t.Object({ in: t.Object({ deeper: t.Optional(t.Object({ at: t.Date() })) }) }), true, true)
  like(
    t.Refine(t.Object({ a: t.String() }), (value) => value.a !== ''),
    true,
    true,
  )
  like(t.Partial(t.Object({ a: t.String(), b: t.Date() })), true, true)
  like(t.Pick(t.Object({ a: t.String(), b: t.Date() }), ['b']), true, true)
  like(t.Omit(t.Object({ a: t.String(), b: t.Optional(t.Date()) }), ['a']), true, true)
  const some = like(t.Object({ a: t.Optional(t.Date()), b: t.Integer() }), true, true)
  same<BoxValue<'Decode', typeof some>, { a?: Date; b: number }>(true)
  expect(some.required).toEqual(['b'])
})

test('arrays, unions, tuples, records, intersections', () => {
  like(t.Array(t.Object({ a: t.Optional(t.String()) })), true, true)
  like(t.Immutable(t.Array(t.Date())), true, true)
  like(t.Union([]), true, true)
  like(t.Union([t.Literal('a'), t.Literal('b'), t.Null(), t.Object({ at: t.Date() })]), true, true)
  like(t.Tuple([t.String(), t.Optional(t.Integer())]), true, true)
  like(t.Record(t.Integer(), t.Object({ a: t.Date() })), true, true)
  like(t.Intersect([t.Object({ a: t.Date() }), t.Object({ b: t.Optional(t.String()) })]), true, true)
  like(t.Evaluate(t.Intersect([t.Object({ a: t.Date() }), t.Object({ b: t.String() })])), true, true)
  expect(like(t.Unsafe<'x'>({ type: 'string' }), true, true)).toMatchObject({ type: 'string' })
})

test('schemas that contain themselves', () => {
  const Tree = t.Object({
    at: t.Date(),
    children: t.Array(t.This()),
    parent: t.Union([t.This(), t.Null()]),
    by: t.Record(t.String(), t.This()),
  })
  type Node = BoxValue<'Decode', typeof Tree>
  same<Node['children'][number]['children'][number]['at'], Date>(true)
  same<NonNullable<Node['parent']>['at'], Date>(true)
  same<Node['by'][string]['at'], Date>(true)
  same<BoxValue<'Encode', typeof Tree>['children'][number]['at'], string>(true)
  const Cycle = t.Cyclic({ Person: t.Object({ at: t.Date(), friends: t.Array(t.Ref('Person')) }) }, 'Person')
  same<BoxValue<'Decode', typeof Cycle>['friends'][number]['at'], Date>(true)
  same<BoxValue<'Encode', typeof Cycle>['friends'][number]['friends'][number]['at'], string>(true)
  expect([Tree['~kind'], Cycle['~kind']]).toEqual(['Object', 'Cyclic'])
})
