import { contenders } from '../http/contenders.mjs'
import { headerSets, sendable, shapes } from '../http/shapes.mjs'
import { verify } from '../http/verify.mjs'
import { runnable } from '../lib/contender.mjs'
import { waitedForCore } from '../lib/cpu.mjs'
import { generator as saturator, load } from '../lib/load.mjs'
import { doubt, generatorFor, paced } from '../lib/open-loop/index.mjs'
import { options, pick } from '../lib/options.mjs'
import { isPinned, startServer } from '../lib/process.mjs'
import { keep } from '../lib/results.mjs'
import { tellFailures, twice } from '../lib/rounds.mjs'
import { median } from '../lib/stats.mjs'
import { targets } from '../lib/table.mjs'
import { print, targetsOf } from './report.mjs'

const known = {
  rounds: 3,
  seconds: 0.8,
  warmup: 2,
  shapes: ['hello', 'post'],
  only: [],
  headers: ['browser'],
  loads: ['half', 'same'],
  rate: 5000,
  connections: 64,
  generator: '',
  quick: false,
}

/** What is sent: `rateOf` a saturation, in requests a second. */
const loads = (settings) => [
  { name: 'half', about: 'half of what each can do', rateOf: (saturation) => saturation / 2 },
  { name: 'same', about: `${settings.rate}/s for all`, rateOf: () => settings.rate },
]

/** Measures latency at constant rates: half of what each contender can do, and one rate for all. */
export async function run(argv) {
  const read = options(argv, known)
  const settings = read.quick ? { ...read, rounds: 1, seconds: 0.5, warmup: 1 } : read
  const generator = generatorFor(settings.generator)
  const named = (names) => names.map((name) => ({ name }))
  const sets = pick(named(Object.keys(headerSets)), settings.headers, 'header set').map(({ name }) => name)
  const wanted = pick(loads(settings), settings.loads, 'load')
  const taking = runnable(pick(contenders, settings.only, 'contender'))
  if (!isPinned()) console.log('taskset is missing: server and load generator share the cores, figures will wander')
  if (generator.instead) console.log(`without the load generator in C: ${generator.instead}`)
  if (generator.most < Infinity)
    console.log(`the load generator in Node sends ${generator.most}/s at most: who can do more than twice that gets less than half of it`)

  const results = []
  for (const shape of pick(shapes, settings.shapes, 'shape')) {
    results.push(...(await measureShape(shape, taking, { sets, wanted, generator, settings })))
  }
  const evaluated = targets(targetsOf(results))
  const kept = keep('latency', { ...settings, generator: generator.name, saturator }, results, { targets: evaluated })
  console.log(`\nkept in ${kept}`)
  tellFailures(results)
}

async function measureShape(shape, taking, { sets, wanted, generator, settings }) {
  console.log(`\n${shape.name}: ${shape.about}; ms from when a request was due`)
  const servers = []
  const results = []
  try {
    for (const contender of taking) {
      if (contender.only && !contender.only.includes(shape.name)) continue
      const server = await startServer(contender.command(shape.serve))
      servers.push({ contender, server })
      await verify(contender, server.url, shape)
    }
    for (const set of sets) {
      const requests = sendable(shape, set)
      const units = []
      for (const { contender, server } of servers) {
        const { value: saturation, failed } = await twice(contender.title, () => saturate(server, requests, settings))
        units.push({ contender, server, saturation, failed })
      }
      for (const one of wanted) {
        const measured = await measureLoad(one, units, requests, generator, settings)
        results.push(...measured.map((figures) => ({ shape: shape.name, headers: set, ...figures })))
        print(set, one, measured)
      }
    }
  } finally {
    await Promise.all(servers.map(({ server }) => server.stop()))
  }
  return results
}

/**
 * Requests a second that a server can answer. Of two tries the better one: other work on the machine only ever takes from it.
 * In whole seconds, since wrk knows no parts of one.
 */
async function saturate({ url }, requests, settings) {
  const [warmup, seconds] = [settings.warmup, settings.seconds].map(Math.ceil)
  const warming = (await load(url, requests, warmup)).answered / warmup
  return Math.max(warming, (await load(url, requests, seconds)).answered / seconds)
}

async function measureLoad({ name, rateOf }, all, requests, generator, settings) {
  const units = all.map((unit) => {
    const rate = Math.round(Math.min(rateOf(unit.saturation), generator.most))
    // It would never be at rest again, and its figures would be those of how long one asked.
    const beyond = rate >= unit.saturation
    return { ...unit, rate, beyond, rounds: [] }
  })
  for (let turn = 0; turn < settings.rounds; turn++) {
    // Each round starts with the next one, so that none always follows the same neighbour.
    for (let step = 0; step < units.length; step++) {
      const unit = units[(step + turn) % units.length]
      if (unit.failed !== undefined || unit.beyond) continue
      const { value, failed } = await twice(unit.contender.title, () => measure(unit, requests, generator, settings))
      unit.failed = failed
      unit.rounds.push(value)
    }
  }
  return units.map(({ contender, saturation, rate, beyond, failed, rounds }) => {
    const about = { load: name, contender: contender.name, title: contender.title, saturation, rate }
    if (failed !== undefined) return { ...about, failed }
    if (beyond) return { ...about, beyond }
    const figures = Object.fromEntries(Object.keys(rounds[0]).map((key) => [key, median(rounds.map((one) => one[key]))]))
    return { ...about, ...figures, doubt: doubt(figures), rounds }
  })
}

const times = ['p50', 'p90', 'p99', 'p999', 'max']

/** One round: its times in milliseconds, and what tells whose they are. */
async function measure({ server, rate }, requests, generator, { seconds, connections }) {
  const began = performance.now()
  const before = waitedForCore(server.pid)
  const report = await paced(generator, { port: server.port, requests, rate, seconds, warmup: 0.2, connections })
  const serverStarved = (waitedForCore(server.pid) - before) / 1000 / (performance.now() - began)
  return {
    ...Object.fromEntries(times.map((name) => [name, report[name] / 1000])),
    achieved: report.rate,
    lagP99: report.lagP99 / 1000,
    lagMax: report.lagMax / 1000,
    idle: report.idle,
    starved: report.starved,
    serverStarved,
  }
}
