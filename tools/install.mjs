// Installs a folder that has a package.json of its own. What is large and needed by few commands stands in such folders, so that
// the first install of the workspace stays small. `node tools/install.mjs <folder…>`
import { spawnSync } from 'node:child_process'
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { fromRoot, root } from './workspace.mjs'

/**
 * Runs `npm ci` in `folder`, when that was not done yet or its lock file has changed since. What npm says goes to standard error.
 * `scripts` lets packages run theirs, as far as the folder's `allowScripts` does.
 */
export function install(folder, { scripts = false } = {}) {
  const lock = readFileSync(join(folder, 'package-lock.json'), 'utf8')
  const stamp = join(folder, 'node_modules/.installed-lock.json')
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === lock) return
  console.error(`installing ${fromRoot(folder)}, once …`)
  const flags = ['--no-audit', '--no-fund', '--workspaces=false', '--loglevel=error', ...(scripts ? [] : ['--ignore-scripts'])]
  const { status, error } = spawnSync('npm', ['ci', ...flags], {
    cwd: folder,
    stdio: ['ignore', 2, 2],
    shell: process.platform === 'win32',
  })
  if (status !== 0) throw new Error(`npm ci in ${fromRoot(folder)} fails`, { cause: error })
  writeFileSync(stamp, lock)
}

/** Installs the examples that stand on libraries which nothing else needs: those with a lock file of their own. */
export function installExamples() {
  const folder = join(root, 'examples')
  if (!existsSync(folder)) return
  for (const name of readdirSync(folder)) if (existsSync(join(folder, name, 'package-lock.json'))) install(join(folder, name))
}

if (process.argv[1] === fileURLToPath(import.meta.url)) for (const folder of process.argv.slice(2)) install(resolve(folder))
