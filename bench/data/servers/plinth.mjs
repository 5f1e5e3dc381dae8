// `node plinth.mjs`: resources, and handlers on plain SQL. `node plinth.mjs drizzle`: the same handlers on Drizzle.
import { app, html, service, t } from 'plinth'
import { Database, database, DatabaseEngine, everyone, resource, resources } from '@plinth/data'
import { eq, sql } from 'drizzle-orm'
import { added, countOf, host, POOL_SIZE, port, randomIds, randomNumber, ready, url } from './common.mjs'
import * as schema from './schema.mjs'

const Users = resource(schema.users, { access: { read: everyone } })
const Posts = resource(schema.posts, { access: { read: everyone }, relations: ['author'] })
const Notes = resource(schema.notes, { access: { read: everyone, create: everyone, update: everyone } })

/** On plain SQL, a name saying that a statement is asked often. */
const Plain = service('worlds', ({ use }) => {
  const engine = use(DatabaseEngine)
  const one = async (id) =>
    (await engine.query({ text: 'SELECT id, random_number AS "randomNumber" FROM world WHERE id = $1', values: [id], name: 'world' }))[0]
  return {
    one,
    fortunes: () => engine.query({ text: 'SELECT id, message FROM fortune', values: [], name: 'fortunes' }),
    change: (rows) =>
      engine.query({
        text: 'UPDATE world SET random_number = n.number FROM unnest($1::int[], $2::int[]) AS n (id, number) WHERE world.id = n.id',
        values: [rows.map((it) => it.id), rows.map((it) => it.randomNumber)],
        name: 'change',
      }),
  }
})

const Prepared = service('worlds', ({ use }) => {
  const db = use(Database)
  const { world, fortune } = schema
  const byId = db
    .select()
    .from(world)
    .where(eq(world.id, sql.placeholder('id')))
    .prepare('world')
  const all = db.select().from(fortune).prepare('fortunes')
  return {
    one: async (id) => (await byId.execute({ id }))[0],
    fortunes: () => all.execute(),
    change: (rows) =>
      db
        .insert(world)
        .values(rows)
        .onConflictDoUpdate({ target: world.id, set: { randomNumber: sql`excluded.random_number` } }),
  }
})

const Worlds = process.argv[2] === 'drizzle' ? Prepared : Plain
const World = t.Object({ id: t.Integer(), randomNumber: t.Integer() })
const count = { query: t.Object({ queries: t.Optional(t.String()) }), reply: { 200: t.Array(World) } }

await app()
  .use(database({ url, schema, poolSize: POOL_SIZE }))
  .use('/rest', resources(Users, Posts, Notes))
  .use(Worlds)
  .get('/db', { reply: { 200: World } }, ({ use }) => use(Worlds).one(randomNumber()))
  .get('/queries', count, ({ use, query }) => Promise.all(randomIds(countOf(query.queries)).map(use(Worlds).one)))
  .get('/fortunes', async ({ use }) => {
    const rows = [...(await use(Worlds).fortunes()), added].sort((a, b) => (a.message < b.message ? -1 : 1))
    return html`<!DOCTYPE html><html><head><title>Fortunes</title></head><body><table><tr><th>id</th><th>message</th></tr>${rows.map(
      ({ id, message }) => html`<tr><td>${id}</td><td>${message}</td></tr>`,
    )}</table></body></html>`
  })
  .get('/updates', count, async ({ use, query }) => {
    const worlds = use(Worlds)
    const rows = await Promise.all(randomIds(countOf(query.queries)).map(worlds.one))
    const changed = rows.map(({ id }) => ({ id, randomNumber: randomNumber() }))
    await worlds.change(changed)
    return changed
  })
  .listen({ port, hostname: host })
ready()
