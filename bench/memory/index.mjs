import { residentKiB } from '../lib/cpu.mjs'
import { firstAnswer, helloApps } from '../hello-apps/index.mjs'
import { runnable } from '../lib/contender.mjs'
import { options, pick, UsageError } from '../lib/options.mjs'
import { SERVER_CORE, start, stop } from '../lib/process.mjs'
import { keep } from '../lib/results.mjs'
import { summary } from '../lib/stats.mjs'
import { round, spread, table, targets } from '../lib/table.mjs'

const known = { runs: 5, settle: 2, only: [], quick: false }

/** Measures the resident memory of a hello app that has answered once and then rested, above that of bare node. */
export async function run(argv) {
  const read = options(argv, known)
  const settings = read.quick ? { ...read, runs: 2, settle: 1 } : read
  if (process.platform !== 'linux') throw new UsageError('resident memory is read from /proc, so this group runs on Linux only')
  const apps = runnable(pick(helloApps, settings.only, 'app'))
  const rest = () => new Promise((resolve) => setTimeout(resolve, settings.settle * 1000))

  const bare = []
  const taken = apps.map(() => [])
  for (let turn = 0; turn < settings.runs; turn++) {
    const node = start(SERVER_CORE, [process.execPath, '-e', 'setInterval(() => {}, 2 ** 30)'])
    await rest()
    bare.push(residentKiB(node.pid) / 1024)
    await stop(node)
    for (const [at, app] of apps.entries()) {
      const answer = await firstAnswer(app)
      await rest()
      taken[at].push(residentKiB(answer.pid) / 1024)
      await answer.stop()
    }
  }

  const floor = summary(bare)
  const results = apps.map(({ name, title }, at) => {
    const mib = summary(taken[at])
    return { name, title, mib, aboveBareMiB: mib.median - floor.median }
  })
  console.log('\nresident memory of an idle hello app, MiB')
  table(
    ['', 'MiB', 'above bare node'],
    [['node', spread(floor), ''], ...results.map(({ title, mib, aboveBareMiB }) => [title, spread(mib), round(aboveBareMiB)])],
  )
  const plinth = results.find(({ name }) => name === 'plinth')
  targets(plinth ? [{ what: 'idle memory above bare node', value: plinth.aboveBareMiB, limit: 12, unit: ' MiB' }] : [])
  console.log(`\nkept in ${keep('memory', settings, { bareMiB: floor, apps: results })}`)
}
