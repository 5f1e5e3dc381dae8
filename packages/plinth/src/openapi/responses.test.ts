import { type as ark } from 'arktype'
import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { core, errorRenderer, guard, module, problem, problems, type Schema, t } from '../index.ts'
import { described, operation, response } from './fixtures/described.ts'
import type { OpenapiDocument, OperationObject } from './types.ts'

problems({
  'tea-cold': { status: 409, title: 'The tea is cold', params: t.Object({ degrees: t.Number(), since: t.Date() }) },
  'tea-gone': { status: 409, title: 'The tea is gone' },
})

async function get(contract: object): Promise<{ document: OpenapiDocument; operation: OperationObject }> {
  const document = await described(core().get('/a', contract as { summary: string }, () => ''))
  return { document, operation: operation(document, 'get', '/a') }
}
const statusesOf = async (contract: object): Promise<readonly string[]> => Object.keys((await get(contract)).operation.responses)
const contentOf = async (schema: Schema): Promise<unknown> => {
  const { document, operation } = await get({ reply: { 200: schema } })
  return response(document, operation, 200).content
}

describe('replies', () => {
  test('stand under their status, with what the schema says of them', async () => {
    const { document, operation } = await get({ reply: { 200: t.Object({ a: t.Date() }, { description: 'A thing' }), 202: null } })
    expect(response(document, operation, 200)).toEqual({
      description: 'A thing',
      content: {
        'application/json': {
          schema: { type: 'object', description: 'A thing', required: ['a'], properties: { a: { type: 'string', format: 'date-time' } } },
        },
      },
    })
    expect(response(document, operation, 202)).toEqual({ description: 'Accepted' })
  })

  test('of a status without a name are called by its number', async () => {
    const { document, operation } = await get({ reply: { 299: null } })
    expect(response(document, operation, 299).description).toBe('Status 299')
  })

  const text = { type: 'string' }
  test.each<[string, Schema, unknown]>([
    ['a string', t.String(), { 'text/plain': { schema: text } }],
    ['words', t.Union([t.Literal('a'), t.Literal('b')]), { 'text/plain': expect.anything() }],
    ['an enum', t.Enum(['a', 'b']), { 'text/plain': { schema: { type: 'string', enum: ['a', 'b'] } } }],
    ['a string of Zod', z.string(), { 'text/plain': { schema: text } }],
    ['a referred string', z.string().meta({ id: 'Word' }), { 'text/plain': { schema: { $ref: '#/components/schemas/Word' } } }],
    ['a string or null', t.Union([t.String(), t.Null()]), { 'application/json': expect.anything(), 'text/plain': expect.anything() }],
    ['either, in one type', ark('string | null'), { 'application/json': expect.anything(), 'text/plain': expect.anything() }],
    ['a date', t.Date(), { 'application/json': { schema: { type: 'string', format: 'date-time' } } }],
    ['what may be a date', z.date(), { 'application/json': expect.anything(), 'text/plain': expect.anything() }],
    ['a number', t.Number(), { 'application/json': { schema: { type: 'number' } } }],
    ['anything', t.Unknown(), { 'application/json': { schema: {} } }],
  ])('leave as text or as JSON: %s', async (_, schema, expected) => {
    expect(await contentOf(schema)).toEqual(expected)
  })

  test('have the example, in its wire form, at the first success', async () => {
    const reply = { 200: t.Object({ at: t.Date() }), 201: t.Object({ at: t.Date() }) }
    const { document, operation } = await get({ reply, examples: { reply: { at: new Date(0) } } })
    expect(response(document, operation, 200).content?.['application/json']?.example).toEqual({ at: '1970-01-01T00:00:00.000Z' })
    expect(response(document, operation, 201).content?.['application/json']).not.toHaveProperty('example')
  })

  test('that nobody declared are any success', async () => {
    expect(await statusesOf({})).toEqual(['2XX', 'default'])
    expect(await statusesOf({ reply: { 404: problem('not-found') } })).toEqual(['404', '2XX', 'default'])
  })

  test('may be failures with a shape of their own', async () => {
    const { document, operation } = await get({
      reply: { 200: null, 422: t.Object({ oops: t.String() }) },
      query: t.Object({ a: t.String() }),
    })
    expect(Object.keys(response(document, operation, 422).content ?? {})).toEqual(['application/json', 'application/problem+json'])
  })
})

describe('problems', () => {
  test('have their code, status and parameters', async () => {
    const { document, operation } = await get({ reply: { 409: problem('tea-cold', { degrees: 20, since: new Date(0) }) } })
    expect(operation.responses[409]).toEqual({ $ref: '#/components/responses/TeaCold' })
    expect(response(document, operation, 409)).toEqual({
      description: 'The tea is cold.',
      content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/TeaColdProblem' } } },
    })
    expect(document.components?.schemas?.TeaColdProblem).toEqual({
      allOf: [
        { $ref: '#/components/schemas/Problem' },
        { type: 'object', properties: { code: { type: 'string', const: 'tea-cold' }, status: { type: 'integer', const: 409 } } },
        {
          type: 'object',
          required: ['degrees', 'since'],
          properties: { degrees: { type: 'number' }, since: { type: 'string', format: 'date-time' } },
        },
      ],
    })
  })

  test('of one status are told apart by their code', async () => {
    const { document, operation } = await get({
      reply: { 409: [problem('tea-cold', { degrees: 1, since: new Date(0) }), problem('tea-gone')] },
    })
    const [cold, gone] = ['#/components/schemas/TeaColdProblem', '#/components/schemas/TeaGoneProblem']
    expect(response(document, operation, 409)).toEqual({
      description: 'The tea is cold. The tea is gone.',
      content: {
        'application/problem+json': {
          schema: {
            oneOf: [{ $ref: cold }, { $ref: gone }],
            discriminator: { propertyName: 'code', mapping: { 'tea-cold': cold, 'tea-gone': gone } },
          },
        },
      },
    })
  })

  test('that are not named are any', async () => {
    const { document, operation } = await get({ reply: { 200: null, 404: 'problem' } })
    expect(response(document, operation, 404)).toEqual({
      description: 'Not Found',
      content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
    })
  })

  test('of a bare status stand there under the code that it gives', async () => {
    const { document, operation } = await get({ reply: { 402: problem(402) } })
    expect(response(document, operation, 402).description).toBe('status-402.')
  })

  test('come from guards too', async () => {
    const shut = guard(() => undefined, { refuses: [problem('forbidden'), problem('not-signed-in')] })
    expect(await statusesOf({ guards: [shut], reply: { 200: null } })).toEqual(['200', '401', '403', 'default'])
  })

  test('of the framework stand where they can come', async () => {
    expect(await statusesOf({ reply: { 200: null } })).toEqual(['200', 'default'])
    expect(await statusesOf({ reply: { 200: null }, query: t.Object({}) })).toEqual(['200', '400', '422', 'default'])
    const post = async (body: Schema | 'text' | 'bytes'): Promise<readonly string[]> =>
      Object.keys(operation(await described(core().post('/a', { body, reply: { 204: null } }, () => null)), 'post', '/a').responses)
    expect(await post(t.Object({ a: t.String() }))).toEqual(['204', '400', '413', '415', '422', 'default'])
    expect(await post('text')).toEqual(['204', '400', '413', '415', 'default'])
    expect(await post('bytes')).toEqual(['204', '400', '413', 'default'])
    const path = operation(await described(core().get('/:id', { reply: { 200: null } }, ({ reply }) => reply(200, null))), 'get', '/{id}')
    expect(Object.keys(path.responses)).toEqual(['200', '400', 'default'])
  })

  test('of the framework and of the contract under one status are told apart', async () => {
    const { operation } = await get({
      reply: { 200: null, 422: [problem('validation-failed')], 400: problem(400) },
      query: t.Object({}),
    })
    expect(operation.responses[422]).toEqual({ $ref: '#/components/responses/ValidationFailed' })
    expect(operation.responses[400]).toEqual({ $ref: '#/components/responses/MalformedRequest' })
    problems({ 'tea-odd': { status: 422, title: 'Odd tea' } })
    const other = await get({ reply: { 200: null, 422: problem('tea-odd') }, query: t.Object({}) })
    const schema = response(other.document, other.operation, 422).content?.['application/problem+json']?.schema
    expect(schema?.oneOf).toEqual([
      { $ref: '#/components/schemas/TeaOddProblem' },
      { $ref: '#/components/schemas/ValidationFailedProblem' },
    ])
  })

  test('of validation list what is wrong', async () => {
    const { document } = await get({ query: t.Object({ a: t.String() }) })
    expect(JSON.stringify(document.components?.schemas?.ValidationFailedProblem)).toContain('"issues"')
  })

  test('have the shape that their module describes', async () => {
    const Errors = t.Object({ errors: t.Array(t.String()) }, { $id: 'Errors' })
    const errors = errorRenderer(Errors, (it) => ({ errors: [it.title] }))
    const own = module('own', { errors }).get(
      '/a',
      { query: t.Object({}), reply: { 200: null, 404: problem('not-found'), 409: 'problem', 410: Errors } },
      ({ reply }) => reply(200, null),
    )
    const document = await described(core().use(own))
    const { responses } = operation(document, 'get', '/a')
    const content = { 'application/json': { schema: { $ref: '#/components/schemas/Errors' } } }
    expect(responses).toEqual({
      200: { description: 'OK' },
      400: { description: 'The request can’t be read.', content },
      404: { description: 'There is nothing here.', content },
      409: { description: 'Conflict', content },
      410: { description: 'Gone', content },
      422: { description: 'The request does not fit its contract; all that is wrong is told at once.', content },
      default: { description: 'Another problem.', content },
    })
  })

  test('are not described where a module has a shape of its own', async () => {
    const own = module('own', { errors: () => ({ type: 'text/plain', body: 'no' }) }).get(
      '/a',
      { query: t.Object({}), reply: { 200: null, 404: problem('not-found'), 409: 'problem' } },
      ({ reply }) => reply(200, null),
    )
    const document = await described(core().use(own))
    expect(operation(document, 'get', '/a').responses).toEqual({
      200: { description: 'OK' },
      400: { description: 'The request can’t be read.' },
      404: { description: 'There is nothing here.' },
      409: { description: 'Conflict' },
      422: { description: 'The request does not fit its contract; all that is wrong is told at once.' },
    })
  })
})
