// Routes of both contenders on Fastify; `data` is what they ask. A row that is not there is 404.
import fastify from 'fastify'
import { countOf, host, htmlType, page, port, randomIds, randomNumber, ready, sorted } from './common.mjs'
import { contracts } from './replies.mjs'

export async function serve(data) {
  const app = fastify()
  const found = (row, reply) => row ?? reply.code(404).send({ error: 'not found' })

  app.get('/rest/users/:id', contracts.user, async ({ params }, reply) => found(await data.user(params.id), reply))
  app.get('/rest/users', contracts.users, async ({ query }) => data.users(query.id))
  app.get('/rest/posts', contracts.posts, async ({ query }) => data.posts(query.after, query.limit))
  app.post('/rest/notes', contracts.insert, async ({ body }, reply) => {
    reply.code(201)
    return data.insert(body)
  })
  app.patch('/rest/notes/:id', contracts.update, async ({ params, body }, reply) => found(await data.update(params.id, body), reply))
  app.get('/db', contracts.world, async () => data.world(randomNumber()))
  app.get('/queries', contracts.worlds, async ({ query }) => Promise.all(randomIds(countOf(query.queries)).map(data.world)))
  app.get('/fortunes', async (_, reply) => {
    reply.type(htmlType)
    return page(sorted(await data.fortunes()))
  })
  app.get('/updates', contracts.worlds, async ({ query }) => {
    const rows = await Promise.all(randomIds(countOf(query.queries)).map(data.world))
    const changed = rows.map(({ id }) => ({ id, randomNumber: randomNumber() }))
    await data.change(changed)
    return changed
  })

  await app.listen({ port, host })
  ready()
}
