import { sql } from 'drizzle-orm'
import * as pg from 'drizzle-orm/pg-core'
import { app, BootError, type BootProblem, guard } from 'plinth'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { database, DatabaseEngine } from '../database/database.ts'
import { openEngine } from '../database/open-engine.ts'
import type { Engine } from '../database/contract.ts'
import { resources } from '../rest/resources.ts'
import type { AnyResource } from './definition.ts'
import { everyone } from './everyone.ts'
import { resource } from './resource.ts'
import type { ResourceOptions } from './types.ts'

const people = pg.pgTable('people', {
  id: pg.serial().primaryKey(),
  name: pg.text(),
  passwordHash: pg.text(),
  apiKey: pg.text('api_key'),
  bossId: pg.integer().references((): pg.AnyPgColumn => people.id),
})
const houses = pg.pgTable('houses', {
  id: pg.serial().primaryKey(),
  ownerId: pg.integer().references(() => people.id),
  tenantId: pg.integer().references(() => people.id),
})
const open = { access: { read: everyone } } as const

describe('resources at boot', () => {
  let engine: Engine
  beforeAll(async () => {
    engine = await openEngine()
  }, 60_000)
  afterAll(() => engine.close())

  const build = async (list: readonly AnyResource[], warned: unknown[] = []): Promise<void> => {
    const log = { debug() {}, info() {}, warn: (fields: unknown) => void warned.push(fields), error() {}, child: () => log }
    const built = await app({ log })
      .use(database())
      .use('/rest', resources(...list))
      .build({ replace: [DatabaseEngine.with(engine)] })
    await built.close()
  }
  const problemsOf = async (...list: AnyResource[]): Promise<readonly BootProblem[]> => {
    try {
      await build(list)
    } catch (error) {
      if (error instanceof BootError) return error.problems
      throw error
    }
    return []
  }
  const wrong = async (options: object): Promise<unknown> =>
    (await problemsOf(resource(people, options as ResourceOptions<typeof people, never, 'people'>))).map(
      (it) => `${it.code}: ${it.message} | ${it.fix}`,
    )

  test.each<[string, object, string[]]>([
    ['no access', {}, ['resource-without-access', 'it has no access rule, so nobody could do anything']],
    ['empty access', { access: {} }, ['resource-without-access']],
    [
      'a verb that there is not',
      { access: { read: everyone, list: everyone } },
      ['unknown-verb', "access has no verb 'list'", 'read, create, update, delete'],
    ],
    [
      'a rule that is undefined',
      { access: { read: undefined } },
      ['rule-undefined', 'access.read is undefined', 'two files import each other'],
    ],
    ['a rule that is none', { access: { read: 'everyone' } }, ['bad-rule', 'access.read is no rule', 'everyone, a guard']],
    ['an empty list of rules', { access: { read: [] } }, ['bad-rule', 'access.read is an empty list']],
    [
      'an unknown column',
      { ...open, columns: { nam: { read: false } } },
      ['unknown-column', 'columns.nam: the table has no such column', "write 'name'"],
    ],
    [
      'an unknown option of a column',
      { ...open, columns: { name: { hidden: true } } },
      ['bad-column', "columns.name has no option 'hidden'"],
    ],
    ['a column that is no object', { ...open, columns: { name: false } }, ['bad-column', 'columns.name is not an object']],
    [
      'a column rule that says nothing',
      { ...open, columns: { name: { read: 'never' } } },
      ['bad-column', 'columns.name.read says nothing'],
    ],
    [
      'a column set and written',
      { ...open, columns: { name: { set: () => 'x', write: true } } },
      ['set-and-write', 'columns.name is set by the server'],
    ],
    [
      'a column set by no function',
      { ...open, columns: { name: { set: { create: 'x' } } } },
      ['bad-column', 'columns.name.set is no function'],
    ],
    [
      'a column readonly and written',
      { ...open, columns: { name: { readonly: true, write: true } } },
      ['readonly-and-write', 'columns.name is readonly'],
    ],
    [
      'a column that is not quite readonly',
      { ...open, columns: { name: { readonly: false } } },
      ['bad-column', 'columns.name.readonly is not true'],
    ],
    [
      'a computed column of the table',
      { ...open, columns: { name: { compute: () => sql`1` } } },
      ['computed-column', 'columns.name is computed, but the table has'],
    ],
    [
      'a computed column of no function',
      { ...open, columns: { x: { compute: sql`1` } } },
      ['computed-column', 'columns.x.compute is no function'],
    ],
    [
      'a computed column that is written',
      { ...open, columns: { x: { compute: () => sql`1`, write: true } } },
      ['computed-column', "can't be written"],
    ],
    ['relations that are no list', { ...open, relations: 'boss' }, ['bad-option', 'relations is not a list']],
    ['a relation of no form', { ...open, relations: ['a:b:c'] }, ['bad-relation', 'lists something that is no relation']],
    [
      'a relation to nowhere',
      { ...open, relations: ['owner'] },
      ['unknown-relation', "relations lists 'owner'", 'it has ways to: people, boss'],
    ],
    ['an unknown option', { ...open, relation: [] }, ['unknown-option', "it has no option 'relation'", "write 'relations'"]],
    ['an unknown limit', { ...open, limits: { pages: 3 } }, ['unknown-limit', "limits has no 'pages'", 'rows, queryLength']],
    ['a limit below one', { ...open, limits: { rows: 0 } }, ['bad-limit', 'limits.rows is no whole number above zero']],
    ['a switch that is none', { ...open, aggregates: 'yes' }, ['bad-option', 'aggregates is neither true nor false']],
    ['a hook that is none', { ...open, hooks: { beforeWrite: true } }, ['bad-option', 'hooks.beforeWrite is no function']],
    ['a list of an unknown column', { ...open, admin: { list: ['nam'] } }, ['unknown-column', "admin.list names 'nam'"]],
    ['a name that is no path', { ...open, name: 'a/b' }, ['bad-name', "its name can't stand in a path"]],
  ])('refuse %s', async (_, options, parts) => {
    const [told, ...others] = (await wrong(options)) as string[]
    expect(others).toEqual([])
    for (const part of parts) expect(told).toContain(part)
  })

  test('tell everything that is wrong at once, each with its place', async () => {
    const problems = await problemsOf(
      resource(people, { access: {}, columns: { nothing: { read: false } }, relations: ['owner'] } as never),
      resource(houses, { ...open, relations: ['people'] }),
    )
    expect(problems.map((it) => it.code)).toEqual(['resource-without-access', 'unknown-column', 'unknown-relation', 'unknown-relation'])
    for (const it of problems) expect(it.at).toMatch(/boot\.test\.ts:\d+:\d+$/)
    expect(problems[3]).toMatchObject({
      message: "Resource 'houses': relations lists 'people', which may mean several",
      fix: expect.stringContaining("'people!houses_"),
    })
  })

  test('refuse a relation to a table that no resource serves', async () => {
    const [told] = await problemsOf(resource(houses, { ...open, relations: ['owner'] }))
    expect(told).toMatchObject({ code: 'unknown-relation', fix: expect.stringContaining('list the resource of the other table') })
  })

  test('refuse two resources of one table, and two of one name', async () => {
    const twice = await problemsOf(resource(people, open), resource(people, { ...open, name: 'humans' }))
    expect(twice.map((it) => it.message)).toEqual([
      expect.stringMatching(/^Two resources are made of one table: 'humans' and the one at .*boot\.test\.ts/),
    ])
    const named = await problemsOf(resource(people, open), resource(houses, { ...open, name: 'people' }))
    expect(named.map((it) => it.message)).toContainEqual(expect.stringMatching(/^Two resources are called 'people'/))
  })

  test('warn of columns that look like secrets, until it is said what they are', async () => {
    const warned: unknown[] = []
    await build([resource(people, open)], warned)
    expect(warned).toMatchObject([{ resource: 'people', columns: ['passwordHash', 'apiKey'] }])
    warned.length = 0
    await build([resource(people, { ...open, columns: { passwordHash: { read: false }, apiKey: { read: true } } })], warned)
    expect(warned).toEqual([])
  })

  test('are refused at once where they are nothing of the kind', () => {
    expect(() => resource(undefined as never, open)).toThrow('resource(…) takes a table that pgTable(…) made; where it is undefined')
    expect(() => resource(people, undefined as never)).toThrow('resource(people, …) takes options')
    expect(() => resources(undefined as never, people as never)).toThrow('resources(…) takes what resource(…) made')
  })

  test('show their guards among the routes, and what else decides', async () => {
    const signedIn = guard(() => {}, { name: 'signedIn' })
    const editor = guard(() => {}, { name: 'editor', needs: [signedIn] })
    const list = resource(people, { access: { read: everyone, create: editor, update: [editor, () => true], delete: () => true } })
    const built = await app()
      .use(database())
      .use('/rest', resources({ name: 'api' }, list))
      .build({ replace: [DatabaseEngine.with(engine)] })
    const routes = built.routes
      .filter((it) => it.modules.includes('api'))
      .map(
        (it) =>
          `${it.method} ${it.template} ${it.guards
            .filter((guard) => !guard.always)
            .map(({ name }) => name)
            .join(', ')}`,
      )
    expect(routes).toEqual([
      'GET /rest/people open to everyone',
      'GET /rest/people/:id open to everyone',
      'POST /rest/people signedIn, editor',
      'PATCH /rest/people signedIn, editor, row rules',
      'PATCH /rest/people/:id signedIn, editor, row rules',
      'DELETE /rest/people row rules',
      'DELETE /rest/people/:id row rules',
      'PUT /rest/people signedIn, editor, row rules',
      'OPTIONS /rest/people ',
    ])
    await built.close()
  })
})
