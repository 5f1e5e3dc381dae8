import { and, eq, sql, type SQLWrapper } from 'drizzle-orm'
import * as pg from 'drizzle-orm/pg-core'
import { app, guard, refuse } from 'plinth'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { database, DatabaseEngine } from '../database/database.ts'
import { engines, type Template, type TestEngine } from '../fixtures/engines.ts'
import { resources } from '../rest/resources.ts'
import { everyone } from './everyone.ts'
import { asUser, byHeader } from './fixtures/forum.ts'
import { resource } from './resource.ts'

const teams = pg.pgTable('teams', { id: pg.integer().primaryKey(), name: pg.text(), budget: pg.integer() })
const members = pg.pgTable('members', {
  id: pg.integer().primaryKey(),
  teamId: pg.integer('team_id').references(() => teams.id),
  name: pg.text(),
})
const schemaSql = `
CREATE TABLE teams (id int PRIMARY KEY, name text, budget int);
CREATE TABLE members (id int PRIMARY KEY, team_id int REFERENCES teams, name text);
INSERT INTO teams VALUES (1, 'red', 10), (2, 'blue', 20); INSERT INTO members VALUES (1, 1, 'Ann'), (2, 2, 'Bob');
`

const asked: string[] = []
let rule: () => unknown = () => true
let failing = false
const signedIn = guard(
  async (ctx) => {
    await Promise.resolve()
    asked.push('signedIn')
    if (ctx.user === null) refuse('not-signed-in')
    if (failing) throw new Error('the guard broke')
    return { tenant: asUser(ctx.user).id }
  },
  { name: 'signedIn' },
)
const manager = guard(
  (ctx) => {
    asked.push(`manager of ${(ctx as unknown as { tenant: number }).tenant}`)
    if (asUser(ctx.user).role !== 'editor') refuse('forbidden')
  },
  { name: 'manager', needs: [signedIn] },
)

const Teams = resource(teams, {
  access: { read: [signedIn, (row, { user }) => eq(row.id, asUser(user).id)], create: manager },
  columns: {
    budget: { read: manager },
    // Fails on the second row.
    share: { compute: (row) => sql`100 / (${row.budget} - 20)`, type: 'integer' },
  },
  relations: ['members'],
})
const Members = resource(members, {
  access: {
    read: everyone,
    create: everyone,
    update: () => rule() as SQLWrapper,
    delete: [(row) => eq(row.name, 'Ann'), (row) => and(eq(row.id, 1), eq(row.teamId, 1))],
  },
  relations: ['team'],
})

describe.each(engines)('guards and rules of resources ($kind)', ({ template }) => {
  let origin: Template
  let own: TestEngine
  let fetch: (request: Request) => Promise<Response>
  const errors: unknown[] = []
  beforeAll(async () => {
    origin = await template(schemaSql)
    own = await origin.clone()
    const log = { debug() {}, info() {}, warn() {}, error: (fields: unknown) => void errors.push(fields), child: () => log }
    const built = await app({ log })
      .use(database())
      .identify(byHeader)
      .use('/rest', resources(Teams, Members))
      .build({ replace: [DatabaseEngine.with(own.engine)] })
    fetch = built.fetch as typeof fetch
  }, 60_000)
  beforeEach(() => {
    asked.length = errors.length = 0
    rule = () => true
    failing = false
  })
  afterAll(async () => {
    await own[Symbol.asyncDispose]()
    await origin[Symbol.asyncDispose]()
  })
  const ask = async (user: string | undefined, method: string, target: string, body?: object): Promise<[number, unknown]> => {
    const headers = { ...(user !== undefined && { 'x-user': user }), 'content-type': 'application/json' }
    const answer = await fetch(
      new Request(`http://a/rest${target}`, { method, headers, ...(body !== undefined && { body: JSON.stringify(body) }) }),
    )
    const text = await answer.text()
    return [answer.status, text === '' ? undefined : JSON.parse(text)]
  }

  test('a guard of an embedded table is asked before anything is planned, and refuses the request', async () => {
    expect(await ask(undefined, 'GET', '/members?select=name')).toEqual([200, [{ name: 'Ann' }, { name: 'Bob' }]])
    expect(asked).toEqual([])
    expect(await ask(undefined, 'GET', '/members?select=name,team(name)')).toMatchObject([401, { code: 'not-signed-in' }])
    expect(asked).toEqual(['signedIn'])
    expect(await ask('1', 'GET', '/members?select=name,team(name)&order=id')).toEqual([
      200,
      [
        { name: 'Ann', team: { name: 'red' } },
        { name: 'Bob', team: null },
      ],
    ])
  })

  test('a guard is asked once a request, wherever it stands, with what it needs before it', async () => {
    expect(await ask('1 editor', 'GET', '/members?select=team(*)&id=eq.1')).toEqual([200, [{ team: { id: 1, name: 'red', budget: 10 } }]])
    expect(asked).toEqual(['signedIn', 'manager of 1'])
    asked.length = 0
    expect(await ask('1', 'GET', '/teams?select=*,members(name)')).toEqual([200, [{ id: 1, name: 'red', members: [{ name: 'Ann' }] }]])
    // Before the route, and again by the guard of the column, which is another's need.
    expect(asked).toEqual(['signedIn', 'manager of 1'])
  })

  test('what a computed column fails on in rows that one may not read is never told', async () => {
    for (const target of [
      '/teams?select=id,share',
      '/teams?select=id,share&share=lt.0',
      '/teams?select=id,share&order=share',
      '/teams?select=id,share&or=(share.lt.0,id.eq.7)',
    ]) {
      expect(await ask('1', 'GET', target), target).toEqual([200, [{ id: 1, share: -10 }]])
    }
    expect((await ask('1', 'GET', '/members?select=id,team(share)&order=team(share),id&team.share=lt.0'))[1]).toEqual([
      { id: 1, team: { share: -10 } },
      { id: 2, team: null },
    ])
    expect(await ask('2', 'GET', '/teams?select=share')).toMatchObject([400, { code: '22012' }])
  })

  test('a foreign key is held against the rules of the other table, whose guard may refuse', async () => {
    expect(await ask(undefined, 'POST', '/members', { id: 3, teamId: 1 })).toMatchObject([401, { code: 'not-signed-in' }])
    expect(await ask('1', 'POST', '/members', { id: 3, teamId: 2 })).toMatchObject([403, { code: '42501' }])
    expect(await ask(undefined, 'POST', '/members', { id: 3, name: 'of no team' })).toMatchObject([201, undefined])
    await own.engine.script('DELETE FROM members WHERE id = 3')
  })

  test('of several rules all must hold', async () => {
    expect(await ask(undefined, 'DELETE', '/members?id=eq.1')).toMatchObject([
      401,
      { code: '42501', hint: 'Send credentials with the request.' },
    ])
    expect((await ask('5', 'DELETE', '/members?id=gt.0'))[0]).toBe(204)
    expect(await ask(undefined, 'GET', '/members?select=id')).toEqual([200, [{ id: 2 }]])
    await own.engine.script(`INSERT INTO members VALUES (1, 1, 'Ann')`)
  })

  test('a rule that answers nothing gives no rows', async () => {
    for (const nothing of [undefined, false]) {
      rule = () => nothing
      expect(await ask('1', 'PATCH', '/members?id=eq.2', { name: 'x' })).toMatchObject([
        403,
        { code: '42501', message: 'permission denied for table members' },
      ])
    }
  })

  test.each<[string, () => unknown, string]>([
    ['a promise', () => Promise.reject(new Error('late')), "the rule of 'update' gave a promise"],
    ['neither SQL nor true', () => 1, "the rule of 'update' gave neither SQL nor true or false"],
  ])('a rule that gives %s is our mistake', async (_, gives, message) => {
    rule = gives
    const [status, body] = await ask('1', 'PATCH', '/members?id=eq.2', { name: 'x' })
    expect([status, body]).toMatchObject([
      500,
      { code: 'internal-error', message: 'Something went wrong on our side', details: expect.stringContaining('Request id') },
    ])
    expect(String((errors[0] as { err: Error }).err)).toContain(message)
  })

  test('a guard that breaks is our mistake, not a refusal', async () => {
    failing = true
    expect((await ask('1', 'GET', '/members?select=team(name)'))[0]).toBe(500)
    expect(String((errors[0] as { err: Error }).err)).toContain('the guard broke')
  })

  test('a database that does not know the schema is our mistake', async () => {
    await own.engine.script('ALTER TABLE members RENAME TO gone')
    try {
      const [status, body] = await ask('1', 'GET', '/members')
      expect([status, body]).toMatchObject([500, { message: 'The database could not answer this request', details: null }])
      expect(errors).toHaveLength(1)
    } finally {
      await own.engine.script('ALTER TABLE gone RENAME TO members')
    }
  })
})
