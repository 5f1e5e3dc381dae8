// What is broken: resources, and handlers with transactions, on the database of the environment.
import { app, reply, t } from 'plinth'
import { database, DatabaseEngine, everyone, resource, resources, transaction } from '@plinth/data'
import { integer, pgTable, text } from 'drizzle-orm/pg-core'

const rows = pgTable('rows', { id: integer().primaryKey(), n: integer().notNull(), label: text().notNull() })
const Rows = resource(rows, { access: { read: everyone, create: everyone } })

/** Statements that take long: one that waits, one that keeps a processor busy. */
const slow = {
  sleep: (seconds) => ({ text: 'SELECT pg_sleep($1)', values: [seconds] }),
  scan: (seconds, salt) => ({
    text: `SELECT count(*) AS it FROM rows a JOIN rows b ON a.n + b.n > ${Number(salt)} JOIN rows c ON c.id < $1::int`,
    values: [Math.round(seconds)],
  }),
}

const { PORT } = process.env
await app()
  .use(database())
  .use('/rest', resources(Rows))
  // Half of it without the other is what must never be found.
  .post('/both', { body: t.Object({ id: t.Integer() }) }, async ({ body, use }) => {
    const engine = use(DatabaseEngine)
    await transaction(async () => {
      await engine.query({ text: 'INSERT INTO halves VALUES ($1, 1)', values: [body.id], name: 'first' })
      await engine.query({ text: 'INSERT INTO halves VALUES ($1, 2)', values: [body.id], name: 'second' })
    })
    return reply(201, null)
  })
  .get('/halves', ({ use }) =>
    use(DatabaseEngine).query({ text: 'SELECT id, count(*)::int AS parts FROM halves GROUP BY id', values: [] }, { timeoutMs: 0 }),
  )
  .get('/slow/:kind/:much/:salt', async ({ use, params }) => {
    const { text, values } = slow[params.kind](Number(params.much), params.salt)
    await use(DatabaseEngine).query({ text, values }, { timeoutMs: 60_000 })
    return reply(200, null)
  })
  .listen({ port: Number(PORT), hostname: '127.0.0.1' })
console.log('ready')
