import { integer, pgTable, text } from 'drizzle-orm/pg-core'
import { app, type Built, type Logger } from 'plinth'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { database as databaseStarter, DatabaseEngine } from '../database/database.ts'
import { databasesOf, type EngineDatabase } from '../fixtures/engine-database.ts'
import { engines } from '../fixtures/engines.ts'
import { history } from '../outbox/history.ts'
import { resources } from '../rest/resources.ts'
import type { AnyResource } from './definition.ts'
import { everyone } from './everyone.ts'
import { byHeader } from './fixtures/forum.ts'
import { resource } from './resource.ts'

const notes = pgTable('notes', { id: integer().primaryKey(), body: text(), apiToken: text('api_token'), secret: text() })
const access = { read: everyone, create: everyone, update: everyone, delete: everyone }
const columns = { secret: { read: false } }
const Notes = (asked: { readonly history?: boolean; readonly live?: boolean }): AnyResource =>
  resource(notes, { access, columns, ...asked })

const nothing = (): void => {}
const silent: Logger = { debug: nothing, info: nothing, warn: nothing, error: nothing, child: () => silent }

describe.each(engines)('resources with history on $kind', (kind) => {
  const next = databasesOf(kind)
  let database: EngineDatabase
  beforeEach(
    async () => void (database = await next('CREATE TABLE notes (id int PRIMARY KEY, body text, api_token text, secret text)')),
    60_000,
  )
  afterEach(() => database.drop())

  const open = (it: AnyResource): Promise<Built> =>
    app({ name: 'shop', log: silent })
      .use(databaseStarter({ schema: { notes } }))
      .identify(byHeader)
      .use('/rest', resources(it))
      .build({ replace: [DatabaseEngine.with(database.engine)] })
  const send = async (built: Built, user: string | undefined, method: string, target: string, body?: unknown): Promise<number> => {
    const headers = { 'content-type': 'application/json', ...(user !== undefined && { 'x-user': user }) }
    const request = new Request(`http://shop.example/rest${target}`, {
      method,
      headers,
      ...(body !== undefined && { body: JSON.stringify(body) }),
    })
    return ((await built.fetch(request)) as Response).status
  }
  const triggers = async (): Promise<number> =>
    (await database.engine.query({ text: `SELECT FROM pg_trigger WHERE tgname LIKE 'plinth_%'`, values: [] })).length

  test('keep who changed what, but nothing that nobody may read, nor what looks like a secret', async () => {
    const built = await open(Notes({ history: true }))
    expect(await send(built, '7', 'POST', '/notes', { id: 1, body: 'a', apiToken: 'x' })).toBe(201)
    expect(await send(built, undefined, 'PATCH', '/notes?id=eq.1', { body: 'b' })).toBe(204)
    expect(await send(built, '8 editor', 'DELETE', '/notes?id=eq.1')).toBe(204)
    await database.engine.script(`INSERT INTO notes VALUES (2, 'by hand', 'x', 'y')`)
    const found = await history(database.engine, { table: 'notes' })
    expect(found.map(({ operation, actor, old, new: now }) => [operation, actor, old, now])).toEqual([
      ['insert', undefined, undefined, '{"id": 2, "body": "by hand"}'],
      ['delete', '8', '{"id": 1, "body": "b"}', undefined],
      ['update', undefined, '{"id": 1, "body": "a"}', '{"id": 1, "body": "b"}'],
      ['insert', '7', undefined, '{"id": 1, "body": "a"}'],
    ])
    await built.close()
  })

  test('have triggers for as long as they ask for them; an application that never asks gets nothing into its database', async () => {
    await (await open(Notes({}))).close()
    expect(await database.engine.query({ text: `SELECT to_regnamespace('plinth') AS it`, values: [] })).toEqual([{ it: null }])
    await (await open(Notes({ live: true }))).close()
    expect(await triggers()).toBe(3)
    await (await open(Notes({ history: true }))).close()
    expect(await triggers()).toBe(2)
    await (await open(Notes({}))).close()
    expect(await triggers()).toBe(0)
  })

  test('without their table keep the application from starting, and say what to do', async () => {
    await database.engine.script('DROP TABLE notes')
    await expect(open(Notes({ history: true }))).rejects.toMatchObject({
      problems: [
        {
          code: 'changes-not-kept',
          message: 'history and live of resources: There is no table public.notes whose changes could be kept',
          fix: expect.stringContaining('plinth db migrate'),
        },
      ],
    })
  })
})
