import * as pg from 'drizzle-orm/pg-core'
import { app, guard, refuse } from 'plinth'
import { expect, test } from 'vitest'
import { database, DatabaseEngine } from '../database/database.ts'
import { engines } from '../fixtures/engines.ts'
import { resources } from '../rest/resources.ts'
import { everyone } from './everyone.ts'
import { resource } from './resource.ts'

const notes = pg.pgTable('notes', { id: pg.integer().primaryKey(), text: pg.text().notNull(), inner: pg.text() })
const staff = guard((ctx) => (ctx.header('x-staff') === undefined ? refuse('forbidden') : undefined), { name: 'staff' })

test.each(engines)(
  'a hook runs once where what an error tells depends on a guard ($kind)',
  async (kind) => {
    let runs = 0
    const Notes = resource(notes, {
      access: { read: everyone, create: everyone },
      columns: { inner: { read: staff } },
      hooks: { beforeWrite: () => void runs++ },
    })
    await using template = await kind.template(
      "CREATE TABLE notes (id int PRIMARY KEY, text text NOT NULL, \"inner\" text UNIQUE DEFAULT 'same'); INSERT INTO notes VALUES (1, 'x')",
    )
    await using own = await template.clone()
    const built = await app()
      .use(database({ schema: { notes } }))
      .use('/rest', resources(Notes))
      .build({ replace: [DatabaseEngine.with(own.engine)] })
    for (const body of [
      { id: 2, text: 'x' },
      { id: 3, text: null },
    ]) {
      runs = 0
      const headers = { 'content-type': 'application/json', prefer: 'return=minimal' }
      const request = new Request('http://api.example/rest/notes', { method: 'POST', headers, body: JSON.stringify(body) })
      const response = (await built.fetch(request)) as Response
      expect([response.status, runs]).toEqual([body.text === null ? 400 : 409, 1])
    }
    await built.close()
  },
  60_000,
)
