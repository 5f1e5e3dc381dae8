import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { compiled } from '../native.mjs'
import { UsageError } from '../options.mjs'
import { LOAD_CORE, start } from '../process.mjs'
import { planOf } from './plan.mjs'

const source = (name) => fileURLToPath(new URL(name, import.meta.url))
const program = compiled(source('generator.c'), (file, from) => ['cc', '-O2', '-o', file, from])

/** Who sends at a constant rate; `most` is what it is asked for at most, of requests a second. */
const generators = {
  c: { name: 'c', most: Infinity, available: program.available, command: () => [program.file] },
  node: { name: 'node', most: 20_000, available: () => true, command: () => [process.execPath, source('generator.mjs')] },
}

/** The generator called `name`; without a name the one in C, and where that can't be made the one in Node, with `instead` saying why. */
export function generatorFor(name) {
  if (name !== '' && !Object.hasOwn(generators, name)) {
    throw new UsageError(`no generator called ${name}; there are: ${Object.keys(generators).join(', ')}`)
  }
  const wanted = generators[name || 'c']
  const available = wanted.available()
  if (available === true) return wanted
  if (name !== '') throw new UsageError(`the generator ${name} can't be made: ${available}`)
  return { ...generators.node, instead: available }
}

/**
 * Carries a plan out and answers its report; times are microseconds. Throws when an answer was not a success or did not come: a
 * server that refuses is a fast one.
 */
export async function paced(generator, plan) {
  const folder = mkdtempSync(join(tmpdir(), 'bench-'))
  try {
    const file = join(folder, 'plan')
    writeFileSync(file, planOf(plan))
    const child = start(LOAD_CORE, [...generator.command(), file])
    const code = await child.ended
    if (code !== 0) throw new Error(`the load generator ended with ${code}:\n${child.output}`)
    const report = JSON.parse(child.output)
    const { answered, unanswered, non2xx, errors, why } = report
    if (unanswered > 0 || non2xx > 0 || errors > 0) {
      throw new Error(
        `not every request was answered well: of ${answered} answers ${non2xx} not 2xx, ${unanswered} missing, ${errors} errors; first: ${why || 'none'}`,
      )
    }
    return report
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

// A tenth of the 10 ms that the design allows answers.
const MOST_LAG_MS = 1
const LEAST_IDLE = 0.02
const MOST_STARVED = 0.05

/**
 * Why times may be the generator's own, or those of other work on the machine, and not the server's; undefined where nothing speaks
 * for that. They are never too good: latency counts from when a request was due, whoever was late.
 */
export function doubt({ lagP99, idle, serverStarved }) {
  if (idle < LEAST_IDLE) return 'the load generator had no time left'
  if (lagP99 > MOST_LAG_MS) return `the load generator was late itself, by ${lagP99.toFixed(1)} ms at p99`
  if (serverStarved > MOST_STARVED)
    return `other work had the server's core while it was ready, ${Math.round(serverStarved * 100)}% of the time`
  return undefined
}
