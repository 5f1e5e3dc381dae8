// The first thing a newcomer runs: builds what is older than its sources, makes Conduit's tables, fills them once, and serves it.
import { existsSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { register } from 'tsx/esm/api'
import { files, packages, readJson, root, run } from './workspace.mjs'

const example = join(root, 'examples/conduit')
const needed = packages().filter(({ name }) => name in readJson(join(example, 'package.json')).dependencies)
const stale = needed.filter(
  ({ folder }) => !existsSync(join(folder, 'dist/index.js')) || changedSince(folder, statSync(join(folder, 'dist/index.js')).mtimeMs),
)
if (stale.length > 0) {
  console.log('Building the framework, some seconds, once …')
  const { code, output } = await run(process.execPath, [join(root, 'tools/build.mjs'), ...stale.map(({ folder }) => folder)])
  if (code !== 0) fail(output)
}

// As a user's own project has it: in its folder, where its `.env` files and its database are, and without the workspace's paths.
process.chdir(example)
register({ tsconfig: join(example, 'tsconfig.json') })
const [{ default: application }, { default: seed }, { Database }, { users }] = await Promise.all([
  import('../examples/conduit/app.ts'),
  import('../examples/conduit/seed.ts'),
  import('@plinth/data'),
  import('../examples/conduit/schema.ts'),
])
try {
  const built = await application.build()
  if ((await built.use(Database).$count(users)) === 0) {
    console.log('Filling the database: 30 users, 300 articles, 2,000 comments …')
    await seed(built)
  }
  const { url } = await built.listen()
  console.log(`
Conduit (examples/conduit) is served at ${url}

  the API                    ${url}/api/articles
  its tables, as PostgREST   ${url}/rest/articles?select=title,author(username)&limit=3
  its documentation          ${url}/docs

Try it in another terminal:

  curl '${url}/api/articles?tag=kitchen&limit=2'

Ctrl+C ends it.`)
} catch (error) {
  if (error.name === 'BootError') fail(error.message)
  if (error.code !== 'EADDRINUSE') throw error
  fail(`Port ${error.port} is taken. Choose another: PORT=3001 npm start`)
}

function changedSince(folder, time) {
  return files(join(folder, 'src'), /\.ts$/).some((path) => !path.endsWith('.test.ts') && statSync(path).mtimeMs > time)
}

function fail(message) {
  console.error(message.trim())
  process.exit(1)
}
