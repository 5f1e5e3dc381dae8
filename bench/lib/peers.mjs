import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const bench = new URL('../', import.meta.url)

/** Installs the peers of the lock file into bench/node_modules, when they are not there or the lock file has changed since. */
export function installPeers() {
  const lock = readFileSync(new URL('package-lock.json', bench), 'utf8')
  const stamp = new URL('node_modules/.installed-lock.json', bench)
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === lock) return
  console.log('installing the peers into bench/node_modules …')
  const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm'
  const { status } = spawnSync(npm, ['ci', '--prefix', fileURLToPath(bench), '--no-audit', '--no-fund', '--loglevel', 'error'], {
    stdio: 'inherit',
  })
  if (status !== 0) throw new Error('npm ci failed in bench/; see above')
  writeFileSync(stamp, lock)
}

/** `true`, or why Plinth can't be run: benchmarks use it as its users do, from what was built. */
export function plinthBuilt() {
  return existsSync(new URL('../packages/plinth/dist/index.js', bench)) || 'packages/plinth/dist is missing; run `npm run build` first'
}
