import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync, rmSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { waitedCpuTime } from '../lib/cpu.mjs'
import { options, UsageError } from '../lib/options.mjs'
import { plinthBuilt } from '../lib/peers.mjs'
import { keep } from '../lib/results.mjs'
import { summary } from '../lib/stats.mjs'
import { round, spread, table, targets } from '../lib/table.mjs'
import { chain, modules } from './generate.mjs'

const known = { runs: 3, quick: false, keep: false }

// The design asks for the same cost; a tenth is left for what grows with the logarithm.
const SAME = 1.1

// Inside the repository, so that `plinth` is found as a user's import finds it: package.json's exports, then dist's declarations.
const work = new URL('./.work/', import.meta.url)

const seven = new URL('../../node_modules/typescript/', import.meta.url)

// TypeScript 7 divides the files among four checkers, each of which works the application's type out for itself: on few cores
// that costs more than it gains, and instantiations add up. So it is timed both ways, and counted on one thread.
const compilers = [
  { name: 'TypeScript 7', folder: seven, flags: [], limit: 2000 },
  { name: 'TypeScript 7, one thread', folder: seven, flags: ['--singleThreaded'], counted: true, limit: 2000 },
  { name: 'TypeScript 5.9', folder: new URL('../node_modules/typescript-5.9/', import.meta.url), flags: [], counted: true, limit: 6000 },
]

const cases = [
  { name: '500 routes, 50 modules', folder: 'm50', generate: (folder) => modules(folder, 50), timed: true, limited: true },
  { name: '490 routes, 49 modules', folder: 'm49', generate: (folder) => modules(folder, 49) },
  { name: '50 routes, 5 modules', folder: 'm5', generate: (folder) => modules(folder, 5), timed: true },
  { name: '40 routes, 4 modules', folder: 'm4', generate: (folder) => modules(folder, 4) },
  { name: '100 routes, one chain', folder: 'c10', generate: (folder) => chain(folder, 10), timed: true, limited: true },
]

/** Type-checks generated applications and their clients with both compilers. */
export async function run(argv) {
  const read = options(argv, known)
  const settings = read.quick ? { ...read, runs: 1 } : read
  const built = plinthBuilt()
  if (built !== true) throw new UsageError(built)
  const results = []
  try {
    for (const one of cases) one.generate(fileURLToPath(new URL(one.folder, work)))
    for (const one of cases) {
      const taken = compilers.map(() => [])
      for (let turn = 0; turn < (one.timed ? settings.runs : 1); turn++) {
        compilers.forEach((compiler, at) => {
          if (one.timed || compiler.counted) taken[at].push(check(compiler, one))
        })
      }
      compilers.forEach((compiler, at) => {
        if (taken[at].length === 0) return
        const { instantiations, memoryMiB } = taken[at][0]
        const result = {
          case: one.name,
          folder: one.folder,
          compiler: compiler.name,
          version: version(compiler),
          instantiations,
          memoryMiB,
        }
        if (one.timed)
          Object.assign(result, { ms: summary(taken[at].map(({ ms }) => ms)), cpuMs: summary(taken[at].map(({ cpuMs }) => cpuMs)) })
        results.push(result)
      })
    }
  } finally {
    if (!settings.keep) rmSync(work, { recursive: true, force: true })
  }
  report(results)
  console.log(`\nkept in ${keep('types', settings, results)}`)
}

function version({ folder }) {
  return JSON.parse(readFileSync(new URL('package.json', folder), 'utf8')).version
}

function check({ name, folder, flags }, { folder: project, name: title }) {
  const tsc = new URL('bin/tsc', folder)
  if (!existsSync(tsc)) throw new Error(`${name} is missing; run \`npm ci\` first`)
  const began = performance.now()
  const spent = waitedCpuTime()
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [fileURLToPath(tsc), '-p', fileURLToPath(new URL(project, work)), '--extendedDiagnostics', ...flags],
    {
      encoding: 'utf8',
      maxBuffer: 2 ** 26,
    },
  )
  const ms = performance.now() - began
  const cpuMs = (waitedCpuTime() - spent) / 1000
  if (status !== 0) throw new Error(`${name} found errors in ${title} (keep it with --keep):\n${(stdout + stderr).slice(0, 4000)}`)
  const number = (label) => Number(new RegExp(`^${label}:\\s+(\\d+)`, 'm').exec(stdout)?.[1])
  return { ms, cpuMs, instantiations: number('Instantiations'), memoryMiB: Math.round(number('Memory used') / 1024) }
}

function report(results) {
  console.log('\nwhole run of tsc')
  table(
    ['', '', 'ms', 'CPU ms', 'instantiations', 'MiB'],
    results
      .filter(({ ms }) => ms)
      .map((one) => [one.case, one.compiler, spread(one.ms), spread(one.cpuMs), String(one.instantiations), String(one.memoryMiB)]),
  )
  const find = (folder, compiler) => results.find((one) => one.folder === folder && one.compiler === compiler)
  const marginal = (compiler, more, less) => (find(more, compiler).instantiations - find(less, compiler).instantiations) / 10
  console.log('\ninstantiations that one more route costs')
  const costs = compilers
    .filter(({ counted }) => counted)
    .map(({ name }) => ({ name, at50: marginal(name, 'm5', 'm4'), at500: marginal(name, 'm50', 'm49') }))
  table(
    ['', 'at 50 routes', 'at 500 routes'],
    costs.map(({ name, at50, at500 }) => [name, round(at50), round(at500)]),
  )
  targets([
    ...compilers.flatMap(({ name, limit }) =>
      cases
        .filter(({ limited }) => limited)
        .map((one) => ({ what: `${one.name}, ${name}`, value: find(one.folder, name).ms.median, limit, unit: ' ms' })),
    ),
    ...costs.map(({ name, at50, at500 }) => ({
      what: `a route more at 500 against one more at 50, ${name}`,
      value: at500 / at50,
      limit: SAME,
      unit: ' x',
    })),
  ])
}
