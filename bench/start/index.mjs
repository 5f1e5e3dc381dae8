import { cpuTime } from '../lib/cpu.mjs'
import { firstAnswer, helloApps } from '../hello-apps/index.mjs'
import { runnable } from '../lib/contender.mjs'
import { options, pick } from '../lib/options.mjs'
import { SERVER_CORE, start } from '../lib/process.mjs'
import { keep } from '../lib/results.mjs'
import { summary } from '../lib/stats.mjs'
import { round, spread, table, targets } from '../lib/table.mjs'

const known = { runs: 15, only: [], quick: false }

/** Measures `node app.js` to the first answer, above bare `node -e 0`, in turn. */
export async function run(argv) {
  const read = options(argv, known)
  const settings = read.quick ? { ...read, runs: 3 } : read
  const apps = runnable(pick(helloApps, settings.only, 'app'))
  const bare = []
  const taken = apps.map(() => ({ ms: [], cpuMs: [] }))

  // One start of each that isn't counted, so that none pays for reading its files from the disk.
  for (let turn = -1; turn < settings.runs; turn++) {
    const ms = await bareNode()
    if (turn >= 0) bare.push(ms)
    for (const [at, app] of apps.entries()) {
      const answer = await firstAnswer(app)
      const cpuMs = process.platform === 'linux' ? cpuTime(answer.pid) / 1000 : 0
      await answer.stop()
      if (turn < 0) continue
      taken[at].ms.push(answer.ms)
      taken[at].cpuMs.push(cpuMs)
    }
  }

  const floor = summary(bare)
  const results = apps.map(({ name, title }, at) => {
    const ms = summary(taken[at].ms)
    return { name, title, ms, cpuMs: summary(taken[at].cpuMs), aboveBareMs: ms.median - floor.median }
  })
  const above = (name) => results.find((one) => one.name === name)?.aboveBareMs
  const base = above('node-http')
  console.log('\nfrom the start of the process to the end of the first answer, ms; CPU is that of the process by then')
  table(
    ['', 'ms', 'above bare node', 'x node:http', 'CPU ms'],
    [
      ['node -e 0', spread(floor), '', '', ''],
      ...results.map(({ title, ms, cpuMs, aboveBareMs }) => [
        title,
        spread(ms),
        round(aboveBareMs),
        base === undefined ? '' : round(aboveBareMs / base),
        spread(cpuMs),
      ]),
    ],
  )
  targets(
    above('plinth') !== undefined && base !== undefined
      ? [{ what: 'start above bare node, against node:http', value: above('plinth') / base, limit: 1.3, unit: ' x' }]
      : [],
  )
  console.log(`\nkept in ${keep('start', settings, { bareMs: floor, apps: results })}`)
}

async function bareNode() {
  const began = performance.now()
  const code = await start(SERVER_CORE, [process.execPath, '-e', '0']).ended
  if (code !== 0) throw new Error(`node -e 0 ended with ${code}`)
  return performance.now() - began
}
