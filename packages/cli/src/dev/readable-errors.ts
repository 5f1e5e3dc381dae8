import type { Built, Dispatch, Incoming, Outgoing } from 'plinth'
import { describeFailure, type Surroundings } from '../failure.ts'
import { failurePage, pageHeaders, wantsPage } from './failure-page.ts'

const ours = new Set(pageHeaders.filter((_, i) => i % 2 === 0))

/** In the place of the fixed 500: what was thrown and where, for whoever asked with a browser. */
function page(error: unknown, answer: Outgoing, incoming: Incoming, around: Surroundings): Outgoing {
  if (answer.body instanceof ReadableStream) void answer.body.cancel().catch(() => {})
  const route = `${incoming.method} ${incoming.template ?? incoming.path}`
  const failure = describeFailure(error, { ...around, title: `${route} failed` })
  const kept: string[] = []
  for (let i = 0; i < answer.headers.length; i += 2) {
    const name = answer.headers[i] as string
    if (!ours.has(name) && name !== 'content-length') kept.push(name, answer.headers[i + 1] as string)
  }
  const text = failurePage(
    failure,
    'Browsers see this in development only. Programs, and everybody in production, get a problem without details.',
  )
  return { status: answer.status, headers: [...kept, ...pageHeaders], body: incoming.method === 'HEAD' ? null : text }
}

/**
 * The dispatch of a development server. Each answer ends its connection, so that each request comes in by a new one: when the
 * application restarts, no request stands in a connection to the process that goes.
 */
export function readableErrors(built: Pick<Built, 'dispatch' | 'mode' | 'on'>, around: Surroundings, done: () => void): Dispatch {
  const errors = new WeakMap<Incoming, { readonly error: unknown }>()
  if (built.mode === 'development') built.on('failed', ({ incoming, error }) => errors.set(incoming, { error }))
  return async (incoming) => {
    const answer = await built.dispatch(incoming)
    done()
    const failed = errors.get(incoming)
    const shown =
      failed !== undefined && answer.status >= 500 && wantsPage(incoming.header('accept'))
        ? page(failed.error, answer, incoming, around)
        : answer
    return { ...shown, headers: [...shown.headers, 'connection', 'close'] }
  }
}
