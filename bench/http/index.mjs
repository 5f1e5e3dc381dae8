import { cpuTime } from '../lib/cpu.mjs'
import { runnable } from '../lib/contender.mjs'
import { generator, load } from '../lib/load.mjs'
import { options, pick, UsageError } from '../lib/options.mjs'
import { isPinned, startServer } from '../lib/process.mjs'
import { keep } from '../lib/results.mjs'
import { tellFailures, twice } from '../lib/rounds.mjs'
import { geometricMean, median, summary } from '../lib/stats.mjs'
import { round, spread, table, targets } from '../lib/table.mjs'
import { contenders } from './contenders.mjs'
import { headerSets, sendable, shapes } from './shapes.mjs'
import { verify } from './verify.mjs'

const known = { rounds: 7, seconds: 2, warmup: 3, shapes: [], only: [], headers: [], quick: false }

/** Measures CPU microseconds per request of every contender, shape by shape, contenders in turn in each round. */
export async function run(argv) {
  const read = options(argv, known)
  const settings = read.quick ? { ...read, rounds: 1, seconds: 1, warmup: 1 } : read
  if (process.platform !== 'linux') throw new UsageError('CPU time is read from /proc, so this group runs on Linux only')
  const sets = pick(
    Object.keys(headerSets).map((name) => ({ name })),
    settings.headers,
    'header set',
  ).map(({ name }) => name)
  const taking = runnable(pick(contenders, settings.only, 'contender'))
  if (!isPinned()) console.log('taskset is missing: server and load generator share the cores, figures will wander')

  const results = []
  const groups = new Map()
  for (const shape of pick(shapes, settings.shapes, 'shape')) {
    const key = shape.together ?? shape.name
    groups.set(key, [...(groups.get(key) ?? []), shape])
  }
  for (const together of groups.values()) {
    results.push(...(await measureTogether(together, taking, sets, settings)))
  }
  report(results)
  console.log(`\nkept in ${keep('http', { ...settings, generator }, results)}`)
  tellFailures(results)
}

async function measureTogether(together, taking, sets, settings) {
  const units = []
  const results = []
  try {
    for (const contender of taking) {
      for (const shape of together) {
        if (contender.only && !contender.only.includes(shape.name)) continue
        const server =
          units.find((unit) => unit.contender === contender && unit.shape.serve === shape.serve)?.server ??
          (await startServer(contender.command(shape.serve)))
        units.push({ contender, shape, server })
        await verify(contender, server.url, shape)
      }
    }
    for (const set of sets) {
      const requests = units.map(({ shape }) => sendable(shape, set))
      const taken = units.map(() => [])
      const failed = units.map(() => undefined)
      const attempt = async (at, measure) => {
        if (failed[at] !== undefined) return undefined
        const { value, failed: why } = await twice(`${units[at].contender.title}, ${units[at].shape.name}`, measure)
        failed[at] = why
        return value
      }
      for (const [at, { server }] of units.entries()) await attempt(at, () => load(server.url, requests[at], settings.warmup))
      for (let turn = 0; turn < settings.rounds; turn++) {
        // Each round starts with the next one, so that none always follows the same neighbour.
        for (let step = 0; step < units.length; step++) {
          const at = (step + turn) % units.length
          taken[at].push(await attempt(at, () => measure(units[at].server, requests[at], settings.seconds)))
        }
      }
      units.forEach(({ contender, shape, server }, at) => {
        results.push({
          shape: shape.name,
          headers: set,
          contender: contender.name,
          title: contender.title,
          buildMs: server.buildMs,
          ...(failed[at] === undefined ? { micros: summary(taken[at]) } : { failed: failed[at] }),
        })
      })
    }
  } finally {
    await Promise.all([...new Set(units.map(({ server }) => server))].map((server) => server.stop()))
  }
  for (const shape of together) {
    console.log(`\n${shape.name}: ${shape.about}`)
    print(
      results.filter((one) => one.shape === shape.name),
      sets,
    )
  }
  return results
}

async function measure({ url, pid }, requests, seconds) {
  const before = cpuTime(pid)
  const { answered } = await load(url, requests, seconds)
  if (answered === 0) throw new Error('nothing was answered')
  return (cpuTime(pid) - before) / answered
}

/**
 * How much dearer `one` is than `other`: the median of the ratios within each round. A machine that is busier for a minute
 * slows both of a round, so the ratio stays where the medians of the two move. `NaN` when either is missing or has failed.
 */
function ratio(one, other) {
  if (!one?.micros || !other?.micros) return NaN
  return median(one.micros.all.map((value, round) => value / other.micros.all[round]))
}

function print(results, sets) {
  const names = [...new Set(results.map(({ contender }) => contender))]
  const find = (contender, set) => results.find((one) => one.contender === contender && one.headers === set)
  table(
    ['', 'build ms', ...sets.flatMap((set) => [`${set}: µs CPU/request`, 'x Fastify'])],
    names.map((name) => [
      find(name, sets[0]).title,
      round(find(name, sets[0]).buildMs),
      ...sets.flatMap((set) => {
        const { micros } = find(name, set)
        const times = ratio(find(name, set), find('fastify', set))
        return [micros ? spread(micros) : 'failed', Number.isNaN(times) ? '' : round(times)]
      }),
    ]),
  )
}

const MEAN_OF = ['params-first', 'post', 'list', 'guarded']

/** The figures of the run against the design's targets, as far as the run has them. */
function report(results) {
  const list = []
  const find = (shape, contender, set = 'browser') =>
    results.find((one) => one.shape === shape && one.contender === contender && one.headers === set)
  const against = (what, value, limit, unit = ' x') => list.push({ what, value, limit, unit })

  const hello = find('hello', 'plinth')
  against('hello, browser headers, against Fastify', ratio(hello, find('hello', 'fastify')), 0.62)
  against('hello, browser headers, against Go net/http', ratio(hello, find('hello', 'go')), 0.7)
  against('hello, browser headers, against Bun.serve', ratio(hello, find('hello', 'bun')), 1.3)
  const ratios = MEAN_OF.map((shape) => ratio(find(shape, 'plinth'), find(shape, 'fastify')))
  against('geometric mean of params, post, list, guarded against Fastify', geometricMean(ratios), 0.68)
  against('last of 30 routes against the first', ratio(find('params-last', 'plinth'), find('params-first', 'plinth')), 1.05)
  against('10,000 routes against 10, per request', ratio(find('routes-10000', 'plinth'), find('routes-10', 'plinth')), 1.1)
  against('10,000 routes, build', find('routes-10000', 'plinth')?.buildMs, 1000, ' ms')
  targets(list)
}
