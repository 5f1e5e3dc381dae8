import { randomBytes } from 'node:crypto'
import { loadavg } from 'node:os'
import { fileURLToPath } from 'node:url'
import { makeDatabase } from '../data/database.mjs'
import { cpuTime } from '../lib/cpu.mjs'
import { generator, load } from '../lib/load.mjs'
import { options, pick, UsageError } from '../lib/options.mjs'
import { isPinned, startServer } from '../lib/process.mjs'
import { keep } from '../lib/results.mjs'
import { summary } from '../lib/stats.mjs'
import { round, spread, table } from '../lib/table.mjs'
import { shapes } from './shapes.mjs'

const known = { rounds: 5, seconds: 1, warmup: 2, shapes: [], quick: false }

/** Measures what requests of a whole application cost it and PostgreSQL's backends. */
export async function run(argv) {
  const read = options(argv, known)
  const settings = read.quick ? { ...read, rounds: 1, seconds: 1, warmup: 1 } : read
  if (process.platform !== 'linux') throw new UsageError('CPU time is read from /proc, so this group runs on Linux only')
  const wanted = pick(shapes, settings.shapes, 'shape')
  if (!isPinned()) console.log('taskset is missing: server and load generator share the cores, figures will wander')

  // The application makes its tables.
  const database = await makeDatabase(process.env.BENCH_DATABASE_URL ?? 'postgres://postgres@127.0.0.1:5432/postgres', async () => {})
  const loadBefore = loadavg()[0]
  const results = []
  try {
    const command = [process.execPath, fileURLToPath(new URL('server.mjs', import.meta.url))]
    const server = await startServer(command, { DATABASE_URL: database.url, JWT_SECRET: randomBytes(24).toString('hex') })
    try {
      for (const shape of wanted) results.push(await measureShape(shape, server, database, settings))
    } finally {
      await server.stop()
    }
  } finally {
    await database.drop()
  }
  console.log()
  table(
    ['µs CPU/request', 'application', 'PostgreSQL', 'both', 'statements', 'requests/s'],
    results.map((it) => [
      `${it.shape}: ${it.about}`,
      ...[it.application, it.database, it.both].map(spread),
      String(it.statements),
      String(Math.round(it.perSecond.median)),
    ]),
  )
  const average = { before: loadBefore, after: loadavg()[0] }
  console.log(`\n${database.version}; load average ${round(average.before)} before, ${round(average.after)} after`)
  console.log(`kept in ${keep('conduit', { ...settings, generator, postgres: database.version, load: average }, results)}`)
}

async function measureShape({ name, about, paths, signedIn, right }, server, { backends }, { rounds, seconds, warmup }) {
  const requests = paths.map((path) => ({ method: 'GET', path, headers: signedIn ? server.headers : {} }))
  for (const { path, headers } of requests) {
    const answer = await fetch(server.url + path, { headers })
    const text = await answer.text()
    if (answer.status !== 200 || !right(JSON.parse(text)))
      throw new Error(`${path} is not answered rightly: ${answer.status} ${text.slice(0, 300)}`)
  }
  await load(server.url, requests, warmup)
  const taken = []
  for (let turn = 0; turn < rounds; turn++) {
    const before = cpuTime(server.pid)
    const spent = backends.watch()
    const began = performance.now()
    const { answered } = await load(server.url, requests, seconds)
    const took = (performance.now() - began) / 1000
    taken.push({ application: (cpuTime(server.pid) - before) / answered, database: spent() / answered, perSecond: answered / took })
  }
  return {
    shape: name,
    about,
    statements: server.statements[name],
    application: summary(taken.map((it) => it.application)),
    database: summary(taken.map((it) => it.database)),
    both: summary(taken.map((it) => it.application + it.database)),
    perSecond: summary(taken.map((it) => it.perSecond)),
  }
}
