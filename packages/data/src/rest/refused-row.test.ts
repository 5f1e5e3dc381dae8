// What the database says of a row that it refuses, of rows in its way, and of tables behind a view: only what one may read.
import { sql } from 'drizzle-orm'
import * as pg from 'drizzle-orm/pg-core'
import { app } from 'plinth'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { database, DatabaseEngine } from '../database/database.ts'
import { engines, type Template, type TestEngine } from '../fixtures/engines.ts'
import { everyone } from '../resource/everyone.ts'
import { resource } from '../resource/resource.ts'
import { resources } from './resources.ts'

const range = pg.customType<{ data: string }>({ dataType: () => 'int4range' })
const bookings = pg.pgTable('bookings', { id: pg.integer().primaryKey(), owner: pg.integer(), during: range() })
const faces = pg.pgTable('faces', { id: pg.integer().primaryKey(), name: pg.text() })
const known = pg.pgTable('known', { id: pg.integer().primaryKey(), name: pg.text().notNull(), size: pg.integer() })
const whole = pg.pgTable('whole', { id: pg.integer().primaryKey(), name: pg.text().notNull() })
const notes = pg.pgTable('notes', { id: pg.integer().primaryKey(), wholeId: pg.integer('whole_id').references(() => whole.id) })
const tasks = pg.pgTable('tasks', { id: pg.integer().primaryKey(), auditorId: pg.integer('auditor_id').references(() => whole.id) })

const all = everyone.where(() => true)
const access = { read: everyone, create: everyone, update: all, delete: all }
const served = [
  resource(bookings, { access: { ...access, read: everyone.where((row) => sql`${row.owner} = 1`) } }),
  resource(faces, { access }),
  resource(known, { access }),
  resource(whole, { access }),
  resource(notes, { access }),
  resource(tasks, { access, columns: { auditorId: { read: false, set: everyone.set(() => 7) } } }),
]

const schemaSql = `
CREATE TABLE bookings (id int PRIMARY KEY, owner int, during int4range, EXCLUDE USING gist (during WITH &&));
INSERT INTO bookings VALUES (1, 2, '[100,200)');
CREATE TABLE people (id int PRIMARY KEY, name text NOT NULL CHECK (name <> 'bad'), hash text UNIQUE DEFAULT 'a-hash');
INSERT INTO people VALUES (1, 'Ann');
CREATE VIEW faces AS SELECT id, name FROM people WHERE name <> 'masked' WITH CHECK OPTION;
CREATE TABLE known (id int PRIMARY KEY, name text NOT NULL, size int CHECK (size > 0), hash text UNIQUE DEFAULT 'a-hash');
INSERT INTO known VALUES (1, 'x, y', 1);
CREATE TABLE secrets (who_secretly int REFERENCES known DEFERRABLE INITIALLY DEFERRED); INSERT INTO secrets VALUES (1);
CREATE TABLE whole (id int PRIMARY KEY, name text NOT NULL);
INSERT INTO whole VALUES (1, 'x');
CREATE TABLE notes (id int PRIMARY KEY, whole_id int CONSTRAINT notes_whole_id_whole_id_fk REFERENCES whole); INSERT INTO notes VALUES (1, 1);
CREATE TABLE tasks (id int PRIMARY KEY, auditor_id int CONSTRAINT named_by_hand REFERENCES whole);
`

describe.each(engines)('a row that the database refuses ($kind)', (kind) => {
  let template: Template
  let own: TestEngine
  let ask: (method: string, path: string, body?: unknown, prefer?: string) => Promise<{ status: number; text: string; details: unknown }>
  let close: () => Promise<void>
  beforeAll(async () => {
    template = await kind.template(schemaSql)
    own = await template.clone()
    const built = await app()
      .use(database({ schema: { bookings, faces, known, whole, notes, tasks } }))
      .use('/rest', resources(...served))
      .build({ replace: [DatabaseEngine.with(own.engine)] })
    ask = async (method, path, body, prefer = '') => {
      const headers = { prefer, ...(body === undefined ? {} : { 'content-type': 'application/json' }) }
      const sent = body === undefined ? {} : { body: JSON.stringify(body) }
      const response = (await built.fetch(new Request(`http://api.example/rest${path}`, { method, headers, ...sent }))) as Response
      const text = await response.text()
      return { status: response.status, text, details: (JSON.parse(text) as { details: unknown }).details }
    }
    close = () => built.close()
  }, 60_000)
  afterAll(async () => {
    await close()
    await own[Symbol.asyncDispose]()
    await template[Symbol.asyncDispose]()
  })

  test.each([
    ['23502', { name: null }],
    ['23514', { name: 'bad' }],
    ['44000', { name: 'masked' }],
  ])('is not told whole where it is one behind a view (%s)', async (code, change) => {
    const answer = await ask('PATCH', '/faces?id=eq.1', change)
    expect([answer.status, answer.details]).toEqual([400, null])
    expect(answer.text).toContain(code)
    expect(answer.text).not.toContain('hash')
  })

  test.each([
    ['23502', { name: null }],
    ['23514', { size: -1 }],
  ])('is not told whole where it has columns that the schema does not know (%s)', async (code, change) => {
    const answer = await ask('PATCH', '/known?id=eq.1', change)
    expect([answer.status, answer.details]).toEqual([400, null])
    expect(answer.text).toContain(code)
    expect(answer.text).not.toContain('hash')
  })

  test('is told where all of it may be read', async () => {
    const answer = await ask('PATCH', '/whole?id=eq.1', { name: null })
    expect([answer.status, answer.details]).toEqual([400, 'Failing row contains (1, null).'])
  })

  test('for a key in a column that nobody knows names no column', async () => {
    for (const table of ['faces', 'known']) {
      const answer = await ask('POST', `/${table}`, { id: 2, name: 'x' })
      expect(answer).toMatchObject({ status: 409, details: null })
      expect(answer.text).not.toContain('hash')
    }
    expect(await ask('POST', '/whole', { id: 1, name: 'x' })).toMatchObject({ status: 409, details: 'Key (id)=(1) already exists.' })
  })

  test('for a key that points at nothing names no hidden column, whatever the constraint is called', async () => {
    const answer = await ask('POST', '/tasks', { id: 1 })
    expect(answer).toMatchObject({ status: 409, details: null })
    expect(answer.text).not.toMatch(/auditor|named_by_hand|7/)
    expect(await ask('POST', '/notes', { id: 2, wholeId: 9 })).toMatchObject({
      status: 409,
      details: 'Key (whole_id)=(9) is not present in table "whole".',
    })
  })

  test('for another in its way does not tell what that holds', async () => {
    const answer = await ask('POST', '/bookings', { id: 2, owner: 1, during: '[150,151)' })
    expect([answer.status, answer.details]).toEqual([400, null])
    expect(answer.text).not.toContain('100')
  })

  test('for others that point at it names no table that is not served', async () => {
    // Checked at the commit, in a transaction and without.
    for (const prefer of ['return=minimal', 'max-affected=1,handling=strict']) {
      const hidden = await ask('DELETE', '/known?id=eq.1', undefined, prefer)
      expect(hidden).toMatchObject({ status: 409, details: null })
      expect(hidden.text).not.toContain('secret')
    }
    const shown = await ask('DELETE', '/whole?id=eq.1')
    expect(shown).toMatchObject({ status: 409, details: 'Key (id)=(1) is still referenced from table "notes".' })
  })
})
