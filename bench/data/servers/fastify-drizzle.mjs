// `node fastify-drizzle.mjs` builds each query when it is asked, as Drizzle's pages show first; `… prepared` once, by name.
import { eq, gt, sql } from 'drizzle-orm'
import { drizzle } from 'drizzle-orm/node-postgres'
import pg from 'pg'
import { poolSettings } from './common.mjs'
import { serve } from './fastify.mjs'
import * as schema from './schema.mjs'

const { users, posts, notes, world, fortune } = schema
const db = drizzle(new pg.Pool(poolSettings), { schema })

const user = (id) => db.query.users.findFirst({ where: eq(users.id, id) })
const usersOf = (id) => db.select().from(users).where(eq(users.id, id))
const page = (after, limit) =>
  db.query.posts.findMany({
    columns: { authorId: false },
    with: { author: { columns: { id: true, name: true } } },
    where: gt(posts.id, after),
    orderBy: posts.id,
    limit,
  })
const insert = (row) => db.insert(notes).values(row).returning()
const worldOf = (id) => db.select().from(world).where(eq(world.id, id))
const fortunes = () => db.select().from(fortune)

const id = sql.placeholder('id')
const prepared = {
  user: user(id).prepare('user'),
  users: usersOf(id).prepare('users'),
  posts: page(id, sql.placeholder('limit')).prepare('posts'),
  insert: insert({ title: sql.placeholder('title'), body: sql.placeholder('body'), authorId: sql.placeholder('authorId') }).prepare(
    'insert',
  ),
  world: worldOf(id).prepare('world'),
  fortunes: fortunes().prepare('fortunes'),
}

const asked =
  process.argv[2] === 'prepared'
    ? {
        user: (id) => prepared.user.execute({ id }),
        users: (id) => prepared.users.execute({ id }),
        posts: (id, limit) => prepared.posts.execute({ id, limit }),
        insert: (row) => prepared.insert.execute(row),
        world: (id) => prepared.world.execute({ id }),
        fortunes: () => prepared.fortunes.execute(),
      }
    : { user, users: usersOf, posts: page, insert, world: worldOf, fortunes }

await serve({
  ...asked,
  insert: async (row) => (await asked.insert(row))[0],
  world: async (id) => (await asked.world(id))[0],
  // What it sets depends on the body, so it can't be prepared.
  update: async (id, changes) => (await db.update(notes).set(changes).where(eq(notes.id, id)).returning())[0],
  change: (rows) =>
    db
      .insert(world)
      .values(rows)
      .onConflictDoUpdate({ target: world.id, set: { randomNumber: sql`excluded.random_number` } }),
})
