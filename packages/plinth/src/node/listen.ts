import type { Built, ListenSettings, Running } from '../app/index.ts'
import { nodeHttp } from './http-transport.ts'

const DRAIN_MS = 10_000
const stopSignals = ['SIGTERM', 'SIGINT'] as const

/** Serves a built application until `close`, SIGTERM or SIGINT. */
export async function listen(built: Built, settings: ListenSettings): Promise<Running> {
  const transport = settings.transport ?? nodeHttp
  const hostname = settings.hostname ?? (built.mode === 'production' ? '::' : '127.0.0.1')
  const port = settings.port ?? Number(process.env['PORT'] ?? 3000)
  const listening = await transport.listen(built.dispatch, { port, hostname })
  built.log.info({ url: listening.url }, 'listening')

  const drainMs = settings.drainMs ?? DRAIN_MS
  let closing: Promise<void> | undefined
  const stop = async (): Promise<void> => {
    for (const signal of stopSignals) process.off(signal, onSignal)
    built.unready()
    const until = Date.now() + drainMs
    await listening.close(drainMs)
    await built.close(Math.max(0, until - Date.now()))
  }
  const close = (): Promise<void> => (closing ??= stop())
  const onSignal = (signal: NodeJS.Signals): void => {
    built.log.info({ signal }, 'closing')
    // A second signal finds no listener any more and ends the process at once, as an impatient operator expects.
    void close()
  }
  if (settings.signals ?? built.mode !== 'test') for (const signal of stopSignals) process.on(signal, onSignal)
  return { url: listening.url, port: listening.port, close, [Symbol.asyncDispose]: close }
}
