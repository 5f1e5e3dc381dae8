import { describe, expect, test } from 'vitest'
import { repeats } from './explain.ts'
import { inputCheck } from './index.ts'
import * as t from './t.ts'
import type { Schema } from './types.ts'

function issues(schema: Schema, value: unknown): Record<string, string> {
  const checked = inputCheck(schema, 'body').check(value)
  if (checked instanceof Promise) throw new Error('not expected to wait')
  return checked.ok ? {} : Object.fromEntries(checked.issues.map((issue) => [issue.pointer, issue.message]))
}

describe('messages', () => {
  test('say what would be right, for everything at once', () => {
    const schema = t.Object({
      name: t.String({ minLength: 1 }),
      long: t.String({ maxLength: 3 }),
      short: t.String({ minLength: 3 }),
      email: t.String({ format: 'email' }),
      code: t.String({ pattern: '^[a-z]+$' }),
      age: t.Integer({ minimum: 0 }),
      top: t.Number({ maximum: 5 }),
      over: t.Number({ exclusiveMinimum: 1 }),
      under: t.Number({ exclusiveMaximum: 1 }),
      step: t.Number({ multipleOf: 5 }),
      kind: t.Union([t.Literal('a'), t.Literal('b')]),
      choice: t.Enum(['x', 2]),
      one: t.Literal('only'),
      flag: t.Boolean(),
      nothing: t.Null(),
      items: t.Array(t.Integer(), { minItems: 2 }),
      few: t.Array(t.Integer(), { maxItems: 1 }),
      set: t.Array(t.Object({ a: t.Integer() }), { uniqueItems: true }),
      pair: t.Tuple([t.String(), t.Integer()]),
      'a/b~c': t.String(),
      missing: t.String(),
    })
    expect(
      issues(schema, {
        name: '',
        long: 'abcd',
        short: '😀😀',
        email: 'nobody',
        code: 'A1',
        age: -1,
        top: 6,
        over: 1,
        under: 1,
        step: 3,
        kind: 'c',
        choice: 'y',
        one: 'other',
        flag: 'true',
        nothing: 0,
        items: [1.5],
        few: [1, 2],
        set: [{ a: 1 }, { a: 1 }],
        pair: ['a', 1, 2],
        'a/b~c': 1,
      }),
    ).toEqual({
      '/name': 'must not be empty',
      '/long': 'must have at most 3 characters',
      '/short': 'must have at least 3 characters',
      '/email': 'must be an email address',
      '/code': 'must match the pattern ^[a-z]+$',
      '/age': 'must be at least 0',
      '/top': 'must be at most 5',
      '/over': 'must be greater than 1',
      '/under': 'must be less than 1',
      '/step': 'must be a multiple of 5',
      '/kind': 'must be "a" or "b"',
      '/choice': 'must be "x" or 2',
      '/one': 'must be "only"',
      '/flag': 'must be true or false',
      '/nothing': 'must be null',
      '/items': 'must have at least 2 items',
      '/items/0': 'must be an integer',
      '/few': 'must have at most 1 item',
      '/set': 'must not repeat an item',
      '/pair': 'must have at most 2 items',
      '/a~1b~0c': 'must be a string',
      '/missing': 'is required',
    })
  })

  test('tell of fields that are refused, too many or misnamed', () => {
    expect(issues(t.Object({ a: t.String() }, { additionalProperties: false }), { a: '', b: 1 })).toEqual({ '/b': 'is not allowed' })
    expect(issues(t.Object({}, { additionalProperties: t.Integer() }), { b: 'x' })).toEqual({ '/b': 'must be an integer' })
    expect(issues(t.Record(t.String(), t.Integer(), { maxProperties: 1 }), { a: 1, b: 2 })).toEqual({ '': 'must have at most 1 field' })
    expect(issues(t.Record(t.String(), t.Integer(), { minProperties: 2 }), { a: 1 })).toEqual({ '': 'must have at least 2 fields' })
    expect(issues(t.Record(t.String(), t.Integer(), { propertyNames: { pattern: '^[a-z]$' } }), { a: 1, B: 2 })).toEqual({
      '/B': 'has a name that is not allowed',
    })
    expect(issues(t.Object({ a: t.Never() }), { a: 1 })).toEqual({ '/a': 'is not allowed' })
    expect(issues(t.Unsafe({ type: 'object', required: ['x'], '~kind': 'Unsafe' }) as unknown as Schema, {})).toEqual({
      '/x': 'is required',
    })
  })

  test('a keyword that only TypeBox knows still refuses, in general words', () => {
    const schema = t.Object({ list: t.Array(t.Integer(), { contains: { const: 1 } }) })
    expect(inputCheck(schema, 'body').check({ list: [2] })).toEqual({
      ok: false,
      issues: [{ location: 'body', pointer: '/list', message: 'is not valid' }],
    })
    expect(issues(schema, { list: [2, 1] })).toEqual({})
  })

  test('cut names of fields that a client made endless', () => {
    const [pointer] = Object.keys(issues(t.Record(t.String(), t.Integer()), { ['x'.repeat(10_000)]: 'a' }))
    expect(pointer?.length).toBeLessThan(110)
  })

  test('count what would be too long a list of choices', () => {
    const many = t.Enum(Array.from({ length: 30 }, (_, index) => `c${index}`))
    expect(issues(t.Object({ a: many }), { a: 'x' })).toEqual({ '/a': 'must be one of the 30 allowed values' })
    expect(issues(t.Object({ a: t.Union([many, t.Null()]) }), { a: 'x' })).toEqual({ '/a': 'must match one of the allowed forms' })
  })
})

describe('a union inside itself', () => {
  const branch = (more: object) => t.Object({ below: t.Optional(t.Ref('Node')), ...more })
  const Tree = t.Cyclic({ Node: t.Union([branch({ a: t.Integer() }), branch({ b: t.String() })]) }, 'Node')

  test('is checked at every depth', () => {
    expect(issues(Tree, { a: 1, below: { b: 'x', below: { a: 2 } } })).toEqual({})
    expect(issues(Tree, { a: 1, below: { b: 'x', below: { a: 'wrong' } } })).toEqual({ '': 'must match one of the allowed forms' })
  })

  test('is checked whole, also where it has keywords that only TypeBox knows', () => {
    const list = t.Array(t.Ref('Node'), { contains: { const: 1 } })
    const List = t.Cyclic({ Node: t.Union([t.Integer(), t.Object({ list })]) }, 'Node')
    expect(issues(List, { list: [{ list: [1] }, 1] })).toEqual({})
    expect(issues(List, { list: [{ list: [2] }, 1] })).not.toEqual({})
  })
})

describe('unions', () => {
  const Card = t.Object({ type: t.Literal('card'), number: t.String() })
  const Iban = t.Object({ type: t.Literal('iban'), iban: t.String() })

  test('give one issue', () => {
    expect(issues(t.Union([t.Integer(), t.String({ format: 'uuid' }), t.Literal('all'), t.Null()]), 1.5)).toEqual({
      '': 'must be an integer, a UUID, "all" or null',
    })
    expect(issues(t.Union([Card, Iban]), { type: 'cash' })).toEqual({ '/type': 'must be "card" or "iban"' })
    expect(issues(t.Union([t.Object({ a: t.String() }), t.Object({ b: t.String() })]), {})).toEqual({
      '': 'must match one of the allowed forms',
    })
  })

  test('explain the branch that the value was meant for', () => {
    expect(issues(t.Union([Card, Iban]), { type: 'iban' })).toEqual({ '/iban': 'is required' })
    expect(issues(t.Union([Card, t.Null()]), { type: 'card', number: 1 })).toEqual({ '/number': 'must be a string' })
    expect(issues(t.Unsafe({ '~kind': 'Unsafe', oneOf: [{ type: 'number' }, { type: 'integer' }] }) as unknown as Schema, 1)).toEqual({
      '': 'must match only one of the allowed forms',
    })
    expect(issues(t.Union([t.String(), t.Array(t.Integer())]), ['a'])).toEqual({ '/0': 'must be an integer' })
  })
})

describe('secrets', () => {
  const schema = t.Object({
    password: t.String({ secret: true, minLength: 12, maxLength: 14, pattern: 'sesame' }),
    pin: t.Optional(t.Union([t.Literal('1234'), t.Literal('9999')], { 'x-secret': true })),
  })

  test('are neither repeated nor described', () => {
    expect(issues(schema, { password: 'open-for-me-xx', pin: '0000' })).toEqual({ '/password': 'is not valid', '/pin': 'is not valid' })
    expect(issues(schema, { password: 'short' })).toEqual({ '/password': 'must have at least 12 characters' })
    expect(issues(schema, { password: 'open-for-me-xxx-too-long' })).toEqual({ '/password': 'must have at most 14 characters' })
    expect(issues(schema, {})).toEqual({ '/password': 'is required' })
    expect(issues(schema, { password: 1 })).toEqual({ '/password': 'must be a string' })
    expect(issues(schema, { password: 'open-sesame-x', pin: '1234' })).toEqual({})
  })
})

describe('refinements', () => {
  test('speak for themselves, unless they repeat the value', () => {
    const said = t.Object({
      a: t.Refine(
        t.String(),
        (text) => text === 'x',
        () => 'must be the letter x',
      ),
    })
    expect(issues(said, { a: 'y' })).toEqual({ '/a': 'must be the letter x' })
    expect(issues(said, { a: 1 })).toEqual({ '/a': 'must be a string' })
    const mute = t.Object({ a: t.Refine(t.String(), () => false) })
    expect(issues(mute, { a: 'y' })).toEqual({ '/a': 'is not valid' })
    const loud = t.Object({
      a: t.Refine(
        t.String(),
        () => false,
        (text) => `${text} is not good`,
      ),
    })
    expect(issues(loud, { a: 'my-secret' })).toEqual({ '/a': 'is not valid' })
  })

  test.each([
    ['got 42 instead', 42, true],
    ['a word', 'a', true],
    ['must be a "b"', 'b', true],
    ['banana', 'an', false],
    ['anything', '', false],
    ['true', true, false],
    ['null', null, false],
    ['[object Object]', {}, false],
    ['undefined', undefined, false],
    [`${String(() => 1)} is wrong`, () => 1, false],
    ['must not be ""', '', false],
    ['xabcx', 'abc', false],
    ['xabcdx', 'abcd', true],
  ])('whether %j gives away %j', (message, value, expected) => {
    expect(repeats(message, value)).toBe(expected)
  })
})
