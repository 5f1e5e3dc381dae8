import { Validator } from '@seriousme/openapi-schema-validator'
import { sql } from 'drizzle-orm'
import * as pg from 'drizzle-orm/pg-core'
import { app } from 'plinth'
import { type OpenapiDocument, openapiDocument } from 'plinth/openapi'
import { beforeAll, describe, expect, test } from 'vitest'
import { database } from '../database/database.ts'
import { Comments, Posts, PostsTags, Tags, Users } from '../resource/fixtures/forum.ts'
import type { AnyResource } from '../resource/definition.ts'
import { everyone } from '../resource/everyone.ts'
import { resource } from '../resource/resource.ts'
import { resources } from '../rest/resources.ts'

type Operation = OpenapiDocument['paths'][string][string]

const validator = new Validator()

async function documentOf(...list: readonly AnyResource[]): Promise<OpenapiDocument> {
  await using built = await app({ name: 'forum' })
    .use(database({}))
    .use('/rest', resources(...list))
    // Without a database: that would be for the rows.
    .build({ services: false })
  const document = JSON.parse(JSON.stringify(openapiDocument(built))) as OpenapiDocument
  const { valid, errors } = await validator.validate(structuredClone(document) as unknown as Record<string, unknown>)
  if (!valid) throw new Error(`the document is not valid: ${JSON.stringify(errors)}`)
  return document
}

const mood = pg.pgEnum('mood', ['calm', 'very "loud"'])
const things = pg.pgTable('things', {
  id: pg.bigint({ mode: 'bigint' }).primaryKey().generatedAlwaysAsIdentity(),
  code: pg.varchar({ length: 8 }).notNull(),
  mood: mood().notNull().default('calm'),
  moods: mood().array(),
  price: pg.numeric({ precision: 10, scale: 2 }),
  done: pg.boolean().notNull(),
  at: pg.timestamp({ withTimezone: true }).notNull().defaultNow(),
  local: pg.timestamp(),
  day: pg.date(),
  data: pg.jsonb(),
  order: pg.integer(),
  key: pg.uuid().notNull(),
  double: pg.integer().generatedAlwaysAs(sql`1`),
})
const Things: AnyResource = resource(things, {
  access: { read: everyone, create: everyone, update: everyone, delete: everyone },
  columns: { key: { readonly: true } },
  aggregates: true,
  unfilteredWrites: true,
})

describe('the document of resources', () => {
  let document: OpenapiDocument
  const schema = (name: string) => document.components?.schemas?.[name] as { properties: { [name: string]: unknown }; required?: string[] }
  const operation = (method: string, path: string): Operation => document.paths[path]![method]!
  const parameter = (from: Operation, name: string, place = 'query') => from.parameters?.find((it) => it.name === name && it.in === place)
  const names = (from: Operation, place: string) => from.parameters?.filter((it) => it.in === place).map((it) => it.name)

  beforeAll(async () => {
    document = await documentOf(Users, Posts, Comments, Tags, PostsTags, Things)
  })

  test('has the verbs that access speaks of, in both forms, under a tag for each resource', () => {
    const offered = Object.entries(document.paths).map(([path, item]) => [path, Object.keys(item).sort().join(' ')])
    expect(Object.fromEntries(offered)).toEqual({
      '/rest/users': 'get',
      '/rest/users/{id}': 'get',
      '/rest/posts': 'delete get patch post put',
      '/rest/posts/{id}': 'delete get patch',
      '/rest/comments': 'delete get patch post put',
      '/rest/comments/{id}': 'delete get patch',
      '/rest/tags': 'get',
      '/rest/tags/{id}': 'get',
      '/rest/posts_tags': 'get post',
      '/rest/things': 'delete get patch post put',
      '/rest/things/{id}': 'delete get patch',
    })
    expect(operation('get', '/rest/posts').tags).toEqual(['posts'])
    expect(document.tags?.map((it) => it.name)).toEqual(['comments', 'posts', 'posts_tags', 'tags', 'things', 'users'])
  })

  test('knows which columns anybody may read, write and leave out', () => {
    expect(Object.keys(schema('Users').properties)).toEqual(['id', 'name', 'email'])
    expect(Object.keys(schema('PostsInsert').properties)).toEqual([
      'id',
      'title',
      'body',
      'reviewerId',
      'publishedAt',
      'internalNotes',
      'slug',
      'touchedAt',
    ])
    expect(schema('PostsInsert').required).toEqual(['title'])
    expect(schema('PostsUpdate').required).toBeUndefined()
    expect(schema('Posts').properties['headline']).toEqual({ type: ['string', 'null'], description: 'Computed.', readOnly: true })
    expect(schema('Posts').properties['internalNotes']).toEqual({
      type: ['string', 'null'],
      description: 'Not everybody may read it: editor.',
    })
  })

  test('gives values the form that they have in JSON', () => {
    expect(schema('Things').properties).toEqual({
      id: { type: 'integer', format: 'int64', description: 'Part of the key.', readOnly: true },
      code: { type: 'string', maxLength: 8 },
      mood: { type: 'string', enum: ['calm', 'very "loud"'] },
      moods: { type: ['array', 'null'], items: {} },
      price: { type: ['number', 'null'] },
      done: { type: 'boolean' },
      at: { type: 'string', format: 'date-time' },
      local: { type: ['string', 'null'], description: 'A date and a time without a zone: `2026-01-31T12:30:00`.' },
      day: { type: ['string', 'null'], format: 'date' },
      data: {},
      order: { type: ['integer', 'null'], format: 'int32' },
      key: { type: 'string', format: 'uuid' },
      double: { type: ['integer', 'null'], format: 'int32', readOnly: true },
    })
    expect(schema('ThingsInsert').required).toEqual(['code', 'done'])
  })

  test('lists the grammar of reading, with what one would write for each column', () => {
    const read = operation('get', '/rest/posts')
    expect(names(read, 'query')).toEqual([
      'select',
      'id',
      'title',
      'body',
      'authorId',
      'reviewerId',
      'publishedAt',
      'internalNotes',
      'slug',
      'updatedBy',
      'touchedAt',
      'views',
      'headline',
      'or',
      'and',
      'order',
      'limit',
      'offset',
    ])
    expect(names(read, 'header')).toEqual(['Range', 'Range-Unit', 'Prefer'])
    expect(parameter(read, 'id')?.examples).toEqual({
      equals: { summary: 'equals', value: 'eq.5' },
      'at-least': { summary: 'at least', value: 'gte.10' },
      'one-of': { summary: 'one of', value: 'in.(1,2,3)' },
    })
    expect(parameter(read, 'limit')?.schema).toEqual({ type: 'integer', minimum: 0, maximum: 3 })
    expect(parameter(read, 'select')?.description).toContain('`reader:users!reviewerId`')
    expect(parameter(read, 'select')?.examples?.['embedded']?.value).toBe('id,author(*)')
    const things = operation('get', '/rest/things')
    expect(parameter(things, 'mood')?.examples?.['one-of']?.value).toBe(String.raw`in.(calm,"very \"loud\"")`)
    // The grammar's own: the column of that name is none of it.
    expect(things.parameters?.filter((it) => it.name === 'order').map((it) => it.description)).toEqual([
      'By which columns, first by the first.',
    ])
    expect(parameter(things, 'select')?.examples?.['counted']?.value).toBe('count()')
  })

  test('describes bodies, answers and errors', () => {
    const create = operation('post', '/rest/posts')
    expect(create.requestBody?.content['application/json']).toEqual({
      schema: {
        oneOf: [{ $ref: '#/components/schemas/PostsInsert' }, { type: 'array', items: { $ref: '#/components/schemas/PostsInsert' } }],
      },
      examples: { 'one-row': { value: { title: 'text' } }, 'several-rows': { value: [{ title: 'text' }] } },
    })
    expect(Object.keys(create.responses)).toEqual(['200', '201', '400', '401', '403', '406', '409', '413', 'default'])
    expect(create.responses[401]).toMatchObject({
      content: { 'application/json': { schema: { $ref: '#/components/schemas/PostgrestError' } } },
    })
    const read = operation('get', '/rest/posts').responses[200]
    expect(read).toMatchObject({
      content: { 'application/json': { schema: { type: 'array', items: { $ref: '#/components/schemas/Posts' } } } },
    })
    const one = operation('get', '/rest/posts/{id}')
    expect(one.responses[200]).toMatchObject({ content: { 'application/json': { schema: { $ref: '#/components/schemas/Posts' } } } })
    expect(Object.keys(one.responses)).toEqual(['200', '400', '401', '403', '404', 'default'])
    expect(parameter(one, 'id', 'path')).toMatchObject({ required: true, schema: { type: 'integer', format: 'int32' } })
  })

  test('says that a write without a filter is refused, unless the resource allows it', () => {
    expect(operation('patch', '/rest/posts').description).toBe(
      'Changes the rows that the filters choose. A request without a filter is refused.',
    )
    expect(operation('delete', '/rest/things').description).toBe('Deletes the rows that the filters choose.')
  })
})
