import { describe, expect, test } from 'vitest'
import { core, guard, module, t } from '../index.ts'
import { openapiDocument } from './document.ts'
import { described, operation, operationOf } from './fixtures/described.ts'
import { libraryApi, libraryOptions } from './fixtures/library-api.ts'

const plain = (name = 'shop'): ReturnType<typeof core> => core({ name })

describe('a whole API', () => {
  test('gives a valid document', async () => {
    const document = await described(libraryApi, libraryOptions)
    expect(Object.keys(document.paths)).toHaveLength(24)
    expect(document.openapi).toBe('3.1.1')
  })

  test('gives the same document each time', async () => {
    await using built = await libraryApi.build()
    const [one, other] = [openapiDocument(built, libraryOptions), openapiDocument(built, libraryOptions)]
    expect(JSON.stringify(one)).toBe(JSON.stringify(other))
  })

  test('refers only to components that are there, and has none that nobody refers to', async () => {
    const document = await described(libraryApi, libraryOptions)
    const text = JSON.stringify(document)
    const referred = new Set([...text.matchAll(/"(#\/components\/[^"]+)"/g)].map((match) => match[1]))
    const { securitySchemes: _, ...components } = document.components ?? {}
    const present = Object.entries(components).flatMap(([kind, all]) => Object.keys(all).map((name) => `#/components/${kind}/${name}`))
    expect([...referred].sort()).toEqual(present.sort())
    expect(text).not.toContain('$defs')
  })

  test('has operation ids of its own for every operation', async () => {
    const document = await described(libraryApi, libraryOptions)
    const ids = Object.values(document.paths).flatMap((item) => Object.values(item).map((it) => it.operationId))
    expect(new Set(ids).size).toBe(ids.length)
    for (const id of ids) expect(id).toMatch(/^[A-Za-z_][A-Za-z0-9_]*$/)
  })

  test('leaves out hidden routes and mounts', async () => {
    const { paths } = await described(libraryApi, libraryOptions)
    expect(Object.keys(paths).filter((path) => /secret|mounted/.test(path))).toEqual([])
  })
})

describe('info and servers', () => {
  test('come from the application where nobody says otherwise', async () => {
    const document = await described(plain('Shop').get('/', () => ''))
    expect(document.info).toEqual({ title: 'Shop', version: '0.0.0' })
    expect(document.servers).toEqual([{ url: '/' }])
    expect(document.tags).toBeUndefined()
  })

  test('are what the options say', async () => {
    const options = { title: 'T', version: '1.2.3', summary: 's', description: 'd', contact: { name: 'c' }, license: { name: 'MIT' } }
    const { info } = await described(
      plain().get('/', () => ''),
      options,
    )
    expect(info).toEqual(options)
  })

  test('an application without routes has a document too', async () => {
    expect(await described(plain())).toEqual({
      openapi: '3.1.1',
      info: { title: 'shop', version: '0.0.0' },
      servers: [{ url: '/' }],
      paths: {},
    })
  })
})

describe('an operation', () => {
  test('has summary, description, tags, deprecation and sunset', async () => {
    const app = plain().get(
      '/a',
      { summary: 's', description: 'd', tags: ['x'], deprecated: true, sunset: '2027-06-30', id: 'theA' },
      () => '',
    )
    expect(await operationOf(app, 'get', '/a')).toMatchObject({
      operationId: 'theA',
      summary: 's',
      description: 'd',
      tags: ['x'],
      deprecated: true,
      'x-sunset': '2027-06-30',
    })
  })

  test('is not deprecated where its contract takes that back', async () => {
    const app = plain().use(module('old', { deprecated: true }).get('/a', { deprecated: false }, () => ''))
    expect(await operationOf(app, 'get', '/a')).not.toHaveProperty('deprecated')
  })

  test('gets an id of method and path', async () => {
    const app = plain()
      .get('/', () => '')
      .get('/blog-posts/:id/comments', () => '')
      .post('/café/*', () => '')
    const { paths } = await described(app)
    expect(Object.values(paths).map((item) => Object.values(item)[0]?.operationId)).toEqual([
      'getRoot',
      'getBlogPostsByIdComments',
      'postCafByRest',
    ])
  })

  test('keeps the id that it was given when another would be called the same', async () => {
    const app = plain()
      .get('/a', { id: 'same' }, () => '')
      .get('/b', { id: 'same' }, () => '')
    const { paths } = await described(app)
    expect([paths['/a']?.get?.operationId, paths['/b']?.get?.operationId]).toEqual(['same', 'same2'])
  })
})

describe('optional parameters', () => {
  test('make two paths, each with an id of its own', async () => {
    const document = await described(plain().get('/archive/:year/:month?', { id: 'archive' }, () => ''))
    expect(Object.keys(document.paths)).toEqual(['/archive/{year}/{month}', '/archive/{year}'])
    expect(operation(document, 'get', '/archive/{year}').operationId).toBe('archiveWithoutMonth')
    expect(operation(document, 'get', '/archive/{year}').parameters).toHaveLength(1)
  })
})

test('two names of the same path parameter become the one that came first', async () => {
  const app = plain()
    .get('/users/:id', { params: t.Object({ id: t.Integer() }) }, () => '')
    .delete('/users/:user', { params: t.Object({ user: t.Integer() }) }, () => null)
  const document = await described(app)
  expect(Object.keys(document.paths)).toEqual(['/users/{id}'])
  expect(operation(document, 'delete', '/users/{id}').parameters).toEqual([
    { name: 'id', in: 'path', required: true, schema: { type: 'integer' } },
  ])
})

describe('tags', () => {
  test('come in the order of the options, others behind them, unused ones not at all', async () => {
    const app = plain()
      .get('/a', { tags: ['zebra', 'ape'] }, () => '')
      .get('/b', { tags: ['people'] }, () => '')
    const { tags } = await described(app, { tags: { people: 'P', zebra: 'Z', unused: 'U' } })
    expect(tags).toEqual([{ name: 'people', description: 'P' }, { name: 'zebra', description: 'Z' }, { name: 'ape' }])
  })

  test('of a module hold for its routes', async () => {
    const app = plain().use(module('m', { tags: ['m'] }).get('/a', () => ''))
    expect((await operationOf(app, 'get', '/a')).tags).toEqual(['m'])
  })
})

describe('security', () => {
  const pass = (name: string, security?: string): ReturnType<typeof guard> =>
    guard(() => undefined, { name, ...(security === undefined ? {} : { security }) })

  test('wants together what the guards of a route name', async () => {
    const app = plain().get('/a', { guards: [pass('a', 'bearer'), pass('b', 'key'), pass('c')] }, () => '')
    const securitySchemes = { key: { type: 'apiKey', in: 'header', name: 'x-key' } } as const
    const document = await described(app, { securitySchemes })
    expect(operation(document, 'get', '/a').security).toEqual([{ bearer: [], key: [] }])
    expect(document.components?.securitySchemes).toEqual({ bearer: { type: 'http', scheme: 'bearer' }, ...securitySchemes })
  })

  test('is nothing on open routes', async () => {
    const app = core({ name: 'shop', guards: [pass('a', 'basic')] })
      .get('/open', { open: true }, () => '')
      .get('/shut', () => '')
    const document = await described(app)
    expect(operation(document, 'get', '/open').security).toEqual([])
    expect(operation(document, 'get', '/shut').security).toEqual([{ basic: [] }])
  })

  test('may be described otherwise than known', async () => {
    const bearer = { type: 'http', scheme: 'bearer', bearerFormat: 'JWT' } as const
    const document = await described(
      plain().get('/a', { guards: [pass('a', 'bearer')] }, () => ''),
      { securitySchemes: { bearer } },
    )
    expect(document.components?.securitySchemes).toEqual({ bearer })
  })

  test('that nothing describes is refused, with what to write', async () => {
    await using built = await plain()
      .get('/a', { guards: [pass('a', 'toString')] }, () => '')
      .build()
    expect(() => openapiDocument(built)).toThrow(/the security scheme 'toString', which nothing describes: openapi\(\{ securitySchemes/)
  })
})
