// The first thing a newcomer runs: builds the framework where no build is newer than its sources, and serves examples/hello.
import { existsSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { register } from 'tsx/esm/api'
import { files, packages, root, run } from './workspace.mjs'

const { folder } = packages().find(({ name }) => name === 'plinth')
const built = join(folder, 'dist/index.js')
if (!existsSync(built) || changedSince(statSync(built).mtimeMs)) {
  console.log('Building the framework, some seconds, once …')
  const { code, output } = await run(process.execPath, [join(root, 'tools/build.mjs'), folder])
  if (code !== 0) fail(output)
}

// As a user's own project has it: without the workspace's paths, which lead to the sources.
register({ tsconfig: join(root, 'examples/hello/tsconfig.json') })
const { default: application } = await import('../examples/hello/app.ts')
try {
  const { url } = await application.listen()
  console.log(`
examples/hello/app.ts is served at ${url}
its documentation for people       ${url}/docs

in another terminal:               curl ${url}/hello/Ada

Ctrl+C ends it.`)
} catch (error) {
  if (error.name === 'BootError') fail(error.message)
  if (error.code !== 'EADDRINUSE') throw error
  fail(`Port ${error.port} is taken. Choose another: PORT=3001 npm start`)
}

function changedSince(time) {
  return files(join(folder, 'src'), /\.ts$/).some((path) => !path.endsWith('.test.ts') && statSync(path).mtimeMs > time)
}

function fail(message) {
  console.error(message.trim())
  process.exit(1)
}
