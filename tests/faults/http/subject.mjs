import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { freePort, isPinned, LOAD_CORE, SERVER_CORE } from '../../../bench/lib/process.mjs'
import { startNode } from '../lib/child.mjs'

const script = fileURLToPath(new URL('./app.mjs', import.meta.url))

/** This process asks; on a core of its own it does not take from the server what it measures. */
function moveAway() {
  if (isPinned()) spawnSync('taskset', ['-a', '-c', '-p', String(LOAD_CORE), String(process.pid)])
}

/** Starts app.mjs on a core of its own. */
export async function subject({ transport }, env = {}) {
  moveAway()
  const port = await freePort()
  const settings = { PORT: String(port), TRANSPORT: transport, NODE_ENV: 'production', LOG_LEVEL: 'info', ...env }
  const app = await startNode(['--expose-gc', script], settings, { says: /^ready \d+$/m, core: SERVER_CORE })
  return Object.assign(app, { port })
}

/** Nothing that a client does is an error of the application: it lives, and its log has no line that says otherwise. */
export function holdUnharmed(app, hold) {
  const lines = app.output.split('\n').filter((it) => /"level":(?:"error"|"fatal"|50|60)|Warning:|Uncaught|Unhandled/i.test(it))
  hold(
    'uncaught errors, warnings, and lines of error in the log',
    lines.length === 0 ? 0 : lines.slice(0, 3).join('\n'),
    app.alive && lines.length === 0,
  )
}

/** How much more memory there is: of the process, or of what lives in it where a warm-up left the process room. */
export function growth(before, after) {
  const live = ({ heapUsed, external }) => heapUsed + external
  return Math.max(after.rss - before.rss, live(after) - live(before))
}

export function growthText(before, after) {
  const live = ({ heapUsed, external }) => heapUsed + external
  return `${inMiB(after.rss - before.rss)} of the process, ${inMiB(live(after) - live(before))} alive`
}

export const MiB = 1_048_576
export const KiB = 1_024

export const inMiB = (bytes) => `${(bytes / MiB).toFixed(2)} MiB`
export const inKiB = (bytes) => `${(bytes / KiB).toFixed(1)} KiB`
