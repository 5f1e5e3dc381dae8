import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { jsonSchemaOf } from './index.ts'
import * as t from './t.ts'
import type { Schema } from './types.ts'

test('private keys go, secrets are marked', () => {
  const schema = t.Object({
    password: t.String({ secret: true }),
    pin: t.Integer({ 'x-secret': true }),
    mail: t.String({ secret: true, format: 'email' }),
  })
  const json = jsonSchemaOf(schema, 'input')
  expect(json).toEqual({
    type: 'object',
    required: ['password', 'pin', 'mail'],
    properties: {
      password: { type: 'string', writeOnly: true, format: 'password' },
      pin: { type: 'integer', writeOnly: true },
      mail: { type: 'string', writeOnly: true, format: 'email' },
    },
  })
  expect(JSON.stringify(json)).not.toContain('~')
})

test('a property may be named like a keyword', () => {
  const schema = t.Object({ secret: t.String(), $id: t.String(), default: t.Integer({ default: 1 }), required: t.Boolean() })
  expect(Object.keys((jsonSchemaOf(schema, 'input') as { properties: object }).properties)).toEqual([
    'secret',
    '$id',
    'default',
    'required',
  ])
})

test('tuples are written as 2020-12 has them, patterns as text', () => {
  expect(jsonSchemaOf(t.Tuple([t.String(), t.Integer()]), 'input')).toEqual({
    type: 'array',
    prefixItems: [{ type: 'string' }, { type: 'integer' }],
    items: false,
    minItems: 2,
  })
  expect(jsonSchemaOf(t.Unsafe({ '~kind': 'x', type: 'string', pattern: /a+/ }) as unknown as Schema, 'input')).toEqual({
    type: 'string',
    pattern: 'a+',
  })
})

describe('definitions', () => {
  const Node = t.Cyclic({ Node: t.Object({ below: t.Array(t.Ref('Node')) }) }, 'Node')

  test('are gathered at the top and referred to from there', () => {
    expect(jsonSchemaOf(t.Object({ tree: Node, again: Node }), 'output')).toEqual({
      type: 'object',
      required: ['tree', 'again'],
      properties: { tree: { $ref: '#/$defs/Node' }, again: { $ref: '#/$defs/Node' } },
      $defs: { Node: { type: 'object', required: ['below'], properties: { below: { type: 'array', items: { $ref: '#/$defs/Node' } } } } },
    })
  })

  test('two of one name stay two', () => {
    const other = t.Cyclic({ Node: t.Object({ next: t.Optional(t.Ref('Node')) }) }, 'Node')
    expect(jsonSchemaOf(t.Object({ a: Node, b: other }), 'output')).toMatchObject({
      properties: { a: { $ref: '#/$defs/Node' }, b: { $ref: '#/$defs/Node2' } },
      $defs: { Node2: { properties: { next: { $ref: '#/$defs/Node2' } } } },
    })
  })
})

describe('of a Standard Schema', () => {
  test('both sides are given', () => {
    const schema = z.object({ a: z.string().default('x'), at: z.date() }).meta({ title: 'Thing' })
    expect(jsonSchemaOf(schema, 'input')).toMatchObject({
      title: 'Thing',
      required: ['at'],
      properties: { at: { type: 'string', format: 'date-time' } },
    })
    expect(jsonSchemaOf(schema, 'output')).toMatchObject({ required: ['a', 'at'] })
    expect(jsonSchemaOf(schema, 'input')).not.toHaveProperty('$schema')
  })

  test('there is none where the library has none', () => {
    const schema: Schema = { '~standard': { version: 1, vendor: 'homemade', validate: (value) => ({ value }) } }
    expect(jsonSchemaOf(schema, 'input')).toBeUndefined()
    const jsonSchema = {
      input: (): never => {
        throw new Error('no')
      },
    }
    expect(jsonSchemaOf({ '~standard': { ...schema['~standard'], jsonSchema } } as Schema, 'input')).toBeUndefined()
  })
})
