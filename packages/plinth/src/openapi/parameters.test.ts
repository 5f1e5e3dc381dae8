import { toStandardJsonSchema } from '@valibot/to-json-schema'
import { type } from 'arktype'
import * as v from 'valibot'
import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { core, type Schema, t } from '../index.ts'
import { operationOf } from './fixtures/described.ts'
import type { ParameterObject } from './types.ts'

type Slot = 'params' | 'query' | 'headers' | 'cookies'

async function parametersOf(
  slot: Slot,
  schema: Schema,
  path: '/a' | '/a/:id' | '/a/*' = '/a',
): Promise<readonly ParameterObject[] | undefined> {
  const app = core().get(path, { [slot]: schema }, () => '')
  return (await operationOf(app, 'get', path.replace(':id', '{id}').replace('*', '{rest}'))).parameters
}

describe('query parameters', () => {
  test('are listed with what the schema says of each', async () => {
    const schema = t.Object({
      q: t.String({ description: 'What to look for', examples: ['tea', 'milk'] }),
      page: t.Optional(t.Integer({ minimum: 1, deprecated: true })),
    })
    expect(await parametersOf('query', schema)).toEqual([
      {
        name: 'q',
        in: 'query',
        required: true,
        description: 'What to look for',
        schema: { type: 'string' },
        examples: { example1: { value: 'tea' }, example2: { value: 'milk' } },
      },
      { name: 'page', in: 'query', deprecated: true, schema: { type: 'integer', minimum: 1 } },
    ])
  })

  test('repeat their name for each item of an array', async () => {
    expect(await parametersOf('query', t.Object({ id: t.Array(t.Integer()) }))).toEqual([
      { name: 'id', in: 'query', required: true, style: 'form', explode: true, schema: { type: 'array', items: { type: 'integer' } } },
    ])
  })

  test('with a default may be left out', async () => {
    expect(await parametersOf('query', t.Object({ page: t.Integer({ default: 1 }) }))).toEqual([
      { name: 'page', in: 'query', schema: { type: 'integer', default: 1 } },
    ])
  })

  test('have the form in which they cross the wire', async () => {
    const schema = t.Object({ since: t.Date(), big: t.BigInt(), order: t.Enum(['up', 'down']), kind: t.Enum([1, 'one']) })
    const found = await parametersOf('query', schema)
    expect(found?.map((it) => it.schema)).toMatchObject([
      { type: 'string', format: 'date-time' },
      { type: 'string', format: 'bigint' },
      { type: 'string', enum: ['up', 'down'] },
      { enum: [1, 'one'] },
    ])
    expect(found?.[3]?.schema).not.toHaveProperty('type')
  })

  test.each<[string, Schema]>([
    ['Zod', z.object({ q: z.string(), n: z.number().optional() })],
    ['Valibot', toStandardJsonSchema(v.object({ q: v.string(), n: v.optional(v.number()) }))],
    ['ArkType', type({ q: 'string', 'n?': 'number' })],
  ])('are read from %s', async (_, schema) => {
    expect(await parametersOf('query', schema)).toEqual([
      { name: 'q', in: 'query', required: true, schema: { type: 'string' } },
      { name: 'n', in: 'query', schema: { type: 'number' } },
    ])
  })

  test('are gathered from intersections', async () => {
    const schema = t.Intersect([t.Object({ a: t.String() }), t.Object({ a: t.Optional(t.String()), b: t.Optional(t.String()) })])
    expect((await parametersOf('query', schema))?.map((it) => [it.name, it.required])).toEqual([
      ['a', true],
      ['b', undefined],
    ])
  })

  test('of a union are required where every branch requires them', async () => {
    const schema = z.union([z.object({ a: z.string(), b: z.number() }), z.object({ a: z.string(), b: z.string(), c: z.string() })])
    const found = await parametersOf('query', schema)
    expect(found?.map((it) => [it.name, it.required])).toEqual([
      ['a', true],
      ['b', true],
      ['c', undefined],
    ])
    expect(found?.[1]?.schema).toEqual({ anyOf: [{ type: 'number' }, { type: 'string' }] })
  })

  test('are found behind a reference', async () => {
    expect(await parametersOf('query', z.object({ a: z.string() }).meta({ id: 'Search' }))).toEqual([
      { name: 'a', in: 'query', required: true, schema: { type: 'string' } },
    ])
  })

  test.each<[string, Schema, unknown]>([
    ['a record', t.Record(t.String(), t.Integer()), { type: 'integer' }],
    ['additional properties', t.Object({}, { additionalProperties: t.Boolean() }), { type: 'boolean' }],
    ['any additional properties', t.Object({}, { additionalProperties: true }), true],
    ['a schema that gives no JSON Schema', v.object({ q: v.string() }), true],
  ])('of any name are free: %s', async (_, schema, additionalProperties) => {
    expect(await parametersOf('query', schema)).toEqual([
      {
        name: 'others',
        in: 'query',
        description: 'Further parameters, by any name.',
        style: 'form',
        explode: true,
        schema: { type: 'object', additionalProperties },
      },
    ])
  })

  test('of a union of records keep both', async () => {
    const schema = z.union([z.record(z.string(), z.string()), z.object({ a: z.string() })])
    expect((await parametersOf('query', schema))?.map((it) => [it.name, it.required])).toEqual([
      ['a', undefined],
      ['others', undefined],
    ])
  })
})

describe('path parameters', () => {
  test('are strings where nothing is said of them', async () => {
    const app = core().get('/a/:id', () => '')
    expect((await operationOf(app, 'get', '/a/{id}')).parameters).toEqual([
      { name: 'id', in: 'path', required: true, schema: { type: 'string' } },
    ])
  })

  test('are what the schema says', async () => {
    expect(await parametersOf('params', t.Object({ id: t.Integer({ minimum: 1 }) }), '/a/:id')).toEqual([
      { name: 'id', in: 'path', required: true, schema: { type: 'integer', minimum: 1 } },
    ])
  })

  test('are strings where the schema gives no JSON Schema', async () => {
    expect(await parametersOf('params', v.object({ id: v.string() }), '/a/:id')).toEqual([
      { name: 'id', in: 'path', required: true, schema: { type: 'string' } },
    ])
  })

  test('of a wildcard say that they are the rest', async () => {
    expect(await parametersOf('params', t.Object({ '*': t.String({ maxLength: 9 }) }), '/a/*')).toEqual([
      {
        name: 'rest',
        in: 'path',
        required: true,
        description: 'The rest of the path, which may have several segments.',
        schema: { type: 'string', maxLength: 9 },
      },
    ])
  })

  test('of a wildcard keep the description that they have', async () => {
    const found = await parametersOf('params', t.Object({ '*': t.String({ description: 'A file' }) }), '/a/*')
    expect(found?.[0]?.description).toBe('A file')
  })

  test('called as a wildcard would be leave it another name', async () => {
    const app = core().get('/:rest/*', () => '')
    expect((await operationOf(app, 'get', '/{rest}/{_rest}')).parameters?.map((it) => it.name)).toEqual(['rest', '_rest'])
  })
})

describe('headers and cookies', () => {
  test('are listed, lists as one line', async () => {
    expect(await parametersOf('headers', t.Object({ 'X-Ids': t.Array(t.Integer()) }))).toEqual([
      { name: 'X-Ids', in: 'header', required: true, schema: { type: 'array', items: { type: 'integer' } } },
    ])
    expect(await parametersOf('cookies', t.Object({ theme: t.Optional(t.String()) }))).toEqual([
      { name: 'theme', in: 'cookie', schema: { type: 'string' } },
    ])
  })

  test('that OpenAPI describes elsewhere are left out', async () => {
    const schema = t.Object({ Authorization: t.String(), accept: t.String(), 'content-type': t.String(), 'x-one': t.String() })
    expect((await parametersOf('headers', schema))?.map((it) => it.name)).toEqual(['x-one'])
  })

  test('of a schema that gives no JSON Schema are not listed', async () => {
    expect(await parametersOf('headers', v.object({ a: v.string() }))).toBeUndefined()
  })
})
