// Runs the suite of every transport on Node, Bun, Deno and workerd. Arguments go on to it: `npm run runtimes -- --only deno`, `-- --why`.
// The runtimes are installed on first use, in a folder of their own.
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { root } from './workspace.mjs'

const home = join(root, 'tests/runtimes')

function step(command, args, cwd) {
  const { status } = spawnSync(command, args, { stdio: 'inherit', cwd, shell: process.platform === 'win32' })
  if (status !== 0) process.exit(status ?? 1)
}

if (!existsSync(join(home, 'node_modules/miniflare'))) step('npm', ['ci', '--no-audit', '--no-fund', '--workspaces=false'], home)
step(process.execPath, [join(root, 'tools/build.mjs'), 'plinth'], root)
step(process.execPath, [join(home, 'run.mjs'), ...process.argv.slice(2)], root)
