import { ThreadsPoolWorker } from 'vitest/node'

/** Runs that one thread takes, so that what they leave behind in it stays little. */
const RUNS = 100

let thread
let runs = 0

/**
 * Vitest's thread, kept for the next run: starting one and loading TypeBox and the test's libraries into it costs five times what a
 * mutant's tests do. The sources are evaluated anew for each test file all the same; vitest forgets them where files are isolated.
 * Whoever is stopped by force was not answering, so its thread goes.
 */
class KeptThread extends ThreadsPoolWorker {
  name = 'kept-thread'
  #listeners = []
  #asked = false

  async start() {
    this._thread = thread
    if (thread === undefined) {
      await super.start()
      thread = this._thread
      runs = 0
    }
    runs++
  }

  on(event, callback) {
    this.#listeners.push([event, callback])
    super.on(event, callback)
  }

  send(message) {
    if (message?.type !== 'stop' || runs >= RUNS) return super.send(message)
    this.#asked = true
    queueMicrotask(() => this.thread.emit('message', { type: 'stopped', __vitest_worker_response__: true }))
  }

  async stop() {
    if (!this.#asked) {
      thread = undefined
      return super.stop()
    }
    for (const [event, callback] of this.#listeners) this.off(event, callback)
    this._thread = undefined
  }
}

/** A plugin and not the option `pool`, because Stryker sets that itself. */
export const keptThread = {
  name: 'kept-thread',
  configureVitest({ vitest, project }) {
    project.config.pool = 'kept-thread'
    project.config.poolRunner = { name: 'kept-thread', createPoolWorker: (options) => new KeptThread(options) }
    vitest.onClose(() => thread?.terminate())
  },
}
