import { app, html } from 'plinth'
import './facts.ts'
import { books, oldBooks } from './books.ts'
import { orders } from './orders.ts'
import { Sales } from './sales.ts'
import { session, whoever } from './session.ts'
import { Settings } from './settings.ts'
import { Shelf } from './shelf.ts'

export default app({ name: 'Bookshop' })
  .use(Settings)
  .use(Shelf)
  .use(Sales)
  .identify(whoever)
  .around(async (ctx, next) => {
    const started = performance.now()
    const answer = await next()
    return answer.set('server-timing', `app;dur=${(performance.now() - started).toFixed(1)}`)
  })
  .get('/', { open: true, hidden: true }, ({ use }) => {
    const titles = use(Shelf).search('', 10)
    return html`<h1>${use(Settings).shopName}</h1>
      <ul>
        ${titles.map((it) => html`<li>${it.title}</li>`)}
      </ul>`
  })
  .use(session)
  .use(books)
  .use(oldBooks)
  .use(orders)
