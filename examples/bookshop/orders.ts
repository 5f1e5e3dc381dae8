import { module, problem, t } from 'plinth'
import { Sales } from './sales.ts'
import { signedIn, staff } from './session.ts'
import { Shelf, SoldOut } from './shelf.ts'

export const orders = module('orders', { tags: ['orders'] })
  .guard(signedIn)
  .catch(SoldOut, (error) => problem('sold-out', { left: error.left }))
  .post(
    '/orders',
    {
      summary: 'Buy',
      body: t.Object({ bookId: t.Integer(), copies: t.Integer({ minimum: 1, maximum: 10 }) }),
      reply: { 201: t.Object({ title: t.String(), copies: t.Integer() }), 404: problem('unknown-book'), 409: problem('sold-out') },
    },
    ({ body, user, use }) => {
      const book = use(Shelf).find(body.bookId)
      if (!book) throw problem('unknown-book', { id: body.bookId })
      use(Shelf).take(book.id, body.copies)
      const sale = { title: book.title, copies: body.copies, buyer: user.name }
      use(Sales).tell(sale)
      return sale
    },
  )
  .get('/sales', { summary: 'Sales as they happen', guards: [staff] }, ({ use, signal }) => use(Sales).listen(signal))
