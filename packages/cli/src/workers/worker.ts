import cluster from 'node:cluster'
import type { Running } from 'plinth'
import { logger } from 'plinth/ops'
import { Failed } from '../failed.ts'
import { describeFailure } from '../failure.ts'
import { importing, telling } from '../start.ts'
import { Common } from './common.ts'
import type { FromWorker, ToWorker, WorkerTask } from './protocol.ts'

/** What may still be on its way out when all is closed: lines of the log, answers of closing connections. */
const LINGER_MS = 1_000
/** Longer than an application may take to close. */
const ORPHAN_MS = 20_000

const worker = cluster.worker as NonNullable<typeof cluster.worker>
const { entry, where } = JSON.parse(process.argv[2] as string) as WorkerTask
let closing: Promise<void> | undefined
const common = new Common((message) => {
  if (!process.connected) return false
  // The callback hears of a channel that closes meanwhile, which else would be thrown.
  process.send?.(message, undefined, {}, () => {})
  return true
}, logger())

// Without it Node ends a worker at once whose primary is gone, whatever it is answering.
worker.exitedAfterDisconnect = true
// A terminal, or whoever stops a whole service, sends these to every process of the group. The primary decides, and says so.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => {})

function send(message: FromWorker): Promise<void> {
  return new Promise((sent) => {
    if (process.connected) process.send?.(message, undefined, {}, () => sent())
    else sent()
  })
}

async function serve(): Promise<Running> {
  const app = await importing(entry, process.cwd())
  return telling(entry, process.cwd(), async () => {
    const built = await app.build({ replace: common.replacements })
    common.serves(built)
    return built.listen({ ...where, signals: false })
  })
}

async function close(idleMs: number): Promise<void> {
  const it = await running
  await it.close({ idleMs })
  common.leave()
  if (process.connected) worker.disconnect()
  // By itself where nothing is left to wait for; a timer that somebody forgot must not hold up a deployment.
  setTimeout(() => process.exit(0), LINGER_MS).unref()
}

process.on('message', (message: ToWorker) => {
  if (message.type !== 'close') common.hear(message)
  else closing ??= close(message.idleMs)
})
// The port was the primary's: no request comes any more.
process.on('disconnect', () => {
  common.abandoned()
  closing ??= close(0)
  // Whoever would have ended it is gone: what never starts, or never closes, would stay for ever.
  setTimeout(() => process.exit(1), ORPHAN_MS).unref()
})

const running = serve()
try {
  const { url } = await running
  await send({ type: 'ready', url })
} catch (error) {
  await send({ type: 'failed', failure: error instanceof Failed ? error.failure : describeFailure(error, { cwd: process.cwd() }) })
  process.exit(1)
}
