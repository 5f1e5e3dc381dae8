// Relations that are not plain tables: views, partitioned tables, tables whose columns the database writes alone.
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openAccess } from '../access/open-access.ts'
import { ownRows } from '../fixtures/blog.ts'
import { createDatabase, hasPostgres, type TestDatabase } from '../fixtures/database.ts'
import type { Access } from '../access/contract.ts'
import type { Model } from '../model/contract.ts'
import { introspect } from '../model/introspect.ts'
import type { DataAnswer } from './answer.ts'
import { serveRequest } from './serve-request.ts'

const sql = `
CREATE SCHEMA app;
CREATE TABLE app.items (id int PRIMARY KEY, label text, owner int NOT NULL DEFAULT 1);
CREATE VIEW app.labels AS SELECT id, label, owner FROM app.items;
CREATE VIEW app.totals AS SELECT count(*) AS n FROM app.items;
CREATE TABLE app.logs (id int, day date, note json, owner int NOT NULL DEFAULT 1, PRIMARY KEY (id, day)) PARTITION BY RANGE (day);
CREATE TABLE app.logs_1 PARTITION OF app.logs FOR VALUES FROM ('2026-01-01') TO ('2026-07-01');
CREATE TABLE app.logs_2 PARTITION OF app.logs FOR VALUES FROM ('2026-07-01') TO ('2027-01-01');
CREATE TABLE app.counters (id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY);
CREATE TABLE app.bare (note text);
INSERT INTO app.items VALUES (1, 'one', 1), (2, 'two', 2);
INSERT INTO app.logs VALUES (1, '2026-01-02', '{"a": 1}', 1), (2, '2026-08-01', '{"a": 2}', 1), (3, '2026-08-01', '{"a": "\\u0000"}', 2);
INSERT INTO app.bare VALUES ('x'), ('y');
`

describe.skipIf(!(await hasPostgres()))('relations', () => {
  let database: TestDatabase
  let model: Model
  beforeAll(async () => {
    database = await createDatabase()
    await database.script(sql)
    model = await introspect(database.query, ['app'])
  })
  afterAll(() => database.drop())

  const ask = (
    method: string,
    target: string,
    body?: unknown,
    prefer = 'return=representation',
    access: Access = openAccess(),
  ): Promise<DataAnswer> => {
    const [path = '', query = ''] = target.split('?', 2)
    const text = body === undefined ? undefined : JSON.stringify(body)
    const headers = new Headers({ prefer })
    return serveRequest({ method, path, query, headers, body: text }, { model, access, run: database.runAndRollBack, authenticated: true })
  }
  const said = async (...of: Parameters<typeof ask>): Promise<unknown[]> => {
    const { status, body } = await ask(...of)
    return [status, body === '' ? '' : JSON.parse(body)]
  }

  test('a view that is a part of one table can be written, a count can not', async () => {
    expect(await said('PATCH', '/labels?id=eq.1&select=label', { label: 'new' })).toEqual([200, [{ label: 'new' }]])
    expect(await said('POST', '/totals', { n: 1 })).toMatchObject([403, { code: '42501' }])
    const allow = async (path: string): Promise<unknown> => new Map((await ask('OPTIONS', path)).headers).get('Allow')
    expect(await allow('/totals')).toBe('OPTIONS,GET,HEAD')
    expect(await allow('/labels')).toBe('OPTIONS,GET,HEAD,POST,PATCH,DELETE')
  })

  test('an upsert through a view is held to the rules of new and of changed rows', async () => {
    const merge = 'resolution=merge-duplicates, return=representation'
    const row = { id: 1, label: 'new', owner: 1 }
    expect(await said('POST', '/labels?on_conflict=id', row, merge, ownRows(1))).toMatchObject([200, [row]])
    expect(await said('POST', '/labels?on_conflict=id', { ...row, owner: 2 }, merge, ownRows(1))).toMatchObject([403, { code: '42501' }])
    expect(await said('POST', '/labels?on_conflict=id', { ...row, id: 2 }, merge, ownRows(1))).toMatchObject([403, { code: '42501' }])
  })

  test('a partitioned table is one table, also for what can fail on a row', async () => {
    expect(await said('GET', '/logs?select=id&note->>a=eq.2', undefined, '', ownRows(1))).toEqual([200, [{ id: 2 }]])
    expect(await said('PATCH', '/logs?select=id,day&note->>a=in.(1,2)&order=id', { day: '2026-12-31' }, undefined, ownRows(1))).toEqual([
      200,
      [
        { id: 1, day: '2026-12-31' },
        { id: 2, day: '2026-12-31' },
      ],
    ])
    expect(await said('DELETE', '/logs?select=id&note->>a=eq.2', undefined, undefined, ownRows(1))).toEqual([200, [{ id: 2 }]])
    const merge = 'resolution=merge-duplicates, return=representation'
    const rows = [
      { id: 1, day: '2026-01-02', owner: 1 },
      { id: 9, day: '2026-01-02', owner: 1 },
    ]
    expect(await said('POST', '/logs?select=id', rows, merge, ownRows(1))).toEqual([201, [{ id: 1 }, { id: 9 }]])
  })

  test('a table that the database fills alone can be inserted into', async () => {
    expect(await said('POST', '/counters?select=id', {})).toEqual([201, [{ id: expect.any(Number) }]])
    expect(await said('POST', '/counters', [{}, {}])).toMatchObject([400, { code: 'PGRST127' }])
  })

  test('a table without a key is ordered by what was asked only', async () => {
    expect(await said('GET', '/bare?order=note.desc')).toEqual([200, [{ note: 'y' }, { note: 'x' }]])
  })
})
