import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { contenders } from '../http/contenders.mjs'
import { sendable, shapes } from '../http/shapes.mjs'
import { verify } from '../http/verify.mjs'
import { runnable } from '../lib/contender.mjs'
import { load } from '../lib/load.mjs'
import { options, pick } from '../lib/options.mjs'
import { LOAD_CORE, start, startServer } from '../lib/process.mjs'
import { keep } from '../lib/results.mjs'
import { median } from '../lib/stats.mjs'
import { round, table, targets } from '../lib/table.mjs'

const known = {
  rounds: 3,
  seconds: 5,
  warmup: 2,
  shapes: ['hello', 'post'],
  only: [],
  headers: 'browser',
  rate: 0,
  'most-rate': 20_000,
  connections: 64,
  quick: false,
}
const measured = ['p50', 'p90', 'p99', 'p999', 'max']

/** Measures latency at a constant rate: half of what each contender can do, or `--rate` for all. */
export async function run(argv) {
  const read = options(argv, known)
  const settings = read.quick ? { ...read, rounds: 1, seconds: 2, warmup: 1 } : read
  const taking = runnable(pick(contenders, settings.only, 'contender'))
  const results = []
  for (const shape of pick(shapes, settings.shapes, 'shape')) results.push(...(await measureShape(shape, taking, settings)))
  targets(
    results
      .filter(({ contender }) => contender === 'plinth')
      .map(({ shape, p99, rate, saturation }) => {
        // What the generator can't send isn't half of what the server can do, and the target is about that half.
        const short = rate < Math.floor(saturation / 2) ? `, ${Math.round((rate / saturation) * 100)}% of saturation` : ''
        return { what: `p99 of ${shape} at ${Math.round(rate)} requests/s${short}`, value: p99, limit: 10, unit: ' ms' }
      }),
  )
  console.log(`\nkept in ${keep('latency', settings, results)}`)
}

async function measureShape(shape, taking, settings) {
  console.log(`\n${shape.name}: ${shape.about}; ms from when a request was due`)
  const servers = []
  const folder = mkdtempSync(join(tmpdir(), 'bench-'))
  try {
    for (const contender of taking) {
      if (contender.only && !contender.only.includes(shape.name)) continue
      const server = await startServer(contender.command(shape.serve))
      servers.push({ contender, server, rounds: [] })
      await verify(contender, server.url, shape)
    }
    const requests = sendable(shape, settings.headers)
    for (const one of servers) {
      await load(one.server.url, requests, settings.warmup)
      one.saturation = (await load(one.server.url, requests, settings.warmup)).answered / settings.warmup
      one.rate = Math.round(settings.rate || Math.min(one.saturation / 2, settings['most-rate']))
    }
    for (let turn = 0; turn < settings.rounds; turn++) {
      for (let at = 0; at < servers.length; at++) {
        const one = servers[(at + turn) % servers.length]
        one.rounds.push(
          await paced(join(folder, 'plan.json'), {
            port: one.server.port,
            requests,
            rate: one.rate,
            seconds: settings.seconds,
            warmup: 1,
            connections: settings.connections,
          }),
        )
      }
    }
  } finally {
    await Promise.all(servers.map(({ server }) => server.stop()))
    rmSync(folder, { recursive: true, force: true })
  }
  const results = servers.map(({ contender, saturation, rate, rounds }) => ({
    shape: shape.name,
    headers: settings.headers,
    contender: contender.name,
    title: contender.title,
    saturation,
    rate,
    ...Object.fromEntries(measured.map((name) => [name, median(rounds.map((one) => one[name]))])),
    rounds,
  }))
  table(
    ['', 'saturated at', 'sent', ...measured],
    results.map((one) => [one.title, `${Math.round(one.saturation)}/s`, `${one.rate}/s`, ...measured.map((name) => round(one[name]))]),
  )
  return results
}

async function paced(file, plan) {
  writeFileSync(file, JSON.stringify(plan))
  const child = start(LOAD_CORE, [process.execPath, fileURLToPath(new URL('../lib/open-loop.mjs', import.meta.url)), file])
  const code = await child.ended
  if (code !== 0) throw new Error(`the load generator ended with ${code}:\n${child.output}`)
  return JSON.parse(child.output)
}
