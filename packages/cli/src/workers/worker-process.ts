import cluster, { type Worker } from 'node:cluster'
import type { Failure } from '../failure.ts'
import type { FromWorker, ToWorker } from './protocol.ts'

/** More than an application takes by itself: ten seconds for what is in flight, one for its services, one to end. */
const END_MS = 15_000

/** How a worker ended that nobody had asked to. */
export interface Ended {
  readonly how: string
  /** How long it had been ready, in milliseconds; 0 where it never was. */
  readonly servedMs: number
}

/** One process that serves, as the primary sees it, from its start to its end. */
export class WorkerProcess {
  /** Rises with each process, so that a line of the log tells the old one from the new. */
  readonly id: number
  /** Why it can't serve; `undefined` once it does. */
  readonly started: Promise<Failure | undefined>
  readonly exited: Promise<Ended>
  readonly #worker: Worker
  #readyAt = 0

  constructor(env: { readonly [name: string]: string | undefined }, id: number) {
    this.id = id
    const worker = (this.#worker = cluster.fork({ ...env, PLINTH_WORKER: String(id) }))
    this.exited = new Promise((resolve) => {
      worker.once('exit', (code: number | null, signal: string | null) => {
        const servedMs = this.#readyAt === 0 ? 0 : performance.now() - this.#readyAt
        resolve({ how: signal === null ? `exit code ${code}` : signal, servedMs })
      })
      // What can't even be started has no exit.
      worker.once('error', (error: Error) => {
        if (worker.process.pid === undefined) resolve({ how: error.message, servedMs: 0 })
      })
    })
    this.started = new Promise((resolve) => {
      worker.on('message', (message: FromWorker) => {
        if (message.type === 'ready') {
          this.#readyAt = performance.now()
          resolve(undefined)
        } else if (message.type === 'failed') resolve(message.failure)
      })
      void this.exited.then(({ how }) =>
        resolve({
          title: "The application can't start",
          troubles: [{ message: `A worker ended with ${how} before it was ready`, fix: 'see what it printed; look for process.exit(…)' }],
        }),
      )
    })
  }

  get pid(): number | undefined {
    return this.#worker.process.pid
  }

  get ready(): boolean {
    return this.#readyAt > 0 && !this.#worker.isDead()
  }

  /** Lets it finish what it has begun, and resolves when it has ended. */
  async retire(idleMs: number): Promise<void> {
    if (this.#worker.isDead()) return
    if (!this.ready || !this.#worker.isConnected()) this.kill()
    else this.#worker.send({ type: 'close', idleMs } satisfies ToWorker, () => {})
    const late = setTimeout(() => this.kill(), END_MS + idleMs)
    await this.exited
    clearTimeout(late)
  }

  kill(): void {
    this.#worker.process.kill('SIGKILL')
  }
}
