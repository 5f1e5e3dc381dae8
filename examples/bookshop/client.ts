// A program that uses the shop: `npm run client -- http://localhost:3000 development-token`. Paths, bodies, answers and problems are typed.
import { createClient } from 'plinth/client'
import type application from './app.ts'

const [url = 'http://localhost:3000', token = 'development-token'] = process.argv.slice(2)
const shop = createClient<typeof application>(url, { headers: { authorization: `Bearer ${token}` } })

const book = await shop.post('/v2/books', { body: { title: 'A Room of One’s Own', price: '9.90', copies: 1 } })
console.log(`${book.title} costs ${book.price}, since ${book.addedAt}`)

const order = { bookId: book.id, copies: 1 }
for (let i = 0; i < 2; i++) {
  const answer = await shop.try.post('/orders', { body: order })
  if (answer.ok) console.log(`bought ${answer.data.copies}`)
  else if (answer.status === 409) console.log(`sold out: ${answer.problem.left} left`)
  else console.log(answer.problem.title)
}
