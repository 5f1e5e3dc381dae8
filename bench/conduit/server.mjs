// Conduit on the database of `DATABASE_URL`, which it fills. Its line `ready` has a token, and how many statements each shape takes.
import { fileURLToPath } from 'node:url'
import { register } from 'tsx/esm/api'
import { shapes } from './shapes.mjs'

const example = new URL('../../examples/conduit/', import.meta.url)
// As a user's own project has it: without the workspace's paths, which lead to the sources.
register({ tsconfig: fileURLToPath(new URL('tsconfig.json', example)) })
const [{ default: application }, { default: seed, password }, { Database }] = await Promise.all([
  import(new URL('app.ts', example).href),
  import(new URL('seed.ts', example).href),
  import('@plinth/data'),
])

const built = await application.build()
await seed(built)
const db = built.use(Database)
await db.execute('ANALYZE')
const user = { email: 'hana.sato@conduit.example', password }
const login = new Request('http://conduit.example/api/users/login', {
  method: 'POST',
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify({ user }),
})
const { token } = (await (await built.fetch(login)).json()).user
const headers = { authorization: `Token ${token}` }

const statements = {}
const { query } = db.$client
for (const { name, paths, signedIn } of shapes) {
  statements[name] = 0
  db.$client.query = function (...args) {
    statements[name]++
    return query.apply(this, args)
  }
  await (await built.fetch(new Request(`http://conduit.example${paths[0]}`, signedIn ? { headers } : {}))).text()
}
delete db.$client.query

await built.listen({ port: Number(process.env.PORT), host: '127.0.0.1' })
console.log(`ready ${JSON.stringify({ headers, statements })}`)
