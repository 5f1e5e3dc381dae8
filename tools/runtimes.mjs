// Runs the suite of every transport on Node, Bun, Deno and workerd. Arguments go on to it: `npm run runtimes -- --only deno`, `-- --why`.
// The runtimes are installed on first use, in a folder of their own.
import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { install } from './install.mjs'
import { root } from './workspace.mjs'

const home = join(root, 'tests/runtimes')

function step(...args) {
  const { status } = spawnSync(process.execPath, args, { stdio: 'inherit', cwd: root })
  if (status !== 0) process.exit(status ?? 1)
}

install(home, { scripts: true })
step(join(root, 'tools/build.mjs'), 'plinth')
step(join(home, 'run.mjs'), ...process.argv.slice(2))
