// Changes the sources of router, schemas, guards and problems one small thing at a time, and counts the changes that no test notices.
// Its tools are installed on first use, in a folder of their own. Arguments go to Stryker: `npm run mutation -- --mutate <glob>`.
import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { install } from './install.mjs'
import { root } from './workspace.mjs'

const home = join(root, 'tests/mutation')
const stryker = join(home, 'node_modules/@stryker-mutator/core/bin/stryker.js')

install(home)
const { status } = spawnSync(process.execPath, [stryker, 'run', 'tests/mutation/stryker.config.mjs', ...process.argv.slice(2)], {
  stdio: 'inherit',
  cwd: root,
})
process.exit(status ?? 1)
