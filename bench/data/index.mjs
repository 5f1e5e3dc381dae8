import { loadavg } from 'node:os'
import { cpuTime } from '../lib/cpu.mjs'
import { runnable } from '../lib/contender.mjs'
import { generator, load } from '../lib/load.mjs'
import { options, pick, UsageError } from '../lib/options.mjs'
import { isPinned, startServer } from '../lib/process.mjs'
import { keep } from '../lib/results.mjs'
import { median, summary } from '../lib/stats.mjs'
import { round, spread, table, targets } from '../lib/table.mjs'
import { contenders } from './contenders.mjs'
import { makeDatabase } from './database.mjs'
import { shapes } from './shapes.mjs'

const known = { rounds: 5, seconds: 1, warmup: 2, shapes: [], only: [], quick: false }

/** Measures what a request costs the application and PostgreSQL's backends, shape by shape, contenders in turn in each round. */
export async function run(argv) {
  const read = options(argv, known)
  const settings = read.quick ? { ...read, rounds: 1, seconds: 1, warmup: 1 } : read
  if (process.platform !== 'linux') throw new UsageError('CPU time is read from /proc, so this group runs on Linux only')
  const wanted = pick(shapes, settings.shapes, 'shape')
  const taking = runnable(pick(contenders, settings.only, 'contender'))
  if (!isPinned()) console.log('taskset is missing: server and load generator share the cores, figures will wander')

  const database = await makeDatabase(process.env.BENCH_DATABASE_URL ?? 'postgres://postgres@127.0.0.1:5432/postgres')
  const servers = []
  const results = []
  const loadBefore = loadavg()[0]
  // lib/process.mjs ends this process at once, and the database would stay: its listeners are set aside until that is gone.
  const interrupted = () => void database.drop().finally(() => process.exit(130))
  const aside = new Map(['SIGINT', 'SIGTERM'].map((signal) => [signal, process.listeners(signal)]))
  for (const signal of aside.keys()) process.removeAllListeners(signal).on(signal, interrupted)
  try {
    for (const contender of taking) {
      if (!wanted.some((shape) => takesPart(contender, shape))) continue
      servers.push({ contender, server: await startServer(contender.command, { BENCH_DATABASE_URL: database.url }) })
    }
    for (const shape of wanted) {
      const units = servers.filter(({ contender }) => takesPart(contender, shape))
      const measured = await measureShape(shape, units, database, settings)
      results.push(...measured)
      print(shape, measured)
    }
  } finally {
    await Promise.all(servers.map(({ server }) => server.stop()))
    for (const [signal, listeners] of aside) {
      process.off(signal, interrupted)
      for (const listener of listeners) process.on(signal, listener)
    }
    await database.drop()
  }
  report(results)
  const load = { before: loadBefore, after: loadavg()[0] }
  console.log(`\n${database.version}; load average ${round(load.before)} before, ${round(load.after)} after`)
  console.log(`kept in ${keep('data', { ...settings, generator, postgres: database.version, load }, results)}`)
}

const takesPart = ({ only }, { name }) => only === undefined || only.includes(name)

async function measureShape(shape, units, database, settings) {
  const requests = units.map(({ contender }) =>
    shape.requests(contender.grammar === true).map(({ method, path, headers = {}, body }) => ({ method, path, headers, body })),
  )
  for (const { contender, server } of units) await verify(shape, contender, server, database)
  for (const [at, { server }] of units.entries()) await load(server.url, requests[at], settings.warmup)
  const taken = units.map(() => [])
  for (let turn = 0; turn < settings.rounds; turn++) {
    // Each round starts with the next one, so that none always follows the same neighbour.
    for (let step = 0; step < units.length; step++) {
      const at = (step + turn) % units.length
      taken[at].push(await measure(units[at].server, database, requests[at], settings.seconds))
    }
  }
  return units.map(({ contender }, at) => ({
    shape: shape.name,
    contender: contender.name,
    title: contender.title,
    application: summary(taken[at].map((it) => it.application)),
    database: summary(taken[at].map((it) => it.database)),
    both: summary(taken[at].map((it) => it.application + it.database)),
    perSecond: summary(taken[at].map((it) => it.perSecond)),
  }))
}

/** Throws where a contender does not do the work of a shape. */
async function verify(shape, contender, { url }, { query }) {
  const all = shape.requests(contender.grammar === true)
  for (const request of all.filter((_, at) => at % 97 === 0)) {
    const { method, path, headers, body } = request
    const answer = await patiently(() => fetch(url + path, { method, headers, body }))
    const text = await answer.text()
    const type = answer.headers.get('content-type') ?? 'no content type'
    const { status = 200, type: expected = /^application\/json\b/ } = shape
    let right = `${answer.status}, ${type}: ${text.slice(0, 300)}`
    if (answer.status === status && expected.test(type)) right = await shape.right(text, request, query)
    if (right !== true) throw new Error(`${contender.title} doesn't do the work of ${shape.name}, ${method} ${path}: ${right}`)
  }
}

/** Where the machine is busy, a first connection to the database may take longer than one waits for it: 503 says to try again. */
async function patiently(ask) {
  for (let attempt = 1; ; attempt++) {
    const answer = await ask()
    if (answer.status !== 503 || attempt === 5) return answer
    await answer.arrayBuffer()
    await new Promise((resolve) => setTimeout(resolve, 1000))
  }
}

async function measure({ url, pid }, { backends }, requests, seconds) {
  const before = cpuTime(pid)
  const spent = backends.watch()
  const began = performance.now()
  let answered = 0
  // On a busy machine a second may pass without any answer.
  while (answered === 0) answered += (await load(url, requests, seconds)).answered
  const took = (performance.now() - began) / 1000
  return { application: (cpuTime(pid) - before) / answered, database: spent() / answered, perSecond: answered / took }
}

/** How much dearer `one` is than `other`, in all: the median of the ratios within each round, as in http. */
function ratio(one, other) {
  if (!one || !other) return NaN
  return median(one.both.all.map((value, at) => value / other.both.all[at]))
}

function print(shape, measured) {
  const plinth = measured.find((it) => it.contender === 'plinth')
  console.log(`\n${shape.name}: ${shape.about}`)
  table(
    ['µs CPU/request', 'application', 'PostgreSQL', 'both', 'Plinth is', 'requests/s'],
    measured.map((it) => {
      const times = it === plinth ? NaN : ratio(plinth, it)
      const perSecond = String(Math.round(it.perSecond.median))
      return [
        it.title,
        spread(it.application),
        spread(it.database),
        spread(it.both),
        Number.isNaN(times) ? '' : `${round(times)} x`,
        perSecond,
      ]
    }),
  )
}

/** The figures of the run against the design's targets, as far as the run has them. */
function report(results) {
  const list = []
  const find = (shape, contender) => results.find((it) => it.shape === shape && it.contender === contender)
  const against = (what, value, limit) => Number.isFinite(value) && list.push({ what, value, limit, unit: ' x' })
  against('single query against Fastify + pg', ratio(find('db', 'plinth'), find('db', 'fastify-pg')), 0.75)
  against('posts with one embed against Fastify + Drizzle', ratio(find('posts', 'plinth'), find('posts', 'fastify-drizzle')), 0.4)
  targets(list)
}
