// Statements written by hand, prepared once per connection by their names.
import pg from 'pg'
import { poolSettings } from './common.mjs'
import { serve } from './fastify.mjs'

const pool = new pg.Pool(poolSettings)
const rows = async (name, text, values) => (await pool.query({ name, text, values })).rows

const USER = 'SELECT id, name, email, bio, created_at AS "createdAt" FROM users WHERE id = $1'
const NOTE = 'id, title, body, author_id AS "authorId", created_at AS "createdAt"'

await serve({
  user: async (id) => (await rows('user', USER, [id]))[0],
  users: (id) => rows('user', USER, [id]),
  async posts(after, limit) {
    const found = await rows(
      'posts',
      `SELECT p.id, p.title, p.body, p.created_at, u.id AS author_id, u.name FROM posts p JOIN users u ON u.id = p.author_id
       WHERE p.id > $1 ORDER BY p.id LIMIT $2`,
      [after, limit],
    )
    return found.map((it) => ({
      id: it.id,
      title: it.title,
      body: it.body,
      createdAt: it.created_at,
      author: { id: it.author_id, name: it.name },
    }))
  },
  insert: async ({ title, body, authorId }) =>
    (await rows('insert', `INSERT INTO notes (title, body, author_id) VALUES ($1, $2, $3) RETURNING ${NOTE}`, [title, body, authorId]))[0],
  update: async (id, { title, body }) =>
    (
      await rows('update', `UPDATE notes SET title = coalesce($2, title), body = coalesce($3, body) WHERE id = $1 RETURNING ${NOTE}`, [
        id,
        title,
        body,
      ])
    )[0],
  world: async (id) => (await rows('world', 'SELECT id, random_number AS "randomNumber" FROM world WHERE id = $1', [id]))[0],
  fortunes: () => rows('fortunes', 'SELECT id, message FROM fortune', []),
  change: (changed) =>
    rows('change', 'UPDATE world SET random_number = n.number FROM unnest($1::int[], $2::int[]) AS n (id, number) WHERE world.id = n.id', [
      changed.map((it) => it.id),
      changed.map((it) => it.randomNumber),
    ]),
})
