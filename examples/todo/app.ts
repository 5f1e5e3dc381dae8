import { join } from 'node:path'
import { database, everyone, resource, resources, type RowOf } from '@plinth/data'
import { sql } from 'drizzle-orm'
import { app, problem, t, type Context } from 'plinth'
import { cors } from 'plinth/middleware'
import * as schema from './schema.ts'

const { todos } = schema
const Todos = resource(todos, { access: { read: everyone, create: everyone, update: everyone, delete: everyone } })

const int = { minimum: -(2 ** 31), maximum: 2 ** 31 - 1 }
const Order = t.Union([t.Integer(int), t.Null()])
const Title = t.String({ minLength: 1, maxLength: 1_000 })
const Todo = t.Object({ id: t.Integer(), title: t.String(), completed: t.Boolean(), order: Order, url: t.String({ format: 'uri' }) })
const NewTodo = t.Object({ title: Title, completed: t.Optional(t.Boolean()), order: t.Optional(Order) })
const one = { params: t.Object({ id: t.Integer(int) }) }

/** Clients follow `url`, so it names the host by which they came. */
const withUrl = (row: RowOf<typeof todos>, { request }: Context) => ({ ...row, url: new URL(`/todos/${row.id}`, request.url).href })

export default app({ name: 'Todo' })
  .use(cors({ origins: '*' }))
  .use(database({ schema, migrate: join(import.meta.dirname, 'drizzle') }))
  .use('/rest', resources(Todos))
  .get('/todos', { summary: 'List them', reply: { 200: t.Array(Todo) } }, async (ctx) => {
    const rows = await ctx
      .use(Todos)
      .for(ctx)
      .find({ order: { order: 'asc', id: 'asc' } })
    return rows.map((row) => withUrl(row, ctx))
  })
  .post('/todos', { summary: 'Add one', body: NewTodo, reply: { 201: Todo } }, async (ctx) =>
    withUrl(await ctx.use(Todos).for(ctx).create(ctx.body), ctx),
  )
  .delete('/todos', { summary: 'Delete all' }, async (ctx) => {
    await ctx
      .use(Todos)
      .for(ctx)
      .delete({ where: sql`true` })
    return null
  })
  .get('/todos/:id', { ...one, summary: 'Read one', reply: { 200: Todo, 404: problem('not-found') } }, async (ctx) => {
    const row = await ctx.use(Todos).for(ctx).get(ctx.params.id)
    return row === undefined ? problem('not-found') : withUrl(row, ctx)
  })
  .patch(
    '/todos/:id',
    { ...one, summary: 'Change one', body: t.Partial(NewTodo), reply: { 200: Todo, 404: problem('not-found') } },
    async (ctx) => {
      const row = await ctx.use(Todos).for(ctx).update(ctx.params.id, ctx.body)
      return row === undefined ? problem('not-found') : withUrl(row, ctx)
    },
  )
  .delete('/todos/:id', { ...one, summary: 'Delete one', reply: { 204: null, 404: problem('not-found') } }, async (ctx) =>
    (await ctx.use(Todos).for(ctx).delete(ctx.params.id)) ? null : problem('not-found'),
  )
