import { logger } from 'plinth/ops'
import type { Io } from '../io.ts'
import { openControl } from './control.ts'
import { Primary, type PrimarySettings } from './primary.ts'

/** Serves with several processes until a signal ends it. Resolves with the exit code. @throws {Failed} when none can serve. */
export async function serveWorkers(settings: Omit<PrimarySettings, 'log' | 'forked'>, io: Io): Promise<number> {
  const log = logger({ fields: { worker: 'primary' } })
  const primary = new Primary({ ...settings, log })
  const windows = io.platform === 'win32'
  const stopped = new Promise<void>((done) => {
    let asked = false
    const stop = (signal: NodeJS.Signals): void => {
      log.info({ signal }, asked ? 'ending at once' : 'closing')
      // An impatient operator's second signal does not wait.
      const ended = asked ? primary.abort() : primary.stop()
      asked = true
      void ended.then(done)
    }
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, stop)
    if (windows) for (const signal of ['SIGHUP', 'SIGBREAK'] as const) process.on(signal, stop)
  })
  // Windows has no SIGHUP but when a console is closed.
  if (!windows) process.on('SIGHUP', () => void primary.roll().catch(() => {}))
  await Promise.race([primary.start(), stopped])
  let close: () => void = () => {}
  try {
    close = await openControl(settings.entry, (tell) => primary.roll((worker, of) => tell({ type: 'rolled', worker, of })))
  } catch (error) {
    log.warn({ err: error }, "'plinth reload' will not find this process")
  }
  try {
    log.info({ workers: settings.count, pid: process.pid }, 'every worker serves')
    await Promise.race([stopped, primary.hopeless])
  } finally {
    close()
    await primary.abort()
  }
  log.info('closed')
  return 0
}
