// A program that uses Conduit: `npm run client -- http://localhost:3000`. Paths, bodies, answers and rows are typed by the application.
import { createClient } from '@plinth/client'
import type application from './app.ts'

const [url = 'http://localhost:3000'] = process.argv.slice(2)
const { user } = await createClient<typeof application>(url).post('/api/users/login', {
  body: { user: { email: 'amara.osei@conduit.example', password: 'conduit-demo' } },
})
const conduit = createClient<typeof application>(url, { headers: { authorization: `Token ${user.token}` } })
console.log(`signed in as ${user.username}`)

const { articles, articlesCount } = await conduit.get('/api/articles', { query: { tag: 'kitchen', limit: 3 } })
console.log(`${articlesCount} articles about the kitchen, the newest:`)
for (const it of articles)
  console.log(`  ${it.createdAt.slice(0, 10)}  ${it.title}, by ${it.author.username}${it.author.following ? ', whom you follow' : ''}`)

const { article } = await conduit.post('/api/articles', {
  body: {
    article: { title: 'Hello from a client', description: 'Typed from end to end', body: 'It compiles, so it works.', tagList: ['hello'] },
  },
})
console.log(`wrote /api/articles/${article.slug}`)
await conduit.delete('/api/articles/:slug', { params: { slug: article.slug } })

const answer = await conduit.try.get('/api/articles/:slug', { params: { slug: article.slug } })
if (answer.status === 404) console.log('deleted it again:', answer.problem.errors)

// The tables behind it, in the grammar of PostgREST.
const { data } = await conduit.from('articles').select('title, author(username), comments(body)').order('id').limit(3).throwOnError()
for (const it of data) console.log(`  ${it.title}, by ${it.author?.username}: ${it.comments.length} comments`)
