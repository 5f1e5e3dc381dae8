import * as pg from 'drizzle-orm/pg-core'
import { problem } from 'plinth'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { engines } from '../fixtures/engines.ts'
import type { AnyResource } from './definition.ts'
import { everyone } from './everyone.ts'
import { type Forum, openForum } from './fixtures/forum.ts'
import { resource } from './resource.ts'
import type { Writing, Written } from './types.ts'

const tags = pg.pgTable('tags', { id: pg.integer().primaryKey(), label: pg.text().notNull() })
const users = pg.pgTable('users', {
  id: pg.serial().primaryKey(),
  name: pg.text().notNull(),
  email: pg.text().notNull(),
  passwordHash: pg.text('password_hash').notNull().default('x'),
})

let before: (writing: Writing<typeof tags>) => unknown = () => {}
const told: Written<typeof tags>[] = []
let failing = false

const Tags = resource(tags, {
  access: { read: everyone, create: everyone, update: everyone.where(() => true), delete: everyone },
  unfilteredWrites: true,
  hooks: {
    beforeWrite: async (writing) => void (await before(writing)),
    afterCommit: (written) => {
      told.push(written)
      if (failing) throw new Error('mail is down')
    },
  },
})
const Users: AnyResource = resource(users, {
  access: { read: everyone, create: everyone },
  columns: { passwordHash: { read: false } },
  hooks: {
    beforeWrite: ({ rows }) => {
      for (const row of rows) row.passwordHash = `hash of ${row.name}`
    },
  },
})

describe.each(engines)('hooks ($kind)', (kind) => {
  let forum: Forum
  beforeAll(async () => {
    forum = await openForum(kind, [Tags, Users])
  }, 60_000)
  beforeEach(async () => {
    before = () => {}
    told.length = 0
    failing = false
    forum.logged.length = 0
    await forum.reset()
  })
  afterAll(() => forum.close())

  test('before a write may change and add rows; what happened is told after the commit', async () => {
    before = ({ verb, rows }) => {
      expect(verb).toBe('create')
      for (const row of rows) row.label = row.label!.toUpperCase()
      rows.push({ id: 11, label: 'more' })
    }
    const made = await forum.ask(undefined, 'POST', '/tags', { id: 10, label: 'x' }, { prefer: 'return=representation' })
    expect([made.status, made.json]).toEqual([
      201,
      [
        { id: 10, label: 'X' },
        { id: 11, label: 'more' },
      ],
    ])
    expect(told).toMatchObject([{ verb: 'create', user: null, rows: [{ id: 10, label: 'X' }, { id: 11 }] }])
  })

  test('what they refuse is answered, and nothing was written', async () => {
    before = () => {
      throw problem('conflict')
    }
    const refused = await forum.ask(undefined, 'POST', '/tags', { id: 10, label: 'x' })
    expect([refused.status, refused.json]).toMatchObject([
      409,
      { code: 'conflict', message: 'The request conflicts with the present state' },
    ])
    before = async () => {
      await forum.engine.query({ text: `UPDATE tags SET label = 'changed'`, values: [] })
      throw problem('forbidden')
    }
    expect((await forum.ask(undefined, 'DELETE', '/tags')).status).toBe(403)
    expect((await forum.ask(undefined, 'GET', '/tags?order=id')).json).toEqual([
      { id: 1, label: 'red' },
      { id: 2, label: 'blue' },
    ])
    expect(told).toEqual([])
  })

  test('a write that fails in the database takes back what they wrote, and is not told', async () => {
    before = () => forum.engine.query({ text: `UPDATE tags SET label = 'changed'`, values: [] })
    expect((await forum.ask(undefined, 'POST', '/tags', { id: 1, label: 'x' })).status).toBe(409)
    expect((await forum.ask(undefined, 'GET', '/tags?id=eq.1')).json).toEqual([{ id: 1, label: 'red' }])
    expect(told).toEqual([])
  })

  test('they see the one change of an update and no rows of a deletion; both are told of whole', async () => {
    await forum.engine.script(`INSERT INTO tags VALUES (3, 'green')`)
    const seen: unknown[] = []
    before = ({ verb, rows }) => void seen.push([verb, structuredClone(rows)])
    await forum.ask(undefined, 'PATCH', '/tags?id=eq.1', { label: 'pink' })
    await forum.ask(undefined, 'DELETE', '/tags?id=eq.3')
    await forum.ask(undefined, 'DELETE', '/tags?id=eq.99')
    expect(seen).toEqual([
      ['update', [{ label: 'pink' }]],
      ['delete', []],
      ['delete', []],
    ])
    expect(told.map((it) => [it.verb, it.rows])).toEqual([
      ['update', [{ id: 1, label: 'pink' }]],
      ['delete', [{ id: 3, label: 'green' }]],
    ])
  })

  test('they are handed only what the client may write, and may write more', async () => {
    const sneaky = await forum.ask(undefined, 'POST', '/users?columns=name,email', [
      { name: 'Zoe', email: 'z@a.example', passwordHash: 'known' },
    ])
    expect(sneaky.status).toBe(201)
    expect((await forum.ask(undefined, 'POST', '/users', { name: 'Kim', email: 'k@a.example', passwordHash: 'known' })).status).toBe(400)
    const rows = await forum.engine.query({ text: `SELECT name, password_hash FROM users WHERE name IN ('Zoe', 'Kim')`, values: [] })
    expect(rows).toEqual([{ name: 'Zoe', password_hash: 'hash of Zoe' }])
    expect(
      (await forum.ask(undefined, 'POST', '/users', { name: 'Kim', email: 'k@a.example' }, { prefer: 'return=representation' })).text,
    ).not.toContain('hash')
  })

  test('numbers of a body that they leave alone keep their digits', async () => {
    const answer = await forum.ask(undefined, 'PATCH', '/tags?id=eq.1', '{"label": 12345678901234567890.12345678901234567890}')
    expect(answer.status).toBe(204)
    expect((await forum.ask(undefined, 'GET', '/tags?id=eq.1')).json).toEqual([
      { id: 1, label: '12345678901234567890.12345678901234567890' },
    ])
  })

  test('one that fails after the commit is logged; the answer stands', async () => {
    failing = true
    expect((await forum.ask(undefined, 'POST', '/tags', { id: 10, label: 'x' })).status).toBe(201)
    expect(forum.logged).toMatchObject([{ level: 'error', message: 'an afterCommit hook failed', fields: { resource: 'tags' } }])
    expect((await forum.ask(undefined, 'GET', '/tags?id=eq.10')).json).toHaveLength(1)
  })
})
