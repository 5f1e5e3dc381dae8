import { z } from 'zod'
import { describe, expect, test } from 'vitest'
import { inputCheck, replyEncoder, SchemaError } from './index.ts'
import * as t from './t.ts'
import * as box from './typebox.ts'
import type { Schema } from './types.ts'

const unsafe = (schema: object): Schema => t.Unsafe({ '~kind': 'Unsafe', ...schema }) as unknown as Schema

test('the same schema in the same place is compiled once', () => {
  const schema = t.Object({ a: t.String() })
  expect(inputCheck(schema, 'query')).toBe(inputCheck(schema, 'query'))
  expect(inputCheck(schema, 'query')).not.toBe(inputCheck(schema, 'body'))
  expect(inputCheck(schema, 'body', { form: true })).not.toBe(inputCheck(schema, 'body'))
  expect(inputCheck(schema, 'query', { form: true })).toBe(inputCheck(schema, 'query'))
  expect(replyEncoder(schema)).toBe(replyEncoder(schema))
})

describe('a build error says', () => {
  test.each<[string, unknown, RegExp]>([
    ['what is no schema', 'string', /^This is not a schema: write one with t/],
    ['what is no schema either', {}, /^This is not a schema/],
    [
      'which format nobody checks',
      t.Object({ a: t.String({ format: 'e-mail' }) }),
      /^The schema at \/a has the format "e-mail", which nothing checks/,
    ],
    [
      'which pattern is broken',
      t.Object({ a: t.String({ pattern: '(' }) }),
      /^The schema at \/a has a pattern that is no regular expression/,
    ],
    [
      'what has no JSON form',
      t.Object({ a: t.Array(box.BigInt()) }),
      /\/a\/\* can't be used: a JavaScript bigint has no JSON form; write t\.BigInt\(\)/,
    ],
    ['what else has no JSON form', t.Object({ a: t.Undefined() }), /write t\.Optional/],
    ['what TypeBox can not compile', unsafe({ type: 'array', contains: { pattern: '(' } }), /^The schema can't be compiled: ./],
    ['which type is unknown', unsafe({ type: 'date' }), /has the type "date", which JSON does not have/],
    ['which reference leads nowhere', t.Object({ a: t.Ref('Gone') }), /refers to "Gone", which is not defined/],
    [
      'which name is dangerous',
      unsafe({ type: 'object', properties: JSON.parse('{"__proto__":{"type":"string"}}') }),
      /a field named __proto__/,
    ],
    ['what is nothing but itself', unsafe({ $ref: '#' }), /^The schema refers to itself; put the reference into a field or an item$/],
    [
      'what is itself by another name',
      t.Object({ a: t.Cyclic({ A: t.Ref('B'), B: t.Ref('A') }, 'A') }),
      /^The schema at \/.* refers to itself/,
    ],
    ['what is a part of itself', unsafe({ type: 'object', allOf: [{ $ref: '#' }] }), /^The schema refers to itself/],
    [
      'what is a branch of itself, though it is a field of itself too',
      unsafe({
        $defs: { A: { type: 'object', properties: { b: { $ref: 'B' } }, anyOf: [{ $ref: 'B' }] }, B: { $ref: 'A' } },
        type: 'object',
        properties: { a: { $ref: 'A' } },
      }),
      /^The schema at \/\$defs\/A refers to itself/,
    ],
    ['what is not a schema inside', unsafe({ type: 'object', properties: { a: 1 } }), /^The schema at \/a is not a schema/],
  ])('%s', (_name, schema, message) => {
    expect(() => inputCheck(schema as Schema, 'body')).toThrow(SchemaError)
    expect(() => inputCheck(schema as Schema, 'body')).toThrow(message)
    expect(() => replyEncoder(schema as Schema)).toThrow(SchemaError)
  })

  test.each(['params', 'query', 'headers', 'cookies'] as const)('that %s must be an object', (location) => {
    expect(() => inputCheck(t.String(), location)).toThrow(`The schema of ${location} must describe an object`)
    expect(() => inputCheck(z.string(), location)).toThrow(SchemaError)
    expect(() => inputCheck(t.Array(t.Object({})), 'body', { form: true })).toThrow('The schema of form must describe an object')
    for (const wrong of [
      t.Union([t.String(), t.Array(t.Object({}))]),
      unsafe({ allOf: [{ type: 'object' }, { type: 'string' }] }),
      unsafe({ $defs: { Text: { type: 'string' } }, $ref: '#/$defs/Text' }),
    ])
      expect(() => inputCheck(wrong, location)).toThrow(SchemaError)
    for (const fine of [
      t.Union([t.Object({}), t.Null()]),
      t.Intersect([t.Object({}), t.Object({})]),
      t.Unsafe({ '~kind': 'x' }) as unknown as Schema,
    ]) {
      expect(() => inputCheck(fine as Schema, location)).not.toThrow()
    }
    const cyclic = t.Cyclic({ Node: t.Object({ below: t.Optional(t.Ref('Node')) }) }, 'Node')
    expect(() => inputCheck(cyclic, location)).not.toThrow()
    expect(() => inputCheck(unsafe({ $ref: '#' }), location)).toThrow(SchemaError)
  })
})

test('a value that nothing must be done to is passed on as it is', () => {
  const list = [1, 2]
  expect(inputCheck(t.Array(t.Integer()), 'body').check(list)).toEqual({ ok: true, value: list })
  expect(inputCheck(t.String(), 'body').check('x')).toEqual({ ok: true, value: 'x' })
})

test('a handler receives what the schema declares and nothing else', () => {
  const schema = t.Object({ a: t.String(), b: t.Optional(t.Array(t.Object({ c: t.Integer() }))) })
  expect(inputCheck(schema, 'body').check({ a: 'x', admin: true, b: [{ c: 1, admin: true }] })).toEqual({
    ok: true,
    value: { a: 'x', b: [{ c: 1 }] },
  })
})

test('definitions are found by name, from the root and from within', () => {
  const schema = unsafe({
    type: 'object',
    $defs: { Id: { type: 'integer' }, 'a/b': { type: 'string' } },
    properties: { id: { $ref: '#/$defs/Id' }, text: { $ref: '#/$defs/a~1b' }, self: { $ref: '#' } },
  })
  expect(inputCheck(schema, 'body').check({ id: 1, text: 'x', self: { id: 2 } })).toMatchObject({ ok: true })
  expect(inputCheck(schema, 'body').check({ id: 1, text: 'x', self: { id: 'x' } })).toMatchObject({
    issues: [{ pointer: '/self/id', message: 'must be an integer' }],
  })
})

test('a schema of true allows anything, of false nothing', () => {
  const schema = unsafe({ type: 'object', properties: { any: true, none: false } })
  expect(inputCheck(schema, 'body').check({ any: 1 })).toMatchObject({ ok: true })
  expect(inputCheck(schema, 'body').check({ none: 1 })).toMatchObject({ issues: [{ pointer: '/none', message: 'is not allowed' }] })
})
