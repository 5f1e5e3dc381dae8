// Of a write that is told to have failed nothing remains, also where triggers, views and heirs write other rows than were named.
import { sql } from 'drizzle-orm'
import * as pg from 'drizzle-orm/pg-core'
import { app } from 'plinth'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { database, DatabaseEngine } from '../database/database.ts'
import { engines, type Template, type TestEngine } from '../fixtures/engines.ts'
import { everyone } from '../resource/everyone.ts'
import { resource } from '../resource/resource.ts'
import { resources } from './resources.ts'

const notes = pg.pgTable('notes', { id: pg.integer().primaryKey(), title: pg.text(), gone: pg.boolean() })
const heads = pg.pgTable('heads', { id: pg.integer().primaryKey(), title: pg.text() })
const doubles = pg.pgTable('doubles', { id: pg.integer().primaryKey(), title: pg.text() })
const parts = pg.pgTable('parts', { id: pg.integer().primaryKey(), size: pg.integer(), badge: pg.text() })

const all = everyone.where(() => true)
const access = { read: everyone, create: everyone, update: all, delete: all }
const Notes = resource(notes, { access })
const Heads = resource(heads, { access })
const Doubles = resource(doubles, { access })
const Parts = resource(parts, {
  access: { ...access, create: everyone.where((row) => sql`${row.id} > 0`) },
  columns: { badge: { read: false, set: everyone.set(() => 'the only one') }, share: { compute: (row) => sql`(12 / ${row.size})::text` } },
})

const schemaSql = `
CREATE TABLE notes (id int PRIMARY KEY, title text, gone boolean NOT NULL DEFAULT false);
CREATE TABLE elsewhere (title text);
CREATE FUNCTION mark() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN UPDATE notes SET gone = true WHERE id = OLD.id; RETURN NULL; END $$;
CREATE TRIGGER mark BEFORE DELETE ON notes FOR EACH ROW EXECUTE FUNCTION mark();
CREATE FUNCTION move() RETURNS trigger LANGUAGE plpgsql AS $$
  BEGIN IF NEW.title = 'elsewhere' THEN INSERT INTO elsewhere VALUES (NEW.title); RETURN NULL; END IF; RETURN NEW; END $$;
CREATE TRIGGER move BEFORE INSERT OR UPDATE ON notes FOR EACH ROW EXECUTE FUNCTION move();
CREATE TABLE heads (id int PRIMARY KEY, title text);
CREATE TABLE heirs () INHERITS (heads);
CREATE TABLE origins (id int, title text);
CREATE VIEW doubles AS SELECT * FROM origins;
CREATE TABLE parts (id int PRIMARY KEY, size int, badge text UNIQUE DEFERRABLE INITIALLY DEFERRED);
`
const rowsSql = `
TRUNCATE notes, elsewhere, heads, origins, parts;
INSERT INTO notes VALUES (1, 'one');
INSERT INTO heads VALUES (1, 'head'); INSERT INTO heirs VALUES (1, 'heir');
INSERT INTO origins VALUES (1, 'first'), (1, 'second');
INSERT INTO parts VALUES (1, 3, 'the only one');
`

describe.each(engines)('of a write that is told to have failed nothing remains ($kind)', (kind) => {
  let template: Template
  let own: TestEngine
  let fetch: (request: Request) => Response | Promise<Response>
  let close: () => Promise<void>
  beforeAll(async () => {
    template = await kind.template(schemaSql)
    own = await template.clone()
    const built = await app()
      .use(database({ schema: { notes, heads, doubles, parts } }))
      .use('/rest', resources(Notes, Heads, Doubles, Parts))
      .post('/notes', { open: true }, async (ctx) => {
        const made = await ctx
          .use(Notes)
          .for(ctx)
          .create([
            { id: 7, title: 'here' },
            { id: 8, title: 'elsewhere' },
          ])
        return String(made.length)
      })
      .build({ replace: [DatabaseEngine.with(own.engine)] })
    fetch = built.fetch as typeof fetch
    close = () => built.close()
  }, 60_000)
  beforeEach(() => own.engine.script(rowsSql))
  afterAll(async () => {
    await close()
    await own[Symbol.asyncDispose]()
    await template[Symbol.asyncDispose]()
  })

  const singular = { accept: 'application/vnd.pgrst.object+json' }
  const ask = async (method: string, path: string, body?: unknown, headers: Record<string, string> = {}): Promise<unknown[]> => {
    const type = body === undefined ? {} : { 'content-type': 'application/json' }
    const sent = body === undefined ? {} : { body: JSON.stringify(body) }
    const response = await fetch(new Request(`http://api.example${path}`, { method, headers: { ...type, ...headers }, ...sent }))
    const text = await response.text()
    return [response.status, text === '' ? '' : (JSON.parse(text) as unknown)]
  }
  const rows = (text: string): Promise<readonly object[]> => own.engine.query({ text, values: [] })

  test('where a trigger writes elsewhere and leaves the row out', async () => {
    expect(await ask('DELETE', '/rest/notes/1')).toMatchObject([404, { code: 'not-found' }])
    expect(await ask('PATCH', '/rest/notes/1', { title: 'elsewhere' })).toMatchObject([404, { code: 'not-found' }])
    for (const prefer of ['return=minimal', 'return=representation']) {
      const refused = [406, { code: 'PGRST116', details: 'The result contains 0 rows' }]
      expect(await ask('PATCH', '/rest/notes?id=eq.1', { title: 'elsewhere' }, { ...singular, prefer })).toMatchObject(refused)
      expect(await ask('POST', '/rest/notes', { id: 2, title: 'elsewhere' }, { ...singular, prefer })).toMatchObject(refused)
    }
    expect(await rows('SELECT id, title, gone FROM notes')).toEqual([{ id: 1, title: 'one', gone: false }])
    expect(await rows('SELECT title FROM elsewhere')).toEqual([])
  })

  test('where one key is that of several rows, of heirs or in a view', async () => {
    const refused = [406, { code: 'PGRST116', details: 'The result contains 2 rows' }]
    for (const table of ['heads', 'doubles']) {
      expect(await ask('PATCH', `/rest/${table}?id=eq.1`, { title: 'changed' }, singular)).toMatchObject(refused)
      expect(await ask('DELETE', `/rest/${table}?id=eq.1`, undefined, { ...singular, prefer: 'return=representation' })).toMatchObject(
        refused,
      )
      expect(await ask('DELETE', `/rest/${table}/1`)).toMatchObject([404, { code: 'not-found' }])
      const left = await rows(`SELECT title FROM ${table} ORDER BY title`)
      expect(left).toEqual(table === 'heads' ? [{ title: 'head' }, { title: 'heir' }] : [{ title: 'first' }, { title: 'second' }])
    }
  })

  test('where handwritten code creates several rows of which one is left out', async () => {
    expect(await ask('POST', '/notes')).toMatchObject([401, { code: 'not-signed-in' }])
    expect(await rows('SELECT id FROM notes')).toEqual([{ id: 1 }])
    expect(await rows('SELECT title FROM elsewhere')).toEqual([])
  })

  test('where a column fails while the answer is made', async () => {
    const shown = { prefer: 'return=representation' }
    expect(await ask('PATCH', '/rest/parts?id=eq.1&select=share', { size: 0 }, shown)).toMatchObject([400, { code: '22012' }])
    expect(await ask('PATCH', '/rest/parts/1?select=share', { size: 0 })).toMatchObject([400, { code: '22012' }])
    expect(await rows('SELECT size FROM parts')).toEqual([{ size: 3 }])
  })

  test('where a value looks like what a wrong count is told by', async () => {
    expect(await ask('PATCH', '/rest/notes?id=eq.plinth:%203%20rows', { title: 'x' })).toMatchObject([400, { code: '22P02' }])
  })

  test('a key that is checked at the commit names no hidden column either', async () => {
    const taken = [409, { code: '23505', message: 'a key of table "parts" is taken', details: null, hint: null }]
    expect(await ask('POST', '/rest/parts', { id: 2 })).toEqual(taken)
    expect(await ask('POST', '/rest/parts', { id: 2 }, { prefer: 'return=representation,timezone=UTC' })).toEqual(taken)
    expect(await rows('SELECT id FROM parts')).toEqual([{ id: 1 }])
  })
})
