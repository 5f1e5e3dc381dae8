import * as v from 'valibot'
import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { type BodyKind, core, type Schema, t } from '../index.ts'
import { described, operation } from './fixtures/described.ts'
import type { RequestBodyObject } from './types.ts'

async function bodyOf(body: Schema | BodyKind | undefined, example?: unknown): Promise<RequestBodyObject | undefined> {
  const app = core().post(
    '/a',
    { ...(body === undefined ? {} : { body }), ...(example === undefined ? {} : { examples: { body: example } }) },
    () => null,
  )
  return operation(await described(app), 'post', '/a').requestBody
}

const typesOf = async (body: Schema): Promise<readonly string[]> => Object.keys((await bodyOf(body))?.content ?? {})
const everyForm = ['application/json', 'application/x-www-form-urlencoded', 'multipart/form-data']

describe('a body of a schema', () => {
  test('may come as JSON or as a form', async () => {
    const schema = { $ref: '#/components/schemas/PostABody' }
    expect(await bodyOf(t.Object({ name: t.String(), tags: t.Array(t.String()) }))).toEqual({
      required: true,
      content: Object.fromEntries(everyForm.map((type) => [type, { schema }])),
    })
  })

  test.each<[string, Schema]>([
    ['an array', t.Array(t.String())],
    ['an object in an object', t.Object({ a: t.Object({ b: t.String() }) })],
    ['objects in an array', t.Object({ a: t.Array(t.Object({ b: t.String() })) })],
    ['arrays in an array', t.Object({ a: t.Array(t.Array(t.String())) })],
    ['a record in an object', t.Object({ a: t.Record(t.String(), t.String()) })],
    ['a union with an object', t.Object({ a: t.Union([t.String(), t.Object({})]) })],
  ])('comes as JSON only where a form has no words for it: %s', async (_, schema) => {
    expect(await typesOf(schema)).toEqual(['application/json'])
  })

  test.each<[string, Schema]>([
    ['nullable fields', z.object({ a: z.string().nullable() })],
    ['references to flat fields', z.object({ a: z.enum(['x']).meta({ id: 'X' }) })],
    ['texts and numbers', t.Object({ a: t.Union([t.String(), t.Integer()]) })],
  ])('comes as a form with %s', async (_, schema) => {
    expect(await typesOf(schema)).toEqual(everyForm)
  })

  test('with files comes as multipart only', async () => {
    const schema = t.Object({ name: t.String(), cover: t.File({ types: ['image/png'] }), more: t.Optional(t.Array(t.File())) })
    expect(await bodyOf(schema)).toEqual({
      required: true,
      content: {
        'multipart/form-data': {
          schema: {
            type: 'object',
            required: ['name', 'cover'],
            properties: {
              name: { type: 'string' },
              cover: { type: 'string', format: 'binary', contentMediaType: 'image/png' },
              more: { type: 'array', items: { type: 'string', format: 'binary' } },
            },
          },
          encoding: { cover: { contentType: 'image/png' } },
        },
      },
    })
  })

  test('with files of any type says nothing of types', async () => {
    expect((await bodyOf(t.Object({ file: t.File() })))?.content['multipart/form-data']).not.toHaveProperty('encoding')
  })

  test('has the description of the schema', async () => {
    expect((await bodyOf(t.Object({ a: t.String() }, { description: 'A thing' })))?.description).toBe('A thing')
  })

  test('that gives no JSON Schema is listed as JSON of any kind', async () => {
    expect(await bodyOf(v.object({ a: v.string() }))).toEqual({ required: true, content: { 'application/json': {} } })
  })

  test('has an example in its wire form', async () => {
    const schema = t.Object({ at: t.Array(t.Date()), n: t.BigInt() }, { additionalProperties: false })
    const body = await bodyOf(schema, { at: [new Date(0)], n: 12n })
    expect(body?.content['application/json']?.example).toEqual({ at: ['1970-01-01T00:00:00.000Z'], n: '12' })
  })

  test('marks secrets', async () => {
    const app = core().post('/a', { body: t.Object({ password: t.String({ secret: true }) }) }, () => null)
    expect((await described(app)).components?.schemas?.PostABody).toMatchObject({
      properties: { password: { type: 'string', format: 'password', writeOnly: true } },
    })
  })
})

describe('a body of a kind', () => {
  const binary = { type: 'string', format: 'binary' }

  test.each<[BodyKind, RequestBodyObject]>([
    ['text', { content: { 'text/plain': { schema: { type: 'string' } } } }],
    ['bytes', { content: { 'application/octet-stream': { schema: binary } } }],
    ['stream', { content: { 'application/octet-stream': { schema: binary } } }],
    ['parts', { required: true, content: { 'multipart/form-data': { schema: { type: 'object' } } } }],
  ])('%s', async (kind, expected) => {
    expect(await bodyOf(kind)).toEqual(expected)
  })

  test('may have an example', async () => {
    expect((await bodyOf('text', 'hello'))?.content['text/plain']?.example).toBe('hello')
  })
})

test('a route that declares no body has none', async () => {
  expect(await bodyOf(undefined)).toBeUndefined()
})
