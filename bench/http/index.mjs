import { cpuTime } from '../lib/cpu.mjs'
import { runnable } from '../lib/contender.mjs'
import { generator, load } from '../lib/load.mjs'
import { options, pick, UsageError } from '../lib/options.mjs'
import { isPinned, startServer } from '../lib/process.mjs'
import { keep } from '../lib/results.mjs'
import { geometricMean, summary } from '../lib/stats.mjs'
import { round, spread, table, targets } from '../lib/table.mjs'
import { contenders } from './contenders.mjs'
import { headerSets, headersOf, shapes } from './shapes.mjs'
import { verify } from './verify.mjs'

const known = { rounds: 3, seconds: 4, warmup: 3, shapes: [], only: [], headers: [], quick: false }

/** Measures CPU microseconds per request of every contender, shape by shape, contenders in turn in each round. */
export async function run(argv) {
  const read = options(argv, known)
  const settings = read.quick ? { ...read, rounds: 1, seconds: 1, warmup: 1 } : read
  if (process.platform !== 'linux') throw new UsageError('CPU time is read from /proc, so this group runs on Linux only')
  const sets = pick(Object.keys(headerSets).map((name) => ({ name })), settings.headers, 'header set').map(({ name }) => name)
  const taking = runnable(pick(contenders, settings.only, 'contender'))
  if (!isPinned()) console.log('taskset is missing: server and load generator share the cores, figures will wander')

  const results = []
  for (const shape of pick(shapes, settings.shapes, 'shape')) {
    results.push(...(await measureShape(shape, taking, sets, settings)))
  }
  report(results)
  console.log(`\nkept in ${keep('http', { ...settings, generator }, results)}`)
}

async function measureShape(shape, taking, sets, settings) {
  console.log(`\n${shape.name}: ${shape.about}`)
  const servers = []
  const results = []
  try {
    for (const contender of taking) {
      if (contender.only && !contender.only.includes(shape.name)) continue
      const server = await startServer(contender.command(shape.serve))
      servers.push({ contender, server })
      const wrong = await verify(server.url, shape)
      if (wrong.length > 0) throw new Error(`${contender.title} doesn't do the work of ${shape.name}:\n  ${wrong.join('\n  ')}`)
    }
    for (const set of sets) {
      const requests = shape.requests.map((request) => ({ method: request.method, path: request.path, body: request.body, headers: headersOf(request, set) }))
      for (const { server } of servers) await load(server.url, requests, settings.warmup)
      const taken = servers.map(() => [])
      for (let turn = 0; turn < settings.rounds; turn++) {
        // Each round starts with the next contender, so that none always follows the same neighbour.
        for (let at = 0; at < servers.length; at++) {
          const chosen = (at + turn) % servers.length
          taken[chosen].push(await measure(servers[chosen].server, requests, settings.seconds))
        }
      }
      servers.forEach(({ contender, server }, at) => {
        results.push({ shape: shape.name, headers: set, contender: contender.name, title: contender.title, buildMs: server.buildMs, micros: summary(taken[at]) })
      })
    }
  } finally {
    await Promise.all(servers.map(({ server }) => server.stop()))
  }
  print(results, sets)
  return results
}

async function measure({ url, pid }, requests, seconds) {
  const before = cpuTime(pid)
  const { answered } = await load(url, requests, seconds)
  return (cpuTime(pid) - before) / answered
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
        const base = find('fastify', set)?.micros.median
        return [spread(micros), base === undefined ? '' : round(micros.median / base)]
      }),
    ]),
  )
}

const MEAN_OF = ['params-first', 'post', 'list', 'guarded']

/** The figures of the run against the design's targets, as far as the run has them. */
function report(results) {
  const list = []
  const find = (shape, contender, set = 'browser') => results.find((one) => one.shape === shape && one.contender === contender && one.headers === set)
  const micros = (...which) => find(...which)?.micros.median
  const against = (what, value, limit, unit) => Number.isFinite(value) && list.push({ what, value, limit, unit })

  const hello = micros('hello', 'plinth')
  against('hello, browser headers, against Fastify', hello / micros('hello', 'fastify'), 0.62, ' x')
  against('hello, browser headers, against Go net/http', hello / micros('hello', 'go'), 0.7, ' x')
  against('hello, browser headers, against Bun.serve', hello / micros('hello', 'bun'), 1.3, ' x')
  const ratios = MEAN_OF.map((shape) => micros(shape, 'plinth') / micros(shape, 'fastify'))
  against('geometric mean of params, post, list, guarded against Fastify', geometricMean(ratios), 0.68, ' x')
  against('last of 30 routes against the first', micros('params-last', 'plinth') / micros('params-first', 'plinth'), 1.05, ' x')
  against('10,000 routes against 10, per request', micros('routes-10000', 'plinth') / micros('routes-10', 'plinth'), 1.1, ' x')
  against('10,000 routes, build', find('routes-10000', 'plinth')?.buildMs, 1000, ' ms')
  targets(list)
}
