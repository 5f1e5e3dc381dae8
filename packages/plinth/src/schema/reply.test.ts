import { describe, expect, test } from 'vitest'
import { replyEncoder, ReplyMismatch } from './index.ts'
import * as t from './t.ts'
import type { Schema } from './types.ts'

const sent = (schema: Schema, value: unknown): unknown => JSON.parse(replyEncoder(schema).encode(value))

function refused(schema: Schema, value: unknown): Record<string, string> {
  try {
    replyEncoder(schema).encode(value)
  } catch (error) {
    if (error instanceof ReplyMismatch) return Object.fromEntries(error.issues.map((issue) => [issue.pointer, issue.message]))
    throw error
  }
  return {}
}

const User = t.Object({ id: t.Integer(), email: t.String(), nick: t.Optional(t.String()) })

describe('a reply keeps only what its schema declares', () => {
  const row = { id: 1, email: 'a', hash: 'secret' }

  test.each<[string, Schema, unknown, unknown]>([
    ['an object', User, row, { id: 1, email: 'a' }],
    [
      'an array',
      t.Array(User),
      [row, row],
      [
        { id: 1, email: 'a' },
        { id: 1, email: 'a' },
      ],
    ],
    ['a tuple', t.Tuple([User, t.String()]), [row, 'x'], [{ id: 1, email: 'a' }, 'x']],
    ['a record', t.Record(t.String(), User), { x: row }, { x: { id: 1, email: 'a' } }],
    [
      'deep inside',
      t.Object({ a: t.Object({ b: t.Array(User) }) }),
      { a: { b: [row], c: 1 }, d: 1 },
      { a: { b: [{ id: 1, email: 'a' }] } },
    ],
    ['nothing declared', t.Object({}), row, {}],
    ['a nullable', t.Union([User, t.Null()]), row, { id: 1, email: 'a' }],
    ['null', t.Union([User, t.Null()]), null, null],
    ['an intersection', t.Intersect([t.Object({ id: t.Integer() }), t.Object({ email: t.String() })]), row, { id: 1, email: 'a' }],
    [
      'an intersection of nested objects',
      t.Intersect([t.Object({ u: t.Object({ id: t.Integer() }) }), t.Object({ u: t.Object({ email: t.String() }) })]),
      { u: row },
      { u: { id: 1, email: 'a' } },
    ],
    [
      'an intersection of arrays',
      t.Intersect([t.Array(t.Object({ id: t.Integer() })), t.Array(t.Object({ email: t.String() }))]),
      [row],
      [{ id: 1, email: 'a' }],
    ],
    ['open objects', t.Object({ id: t.Integer() }, { additionalProperties: t.String() }), { id: 1, x: 'y' }, { id: 1, x: 'y' }],
    ['anything', t.Unknown(), row, row],
  ])('%s', (_name, schema, value, expected) => {
    expect(sent(schema, value)).toEqual(expected)
  })

  const unsafe = (schema: object): Schema => t.Unsafe({ '~kind': 'Unsafe', ...schema }) as unknown as Schema

  test('by the schema of its name, of a pattern or of all others, in this order', () => {
    const dates = { id: t.Date(), list: t.Optional(t.Array(t.Date())) }
    const at = new Date(0)
    const text = '1970-01-01T00:00:00.000Z'
    expect(sent(t.Object(dates, { additionalProperties: t.String() }), { id: at, x: 'y' })).toEqual({ id: text, x: 'y' })
    expect(sent(t.Object({}, { additionalProperties: t.Date() }), { x: at })).toEqual({ x: text })
    const patterns = { type: 'object', patternProperties: { '^a': { type: 'integer' } } }
    expect(sent(unsafe(patterns), { a: 1, b: 2 })).toEqual({ a: 1 })
    expect(sent(unsafe({ ...patterns, additionalProperties: false }), { a: 1, b: 2 })).toEqual({ a: 1 })
    for (const value of [null, 'x', 5, []]) expect(refused(t.Record(t.String(), t.Integer()), value)).toEqual({ '': 'must be an object' })
  })

  test('where one part of an intersection says nothing of it', () => {
    const part = t.Object({ u: t.Object({ id: t.Integer() }), list: t.Array(t.Object({ id: t.Integer() })) })
    const silent = t.Object({ u: t.Unknown(), list: t.Unknown(), more: t.Null() })
    const value = { u: row, list: [row], more: null, x: 1 }
    const expected = { u: { id: 1 }, list: [{ id: 1 }], more: null }
    expect(sent(t.Intersect([part, silent]), value)).toEqual(expected)
    expect(sent(t.Intersect([silent, part]), value)).toEqual(expected)
    const nullable = (name: string): t.TSchema => t.Object({ a: t.Union([t.Object({ [name]: t.Integer() }), t.Null()]) })
    expect(sent(t.Intersect([nullable('x'), nullable('y')]), { a: null })).toEqual({ a: null })
    expect(sent(t.Intersect([nullable('x'), nullable('y')]), { a: { x: 1, y: 2, z: 3 } })).toEqual({ a: { x: 1, y: 2 } })
  })

  test.each<[string, unknown, unknown]>([
    ['null', null, null],
    ['false', false, false],
    ['an integer', 5, 5],
    ['a number', 1.5, 1.5],
    ['a text', 'x', 'x'],
    ['a list', [row], [{ id: 1, email: 'a' }]],
    ['an object', { ...row, kind: 1 }, { kind: 1, id: 1 }],
    ['another object', { ...row, kind: true }, { kind: true, email: 'a' }],
    ['a Date', { at: new Date(0), kind: 'at' }, { at: '1970-01-01T00:00:00.000Z', kind: 'at' }],
  ])('of a union of every kind: %s', (_name, value, expected) => {
    const branches = [
      t.Null(),
      t.Boolean(),
      t.Integer(),
      t.Number(),
      t.Literal('x'),
      t.Array(User),
      t.Object({ kind: t.Literal(1), id: t.Integer() }),
      t.Object({ kind: t.Literal(true), email: t.String() }),
      t.Object({ kind: t.Literal('at'), at: t.Union([t.String({ format: 'date-time' }), t.Null()]) }),
    ]
    expect(sent(t.Union(branches), value)).toEqual(expected)
    expect(sent(t.Union(branches.toReversed()), value)).toEqual(expected)
  })

  test('by the branch that matches', () => {
    const schema = t.Union([
      t.Object({ type: t.Literal('card'), last4: t.String() }),
      t.Object({ type: t.Literal('iban'), iban: t.String() }),
    ])
    expect(sent(schema, { type: 'card', last4: '1234', iban: 'x' })).toEqual({ type: 'card', last4: '1234' })
    expect(sent(schema, { type: 'iban', last4: '1234', iban: 'x' })).toEqual({ type: 'iban', iban: 'x' })
    expect(refused(schema, { type: 'cash' })).toEqual({ '/type': 'must be "card" or "iban"' })
  })

  test('by the branch that keeps most of the value, of equals the first', () => {
    const schema = t.Union([
      t.Object({ a: t.String() }),
      t.Object({ a: t.String(), b: t.Integer() }),
      t.Object({ a: t.String(), c: t.String() }),
    ])
    expect(sent(schema, { a: 'x', b: 1, c: 'z' })).toEqual({ a: 'x', b: 1 })
    expect(sent(schema, { a: 'x', b: 'wrong' })).toEqual({ a: 'x' })
  })

  test('whatever hides in prototypes, getters, toJSON and __proto__', () => {
    class Model {
      readonly id = 1
      readonly hash = 'secret'
      get email(): string {
        return 'a'
      }
      get leak(): string {
        return 'secret'
      }
      toJSON(): object {
        return { leak: 'secret' }
      }
    }
    expect(sent(User, new Model())).toEqual({ id: 1, email: 'a' })
    expect(sent(User, Object.create({ id: 1, email: 'a', hash: 'secret' }))).toEqual({ id: 1, email: 'a' })
    const open = t.Record(t.String(), t.Integer())
    expect(refused(open, JSON.parse('{"__proto__":1,"a":2}'))).toEqual({ '/__proto__': 'is a name that is not allowed' })
    expect(refused(User, { id: { toJSON: () => 1 }, email: 'a' })).toEqual({ '/id': 'must be an integer' })
  })

  test('and reads each field once, so that what was checked is what leaves', () => {
    let reads = 0
    const value = {
      id: 1,
      get email(): unknown {
        return reads++ === 0 ? 'a' : { secret: true }
      },
    }
    expect(sent(User, value)).toEqual({ id: 1, email: 'a' })
    expect(reads).toBe(1)
  })
})

describe('a wrong reply is a mismatch', () => {
  test('with every issue, and no value in its message', () => {
    expect(refused(User, { id: 'one', email: 2 })).toEqual({ '/id': 'must be an integer', '/email': 'must be a string' })
    expect(refused(User, null)).toEqual({ '': 'must be an object' })
    expect(refused(User, [])).toEqual({ '': 'must be an object' })
    expect(refused(t.Array(User), { length: 0 })).toEqual({ '': 'must be an array' })
    expect(new ReplyMismatch(['/a', '/b', '/c', '/d', '/e'].map((pointer) => ({ location: 'reply', pointer, message: 'x' }))).message).toBe(
      'The answer does not match its reply schema: /a x; /b x; /c x; /d x; /e x',
    )
    const error = new ReplyMismatch(
      Array.from({ length: 7 }, (_, index) => ({ location: 'reply', pointer: index === 0 ? '' : `/${index}`, message: 'is required' })),
    )
    expect(error.message).toBe(
      'The answer does not match its reply schema: the value is required; /1 is required; /2 is required; /3 is required; /4 is required; and 2 more',
    )
  })

  test('with one issue for a place, and where it is', () => {
    const issues = (schema: Schema, value: unknown): unknown => {
      try {
        return replyEncoder(schema).encode(value)
      } catch (error) {
        return (error as ReplyMismatch).issues
      }
    }
    const Numbers = t.Object({ n: t.Number(), s: t.String(), list: t.Array(t.Date()) })
    expect(issues(Numbers, { n: Number.NaN, s: 1, list: [new Date(0), 5] })).toEqual([
      { location: 'reply', pointer: '/list/1', message: 'must be a valid Date' },
      { location: 'reply', pointer: '/n', message: 'must be a number' },
      { location: 'reply', pointer: '/s', message: 'must be a string' },
    ])
    expect(issues(t.Unknown(), 1n)).toEqual([
      { location: 'reply', pointer: '', message: 'must have a JSON form: no cycles, no bigint, not undefined' },
    ])
  })

  test('with at most a hundred issues', () => {
    const list = Array.from({ length: 150 }, () => 'x')
    expect(Object.keys(refused(t.Array(t.Date()), list))).toHaveLength(100)
    const either = t.Union([t.Object({ list: t.Array(t.Date()) }), t.Object({ list: t.Array(t.BigInt()), b: t.Optional(t.Null()) })])
    expect(Object.keys(refused(t.Object({ a: t.Date(), either }), { a: 'x', either: { list } }))).toHaveLength(100)
  })

  test('at the place inside a union', () => {
    const either = t.Union([t.Object({ at: t.Date() }), t.Object({ at: t.BigInt() })])
    expect(refused(t.Object({ list: t.Array(either), day: t.Date() }), { list: [{ at: 'x' }], day: 'y' })).toMatchObject({
      '/list/0/at': 'must be a valid Date',
      '/day': 'must be a valid Date',
    })
  })

  test.each([Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY])('for %d, which JSON would make null', (number) => {
    expect(refused(t.Object({ n: t.Number() }), { n: number })).toEqual({ '/n': 'must be a number' })
  })

  test('for what has no JSON form', () => {
    const circle: { self?: unknown } = {}
    circle.self = circle
    const noForm = { '': 'must have a JSON form: no cycles, no bigint, not undefined' }
    expect(refused(t.Unknown(), circle)).toEqual(noForm)
    expect(refused(t.Unknown(), 1n)).toEqual(noForm)
    expect(refused(t.Unknown(), undefined)).toEqual(noForm)
    const List = t.Cyclic({ Node: t.Object({ self: t.Optional(t.Ref('Node')) }) }, 'Node')
    expect(refused(List, circle)).toEqual(noForm)
  })

  test('but errors of the value itself pass: they are the handler’s', () => {
    const broken = {
      id: 1,
      get email(): string {
        throw new Error('database gone')
      },
    }
    expect(() => replyEncoder(User).encode(broken)).toThrow('database gone')
    const mute = {
      toJSON: (): never => {
        throw new Error('no')
      },
    }
    expect(() => replyEncoder(t.Unknown()).encode(mute)).toThrow(/^no$/)
  })
})

test('optional fields that are undefined vanish, also in records', () => {
  expect(replyEncoder(User).encode({ id: 1, email: 'a', nick: undefined })).toBe('{"id":1,"email":"a"}')
  expect(replyEncoder(t.Record(t.String(), t.Integer())).encode({ a: 1, b: undefined })).toBe('{"a":1}')
  expect(refused(User, { id: 1, email: undefined })).toEqual({ '/email': 'is required' })
})

test('a Date leaves as text where a date and time is declared', () => {
  const schema = t.Object({ at: t.String({ format: 'date-time' }), day: t.Optional(t.String({ format: 'date' })) })
  expect(sent(schema, { at: new Date(0) })).toEqual({ at: '1970-01-01T00:00:00.000Z' })
  expect(sent(schema, { at: '1970-01-01T00:00:00Z' })).toEqual({ at: '1970-01-01T00:00:00Z' })
  expect(refused(schema, { at: new Date(Number.NaN) })).toEqual({ '/at': 'must be a string' })
  // A day depends on a time zone that nobody named.
  expect(refused(schema, { at: new Date(0), day: new Date(0) })).toEqual({ '/day': 'must be a string' })
})

test('only a bigint is written in digits, and only numbers must be finite', () => {
  expect(sent(t.Object({ n: t.String({ format: 'bigint' }) }), { n: 12n })).toEqual({ n: '12' })
  expect(refused(t.Object({ n: t.String({ format: 'bigint' }) }), { n: 12 })).toEqual({ '/n': 'must be a string' })
  const nullable = t.Unsafe({ '~kind': 'Unsafe', type: ['number', 'null'] }) as unknown as Schema
  expect(sent(nullable, null)).toBe(null)
  expect(refused(nullable, Number.NaN)).toEqual({ '': 'must be a number or null' })
})

test('a recursive schema strips at every depth', () => {
  const Tree = t.Cyclic({ Node: t.Object({ id: t.Integer(), below: t.Array(t.Ref('Node')) }) }, 'Node')
  expect(sent(Tree, { id: 1, x: 1, below: [{ id: 2, x: 1, below: [{ id: 3, x: 1, below: [] }] }] })).toEqual({
    id: 1,
    below: [{ id: 2, below: [{ id: 3, below: [] }] }],
  })
})

test('the plain value is what the text says', () => {
  expect(replyEncoder(User).plain({ id: 1, email: 'a', hash: 'x' })).toEqual({ id: 1, email: 'a' })
})
