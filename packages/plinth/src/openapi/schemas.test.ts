import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { core, type Schema, t } from '../index.ts'
import { described, operation, response } from './fixtures/described.ts'
import { Schemas } from './schemas.ts'
import type { OpenapiDocument, SchemaObject } from './types.ts'

/** An application that answers each schema on a path of its own: `/0`, `/1`, … */
async function answering(
  ...schemas: readonly Schema[]
): Promise<{ replies: readonly SchemaObject[]; schemas: { readonly [name: string]: SchemaObject } }> {
  const app = core()
  schemas.forEach((schema, index) => app.get(`/${index}`, { reply: { 200: schema } }, () => undefined as never))
  const document = await described(app)
  const replies = schemas.map(
    (_, index) => response(document, operation(document, 'get', `/${index}`), 200).content?.['application/json']?.schema,
  )
  return { replies: replies as SchemaObject[], schemas: named(document) }
}

function named(document: OpenapiDocument): { readonly [name: string]: SchemaObject } {
  const { Problem: _, ...others } = document.components?.schemas ?? {}
  return others
}

const ref = (name: string): SchemaObject => ({ $ref: `#/components/schemas/${name}` })

test('a schema without a name that stands in one place stays there', async () => {
  const { replies, schemas } = await answering(t.Object({ a: t.String() }))
  expect(replies).toEqual([{ type: 'object', required: ['a'], properties: { a: { type: 'string' } } }])
  expect(schemas).toEqual({})
})

describe('a component is made', () => {
  test('of a schema with an $id', async () => {
    const { replies, schemas } = await answering(t.Object({ a: t.String() }, { $id: 'https://shop.example/schemas/user-name' }))
    expect(replies).toEqual([ref('UserName')])
    expect(schemas).toEqual({ UserName: { type: 'object', required: ['a'], properties: { a: { type: 'string' } } } })
  })

  test('of an object or an enum with a title, not of a text with one', async () => {
    const Colour = t.Enum(['red', 'blue'], { title: 'A colour' })
    const { replies, schemas } = await answering(
      t.Object({ colour: Colour, name: t.String({ title: 'Name' }) }, { title: 'Painted thing' }),
    )
    expect(replies).toEqual([ref('PaintedThing')])
    expect(schemas).toMatchObject({
      PaintedThing: { properties: { colour: ref('AColour'), name: { type: 'string', title: 'Name' } } },
      AColour: { type: 'string', enum: ['red', 'blue'] },
    })
  })

  test('of what several routes share, at any depth, by the object that it is', async () => {
    const User = t.Object({ id: t.Integer() })
    const { replies, schemas } = await answering(
      User,
      t.Array(User),
      t.Object({ user: t.Optional(User), twin: t.Object({ id: t.Integer() }) }),
    )
    expect(replies[0]).toEqual(ref('Get0Reply'))
    expect(replies[1]).toEqual({ type: 'array', items: ref('Get0Reply') })
    expect(replies[2]).toMatchObject({ properties: { user: ref('Get0Reply'), twin: { type: 'object' } } })
    expect(Object.keys(schemas)).toEqual(['Get0Reply'])
  })

  test('not of what is inside of one alone, however many routes share that', async () => {
    const Errors = t.Object({ errors: t.Record(t.String(), t.Array(t.String())) }, { $id: 'Errors' })
    const { replies, schemas } = await answering(Errors, Errors)
    expect(replies).toEqual([ref('Errors'), ref('Errors')])
    expect(schemas).toEqual({
      Errors: {
        type: 'object',
        required: ['errors'],
        properties: { errors: { type: 'object', patternProperties: { '^.*$': { type: 'array', items: { type: 'string' } } } } },
      },
    })
    const Tea = t.Object({ name: t.String() })
    const two = await answering(t.Object({ tea: Tea }, { $id: 'Cup' }), t.Object({ tea: Tea }, { $id: 'Pot' }))
    expect(Object.keys(two.schemas)).toEqual(['Cup', 'CupTea', 'Pot'])
  })

  test('of a Standard Schema that several routes share', async () => {
    const User = z.object({ id: z.number() })
    const { replies, schemas } = await answering(User, User)
    expect(replies).toEqual([ref('Get0Reply'), ref('Get0Reply')])
    expect(schemas.Get0Reply).toEqual({ type: 'object', required: ['id'], properties: { id: { type: 'number' } } })
  })

  test('not of a shared text', async () => {
    const Text = t.Object({ a: t.String() })
    const Id = t.Integer()
    const { schemas } = await answering(t.Object({ id: Id, text: Text }), t.Object({ id: Id }))
    expect(schemas).toEqual({})
  })

  test('of a schema that contains itself', async () => {
    const Node = t.Cyclic({ Node: t.Object({ next: t.Optional(t.Ref('Node')) }) }, 'Node')
    expect(await answering(Node)).toEqual({
      replies: [ref('Node')],
      schemas: { Node: { type: 'object', properties: { next: ref('Node') } } },
    })
    const Folder = z.object({
      name: z.string(),
      get inside() {
        return z.array(Folder)
      },
    })
    const { replies, schemas } = await answering(Folder)
    expect(replies).toEqual([ref('Get0Reply')])
    expect(schemas).toMatchObject({ Get0Reply: { properties: { inside: { type: 'array', items: ref('Get0Reply') } } } })
  })

  test('of what a library takes out without a name', async () => {
    const Part = z.object({
      get inside() {
        return z.array(Part)
      },
    })
    const { replies, schemas } = await answering(z.object({ part: Part }))
    expect(replies[0]).toMatchObject({ properties: { part: ref('Get0ReplyPartPart') } })
    expect(schemas.Get0ReplyPartPart).toMatchObject({ properties: { inside: { items: ref('Get0ReplyPartPart') } } })
  })

  test('once of two that say the same under one name', async () => {
    const make = (): Schema => t.Object({ a: t.String() }, { title: 'Thing' })
    const { replies, schemas } = await answering(make(), make())
    expect(replies).toEqual([ref('Thing'), ref('Thing')])
    expect(Object.keys(schemas)).toEqual(['Thing'])
  })

  test('of each of several that say different things under one name', async () => {
    const make = (field: string): Schema => t.Object({ [field]: t.String() }, { title: 'Thing' })
    const { replies } = await answering(make('a'), make('b'), make('c'))
    expect(replies).toEqual([ref('Thing'), ref('ThingOutput'), ref('ThingOutput2')])
  })
})

describe('what is sent and what is read', () => {
  test('are one component where they are the same', async () => {
    const User = z.object({ id: z.number(), in: z.object({ a: z.string() }) }).meta({ id: 'User' })
    const document = await described(core().post('/users', { body: User, reply: { 201: User } }, ({ body, reply }) => reply(201, body)))
    expect(Object.keys(named(document)).filter((name) => !name.endsWith('Problem'))).toEqual(['User'])
  })

  test('are two where they differ', async () => {
    const User = z.object({ name: z.string().default('') }).meta({ id: 'User' })
    const document = await described(core().post('/users', { body: User, reply: { 201: User } }, ({ body, reply }) => reply(201, body)))
    expect(named(document)).toMatchObject({ User: expect.not.objectContaining({ required: ['name'] }), UserOutput: { required: ['name'] } })
  })

  test('a reply does not promise that no field will ever be added', async () => {
    const { replies } = await answering(z.object({ a: z.object({ b: z.string() }) }), z.record(z.string(), z.number()))
    expect(JSON.stringify(replies)).not.toContain('"additionalProperties":false')
    expect(replies[1]).toMatchObject({ additionalProperties: { type: 'number' } })
  })
})

test('values that look like schemas stay as they are', async () => {
  const options = { default: { title: 'Thing', enum: ['a'] }, examples: [{ title: 'Thing', type: 'object', properties: {} }] }
  const { replies, schemas } = await answering(t.Object({ a: t.Object({}, options) }))
  expect(replies[0]).toMatchObject({ properties: { a: options } })
  expect(schemas).toEqual({})
})

test('tuples keep the parts of their items', async () => {
  const User = t.Object({ id: t.Integer() })
  const { replies } = await answering(t.Tuple([User, t.String()]), User)
  expect(replies[0]).toMatchObject({ prefixItems: [ref('Get0Reply'), { type: 'string' }] })
})

test('a reference to somewhere else is left alone', () => {
  const elsewhere = { $ref: 'https://shop.example/schema.json', description: 'Elsewhere' }
  const jsonSchema = { input: () => elsewhere, output: () => elsewhere }
  const standard = { '~standard': { version: 1, vendor: 'own', validate: (value: unknown) => ({ value }), jsonSchema } } as const
  expect(new Schemas([]).of(standard, 'input', 'Hint')).toEqual(elsewhere)
})
