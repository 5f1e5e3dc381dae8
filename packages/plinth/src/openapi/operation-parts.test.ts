import { describe, expect, test } from 'vitest'
import { core, type OperationParts, t } from '../index.ts'
import { described, operation, operationOf, response } from './fixtures/described.ts'

const row = { title: 'Row', type: 'object', properties: { id: { type: 'integer' } } } as const

describe("a contract's openapi", () => {
  test('adds parameters behind those of the contract, and takes the place of those that are there', async () => {
    const api = core({ name: 'shop' }).get(
      '/rows/:id',
      {
        query: t.Object({ page: t.Integer() }),
        openapi: {
          parameters: [
            { name: 'id', in: 'path', required: true, schema: { type: 'integer' }, examples: { first: { value: 1 } } },
            { name: 'color', in: 'query', description: 'A filter.', schema: { type: 'string' }, examples: { red: { value: 'eq.red' } } },
          ],
        },
      },
      () => '',
    )
    const { parameters } = await operationOf(api, 'get', '/rows/{id}')
    expect(parameters?.map((it) => [it.in, it.name, it.schema.type])).toEqual([
      ['path', 'id', 'integer'],
      ['query', 'page', 'integer'],
      ['query', 'color', 'string'],
    ])
  })

  test('describes bodies and answers that no schema of the contract does, titled schemas as components', async () => {
    const openapi: OperationParts = {
      requestBody: { required: true, content: { 'application/json': { schema: row }, 'text/csv': { schema: { type: 'string' } } } },
      responses: {
        201: {
          description: 'Made.',
          headers: { location: { schema: { type: 'string' } } },
          content: { 'application/json': { schema: { type: 'array', items: row } } },
        },
        404: {},
      },
    }
    const document = await described(core({ name: 'shop' }).post('/rows', { body: 'bytes', openapi }, () => ''))
    const made = operation(document, 'post', '/rows')
    const reference = { $ref: '#/components/schemas/Row' }
    expect(made.requestBody).toEqual({
      required: true,
      content: { 'application/json': { schema: reference }, 'text/csv': { schema: { type: 'string' } } },
    })
    expect(made.responses['2XX']).toBeUndefined()
    expect(made.responses[201]).toEqual({
      description: 'Made.',
      headers: { location: { schema: { type: 'string' } } },
      content: { 'application/json': { schema: { type: 'array', items: reference } } },
    })
    expect(made.responses[404]).toEqual({ description: 'Not Found' })
    expect(document.components?.schemas?.['Row']).toEqual(row)
  })

  test('is laid over what is known of a status', async () => {
    const api = core({ name: 'shop' }).get(
      '/rows',
      { reply: { 200: t.Object({ id: t.Integer() }) }, openapi: { responses: { 200: { description: 'A row.' } } } },
      () => ({ id: 1 }),
    )
    const document = await described(api)
    const ok = response(document, operation(document, 'get', '/rows'), 200)
    expect(ok.description).toBe('A row.')
    expect(ok.content?.['application/json']?.schema).toMatchObject({ type: 'object' })
  })

  test('is not asked before a document is made', async () => {
    let asked = 0
    const openapi = (): OperationParts => {
      asked++
      return { description: 'Late.' }
    }
    const api = core({ name: 'shop' }).get('/', { openapi }, () => '')
    await using built = await api.build()
    expect([built.routes.length, asked]).toEqual([1, 0])
    expect((await operationOf(api, 'get', '/')).description).toBe('Late.')
  })
})
