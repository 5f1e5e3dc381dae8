import { module, problem, service, t } from 'plinth'
import { signedIn, staff } from './session.ts'
import { Book, NewBook, Shelf } from './shelf.ts'

const ById = t.Object({ id: t.Integer() })
const Covers = service('covers', () => new Map<number, { readonly type: string; readonly bytes: Uint8Array }>())

export const books = module('books', '/v2/books', { version: '2', tags: ['books'] })
  .get(
    '/',
    {
      summary: 'Search for books',
      open: true,
      query: t.Object({ search: t.Optional(t.String()), limit: t.Optional(t.Integer({ minimum: 1, maximum: 100 })) }),
      reply: { 200: t.Array(Book) },
    },
    ({ query, use }) => use(Shelf).search(query.search, query.limit),
  )
  .get(
    '/:id',
    { summary: 'One book', open: true, params: ById, reply: { 200: Book, 404: problem('unknown-book') } },
    ({ params, use }) => use(Shelf).find(params.id) ?? problem('unknown-book', { id: params.id }),
  )
  .get('/:id/cover', { summary: 'The cover', open: true, params: ById }, ({ params, use, reply }) => {
    const cover = use(Covers).get(params.id)
    if (!cover) throw problem('not-found')
    return reply(200, cover.bytes, { 'content-type': cover.type })
  })
  .guard(signedIn)
  .guard(staff)
  .post('/', { summary: 'Put a book on the shelf', body: NewBook, reply: { 201: Book } }, ({ body, use }) => use(Shelf).add(body))
  .put(
    '/:id/cover',
    {
      summary: 'Upload the cover',
      params: ById,
      body: t.Object({ cover: t.File({ maxSize: 100_000, types: ['image/png', 'image/jpeg'] }) }),
      reply: { 204: null, 404: problem('unknown-book') },
    },
    ({ params, body, use, reply }) => {
      if (!use(Shelf).find(params.id)) throw problem('unknown-book', { id: params.id })
      use(Covers).set(params.id, { type: body.cover.type, bytes: body.cover.bytes() })
      return reply(204, null)
    },
  )

/** What programs of last year still call: prices as numbers. */
export const oldBooks = module('old-books', '/v1/books', {
  version: '1',
  deprecated: '2026-06-01',
  sunset: '2027-06-01',
  tags: ['books'],
}).get(
  '/:id',
  { open: true, params: ById, reply: { 200: t.Object({ title: t.String(), price: t.Number() }), 404: 'problem' } },
  ({ params, use }) => {
    const book = use(Shelf).find(params.id)
    return book ? { title: book.title, price: Number(book.price) } : problem('unknown-book', { id: params.id })
  },
)
