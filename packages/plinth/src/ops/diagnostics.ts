import { type App, type AppEvents, Application, module, service } from '../app/index.ts'
import { builtin } from '../internal/builtin.ts'

interface Channel {
  readonly hasSubscribers: boolean
  publish(message: unknown): void
}
interface DiagnosticsChannel {
  channel(name: string): Channel
}

const events: readonly (keyof AppEvents)[] = ['start', 'matched', 'handled', 'failed', 'sent']

/**
 * Publishes what happens to requests on `node:diagnostics_channel`: `plinth.request.start`, `.matched`, `.handled`,
 * `.failed` and `.sent`, each with the request's record. For tools that watch a process from outside its code. Does
 * nothing where the platform has no such channels.
 */
export function diagnostics(): App<{}, {}> {
  const channels = service('diagnostics', ({ use }) => {
    const found = builtin<DiagnosticsChannel>('node:diagnostics_channel')
    if (found === undefined) return
    const app = use(Application)
    for (const event of events) {
      const channel = found.channel(`plinth.request.${event}`)
      app.on(event, (record) => {
        if (channel.hasSubscribers) channel.publish(record)
      })
    }
  })
  return module('diagnostics', { scope: 'parent' }).use(channels)
}
