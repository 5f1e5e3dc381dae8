import { toStandardJsonSchema } from '@valibot/to-json-schema'
import { type } from 'arktype'
import * as v from 'valibot'
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

test('what is an example, a choice or a default is a value and no schema', () => {
  const value = { secret: true, $id: 'x', '~kind': 'y' }
  const schema = {
    default: value,
    const: value,
    enum: [value],
    examples: [value],
    example: value,
    required: ['secret'],
    title: 'Thing',
    type: 'object',
    patternProperties: { secret: { type: 'string' }, $id: { type: 'integer', secret: true } },
    dependentSchemas: { $defs: { title: 'x' } },
    $defs: { Thing: { type: 'string' } },
    definitions: { Other: { type: 'string' } },
    allOf: [{ $ref: '#/$defs/Thing' }, { $ref: '#/definitions/Other' }, { $ref: '#/$defs/Thing/items' }, { $ref: 'https://a.test/Thing' }],
  }
  expect(jsonSchemaOf(t.Unsafe({ '~kind': 'x', ...schema }) as unknown as Schema, 'input')).toStrictEqual({
    default: value,
    const: value,
    enum: [value],
    examples: [value],
    example: value,
    required: ['secret'],
    title: 'Thing',
    type: 'object',
    patternProperties: { secret: { type: 'string' }, $id: { type: 'integer', writeOnly: true } },
    dependentSchemas: { $defs: { title: 'x' } },
    $defs: { Thing: { type: 'string' }, Other: { type: 'string' } },
    allOf: [{ $ref: '#/$defs/Thing' }, { $ref: '#/$defs/Other' }, { $ref: '#/$defs/Thing/items' }, { $ref: 'https://a.test/Thing' }],
  })
})

test('tuples are written as 2020-12 has them, patterns as text', () => {
  expect(jsonSchemaOf(t.Tuple([t.String(), t.Integer()]), 'input')).toEqual({
    type: 'array',
    prefixItems: [{ type: 'string' }, { type: 'integer' }],
    items: false,
    minItems: 2,
  })
  expect(jsonSchemaOf(t.Unsafe({ '~kind': 'x', type: 'array', items: [{ type: 'string' }] }) as unknown as Schema, 'input')).toStrictEqual({
    type: 'array',
    prefixItems: [{ type: 'string' }],
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
    const third = t.Cyclic({ Node: t.Object({ up: t.Optional(t.Ref('Node')) }) }, 'Node')
    expect(jsonSchemaOf(t.Object({ a: Node, b: other, c: third }), 'output')).toMatchObject({
      properties: { c: { $ref: '#/$defs/Node3' } },
      $defs: { Node3: { properties: { up: { $ref: '#/$defs/Node3' } } } },
    })
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

  test('what a client sends for a bigint is not said, nor what no library can say', () => {
    const schemas = [
      z.object({ big: z.bigint(), map: z.map(z.string(), z.string()) }),
      toStandardJsonSchema(v.object({ big: v.bigint(), map: v.map(v.string(), v.string()) })),
      type({ big: 'bigint', map: 'Map' }),
    ]
    for (const schema of schemas) {
      const json = jsonSchemaOf(schema, 'input') as { readonly properties: { readonly big: object; readonly map: object } }
      expect([Object.keys(json.properties.big), Object.keys(json.properties.map)]).not.toContain('type')
      expect(json.properties.big).not.toHaveProperty('format')
    }
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
