import { isDeepStrictEqual } from 'node:util'
import { added, counts, fortunes, post, user, world } from './rows.mjs'

/** Ids all over a table, so that no contender answers one row from a cache of the last. */
const ids = (count, most) => Array.from({ length: count }, (_, at) => ((at * 6151) % most) + 1)
const json = { 'Content-Type': 'application/json' }
const representation = { ...json, Prefer: 'return=representation' }

/** Times are told in two ways, `Z` and `+00:00`; both are right. */
const moments = (key, value) =>
  typeof value === 'string' && /^\d{4}-\d\d-\d\dT.*(?:Z|[+-]\d\d:\d\d)$/.test(value) ? Date.parse(value) : value
const parsed = (text) => JSON.parse(text, moments)
const same = (value, expected) =>
  isDeepStrictEqual(value, parsed(JSON.stringify(expected))) ||
  `${JSON.stringify(value)?.slice(0, 300)} where ${JSON.stringify(expected).slice(0, 300)} is right`

const without = ({ authorId, ...rest }) => ({ ...rest, author: { id: authorId, name: user(authorId).name } })
const pageAfter = (id) => Array.from({ length: 20 }, (_, at) => without(post(id + at + 1)))

const isWorld = ({ id, randomNumber, ...rest }) =>
  [id, randomNumber].every((it) => Number.isInteger(it) && it >= 1 && it <= 10_000) && Object.keys(rest).length === 0

const entities = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'", '#39': "'", '#34': '"', '#x27': "'" }
const decoded = (text) => text.replace(/&([#\w]+);/g, (all, name) => entities[name] ?? all)

/**
 * `requests(grammar)` are sent in turn under load, `grammar` being whether the contender speaks PostgREST's; `right(text, request,
 * query)` says `true` of an answer, or what is wrong with it; it may look into the database.
 */
export const shapes = [
  {
    name: 'key',
    about: 'one row by its key, /users/7',
    requests: () => ids(500, counts.users).map((id) => ({ method: 'GET', path: `/rest/users/${id}`, id })),
    right: (text, { id }) => same(parsed(text), user(id)),
  },
  {
    name: 'filter',
    about: 'a list filtered to one row by its key',
    requests: (grammar) => ids(500, counts.users).map((id) => ({ method: 'GET', path: `/rest/users?id=${grammar ? 'eq.' : ''}${id}`, id })),
    right: (text, { id }) => same(parsed(text), [user(id)]),
  },
  {
    name: 'posts',
    about: '20 rows by key, each with one embedded row',
    requests: (grammar) =>
      ids(200, 9_000).map((id) => ({
        method: 'GET',
        path: grammar
          ? `/rest/posts?select=id,title,body,createdAt,author(id,name)&id=gt.${id}&order=id&limit=20`
          : `/rest/posts?after=${id}&limit=20`,
        id,
      })),
    right: (text, { id }) => same(parsed(text), pageAfter(id)),
  },
  {
    name: 'insert',
    about: 'one row added and given back',
    status: 201,
    requests: () =>
      ids(500, counts.users).map((authorId, at) => {
        const row = { title: `A new note ${at}`, body: 'Something that somebody wants to keep for later', authorId }
        return { method: 'POST', path: '/rest/notes', headers: representation, body: JSON.stringify(row), row }
      }),
    async right(text, { row }, query) {
      const [answer] = [JSON.parse(text)].flat()
      const { id, createdAt, ...rest } = answer
      if (!(id > counts.notes) || Number.isNaN(Date.parse(createdAt))) return `${text} lacks what the database adds`
      const kept = await query('SELECT title, body, author_id AS "authorId" FROM notes WHERE id = $1', [id])
      const answered = same(rest, row)
      return answered === true ? same(kept, [row]) : answered
    },
  },
  {
    name: 'update',
    about: 'one row changed by its key and given back',
    requests: () =>
      ids(500, counts.notes).map((id, at) => {
        const title = `Changed ${at}`
        return { method: 'PATCH', path: `/rest/notes/${id}`, headers: json, body: JSON.stringify({ title }), id, title }
      }),
    async right(text, { id, title }, query) {
      const { body, authorId, createdAt, ...rest } = JSON.parse(text)
      if (typeof body !== 'string' || typeof authorId !== 'number' || Number.isNaN(Date.parse(createdAt))) return `${text} lacks columns`
      const kept = await query('SELECT id, title FROM notes WHERE id = $1', [id])
      const answered = same(rest, { id, title })
      return answered === true ? same(kept, [{ id, title }]) : answered
    },
  },
  {
    name: 'db',
    about: 'handwritten: one random row (TechEmpower, single query)',
    requests: () => [{ method: 'GET', path: '/db' }],
    async right(text, _, query) {
      const row = JSON.parse(text)
      return isWorld(row) ? same(await query('SELECT id, random_number AS "randomNumber" FROM world WHERE id = $1', [row.id]), [row]) : text
    },
  },
  {
    name: 'queries',
    about: 'handwritten: 20 random rows, a query each (TechEmpower, multiple queries)',
    requests: () => [{ method: 'GET', path: '/queries?queries=20' }],
    async right(text, _, query) {
      const rows = JSON.parse(text)
      if (rows.length !== 20 || !rows.every(isWorld) || new Set(rows.map((it) => it.id)).size < 10) return `not 20 random rows: ${text}`
      for (const row of rows) {
        const found = same(await query('SELECT id, random_number AS "randomNumber" FROM world WHERE id = $1', [row.id]), [row])
        if (found !== true) return found
      }
      return true
    },
  },
  {
    name: 'fortunes',
    about: 'handwritten: 12 rows and one more, sorted, as an escaped page (TechEmpower, fortunes)',
    type: /^text\/html; ?charset=utf-8$/i,
    requests: () => [{ method: 'GET', path: '/fortunes' }],
    right(text) {
      if (/<script/i.test(text)) return 'a message was not escaped'
      const rows = [...text.matchAll(/<tr><td>(\d+)<\/td><td>(.*?)<\/td><\/tr>/g)].map(([, id, message]) => ({
        id: Number(id),
        message: decoded(message),
      }))
      return same(
        rows,
        [...fortunes, added].sort((a, b) => (a.message < b.message ? -1 : 1)),
      )
    },
  },
  {
    name: 'updates',
    about: 'handwritten: 20 random rows read, a query each, and changed (TechEmpower, updates)',
    requests: () => [{ method: 'GET', path: '/updates?queries=20' }],
    async right(text, _, query) {
      const rows = JSON.parse(text)
      if (rows.length !== 20 || !rows.every(isWorld)) return `not 20 rows: ${text}`
      const kept = await query('SELECT id, random_number AS "randomNumber" FROM world WHERE id = ANY ($1)', [rows.map((it) => it.id)])
      const sorted = (list) => [...list].sort((a, b) => a.id - b.id)
      if (rows.every(({ id, randomNumber }) => randomNumber === world(id).randomNumber)) return 'nothing was changed'
      return same(sorted(kept), sorted(rows))
    },
  },
]
