// Schemas of bodies and replies, as Fastify is told.
const integer = { type: 'integer' }
const text = { type: 'string' }
const moment = { type: 'string', format: 'date-time' }
const object = (properties, required = Object.keys(properties)) => ({ type: 'object', properties, required, additionalProperties: false })
const list = (items) => ({ type: 'array', items })

const user = object({ id: integer, name: text, email: text, bio: text, createdAt: moment })
const post = object({ id: integer, title: text, body: text, createdAt: moment, author: object({ id: integer, name: text }) })
const note = object({ id: integer, title: text, body: text, authorId: integer, createdAt: moment })
const world = object({ id: integer, randomNumber: integer })
const id = object({ id: integer })

export const contracts = {
  user: { schema: { params: id, response: { 200: user } } },
  users: { schema: { querystring: id, response: { 200: list(user) } } },
  posts: {
    schema: {
      querystring: object({ after: integer, limit: { type: 'integer', minimum: 1, maximum: 100 } }),
      response: { 200: list(post) },
    },
  },
  insert: { schema: { body: object({ title: text, body: text, authorId: integer }), response: { 201: note } } },
  update: { schema: { params: id, body: object({ title: text, body: text }, []), response: { 200: note } } },
  world: { schema: { response: { 200: world } } },
  worlds: { schema: { response: { 200: list(world) } } },
}
