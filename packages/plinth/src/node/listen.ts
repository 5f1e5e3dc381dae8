import { BootError, type Built, type CloseSettings, type ListenSettings, type Running } from '../app/index.ts'
import { environment } from '../internal/builtin.ts'
import { transportOf } from './transports.ts'

const PORT = 3_000
const DRAIN_MS = 10_000
/** What may still be on its way out when everything was disposed: lines of the log, answers of closing connections. */
const LINGER_MS = 1_000
const stopSignals = ['SIGTERM', 'SIGINT'] as const

/** Serves a built application until `close`, SIGTERM or SIGINT. */
export async function listen(built: Built, settings: ListenSettings): Promise<Running> {
  const transport = await transportOf(settings.transport)
  const listening = await transport.listen(built.dispatch, {
    ...settings,
    // A path stands in place of both: beside one that was written, what the environment says has no meaning.
    ...(settings.path === undefined && {
      port: portOf(settings.port, environment()['PORT']),
      hostname: settings.hostname ?? (built.mode === 'production' ? '::' : '127.0.0.1'),
    }),
    report: settings.report ?? ((err) => built.log.error({ err }, 'something beside requests failed')),
  })
  built.log.info({ url: listening.url }, 'listening')

  const { drainMs = DRAIN_MS, noticeMs = 0 } = settings
  let closing: Promise<void> | undefined
  const stop = async ({ idleMs = 0 }: CloseSettings): Promise<void> => {
    for (const signal of stopSignals) process.off(signal, onSignal)
    built.unready()
    if (noticeMs > 0) await new Promise((done) => setTimeout(done, noticeMs))
    const until = Date.now() + drainMs
    await listening.close(drainMs, idleMs)
    await built.close(Math.max(0, until - Date.now()))
  }
  const close = (how: CloseSettings = {}): Promise<void> => (closing ??= stop(how))
  const onSignal = (signal: NodeJS.Signals): void => {
    // Before the line that says so: a second signal finds no listener any more and ends the process at once, as an impatient
    // operator expects, be the loop busy or not.
    const closed = close()
    built.log.info({ signal }, 'closing')
    void closed.then(() => end(built))
  }
  if (settings.signals ?? built.mode !== 'test') for (const signal of stopSignals) process.on(signal, onSignal)
  return { url: listening.url, port: listening.port, close, [Symbol.asyncDispose]: () => close() }
}

/** By itself where nothing is left to wait for. A timer or a socket that somebody forgot must not hold up a deployment. */
function end(built: Built): void {
  built.log.info('closed')
  setTimeout(() => {
    built.log.warn({ resources: [...new Set(process.getActiveResourcesInfo())] }, 'something keeps the process alive; ending it')
    process.exit(0)
  }, LINGER_MS).unref()
}

/** 0 asks the system for a free one. */
function portOf(given: number | undefined, variable: string | undefined): number {
  const port = given ?? (variable === undefined || variable === '' ? PORT : /^\d{1,5}$/.test(variable) ? Number(variable) : Number.NaN)
  if (Number.isInteger(port) && port >= 0 && port <= 65_535) return port
  const from = given === undefined ? 'The variable PORT' : `The port ${given}`
  throw new BootError([{ code: 'bad-port', message: `${from} is no port`, fix: 'a port is a number from 0 (any that is free) to 65535' }])
}
