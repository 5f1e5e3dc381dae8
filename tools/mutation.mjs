// Changes the sources of router, schemas, guards and problems one small thing at a time, and counts the changes that no test notices.
// Its tools are installed on first use, in a folder of their own. `npm run mutation -- guards problems` takes these groups alone;
// what begins with `--`, and what follows it, goes to Stryker: `npm run mutation -- router --mutate packages/plinth/src/router/decode.ts`.
import { spawnSync } from 'node:child_process'
import { readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { groups, least } from '../tests/mutation/groups.mjs'
import { install } from './install.mjs'
import { counted, tableOf } from './mutation-score.mjs'
import { root } from './workspace.mjs'

const home = join(root, 'tests/mutation')
const stryker = join(home, 'node_modules/@stryker-mutator/core/bin/stryker.js')

const given = process.argv.slice(2)
const end = given.findIndex((it) => it.startsWith('-'))
const named = end === -1 ? given : given.slice(0, end)
const options = end === -1 ? [] : given.slice(end)
const unknown = named.filter((name) => !Object.hasOwn(groups, name))
if (unknown.length > 0) {
  console.error(`no group is called ${unknown.join(', ')}; there are ${Object.keys(groups).join(', ')}`)
  process.exit(2)
}

install(home)

const rows = []
const failed = []
for (const name of named.length > 0 ? named : Object.keys(groups)) {
  const report = join(root, `reports/mutation/${name}.json`)
  rmSync(report, { force: true })
  const { status } = spawnSync(process.execPath, [stryker, 'run', 'tests/mutation/stryker.config.mjs', ...options], {
    stdio: 'inherit',
    cwd: root,
    env: { ...process.env, MUTATION_GROUP: name },
  })
  if (status === 0) rows.push(counted(name, JSON.parse(readFileSync(report, 'utf8'))))
  else failed.push(`${name} could not be run`)
}
console.log(tableOf(rows))
for (const row of rows) if (row.score < least) failed.push(`${row.name} is below ${least} %`)
for (const line of failed) console.error(line)
if (failed.length > 0) process.exit(1)
