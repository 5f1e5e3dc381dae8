import cluster, { type Worker } from 'node:cluster'
import { closeHandedOver } from './handed-over.ts'
import type { Failure } from '../failure.ts'
import type { Asking, FromWorker, Shared, ToWorker } from './protocol.ts'

/** More than an application takes by itself: ten seconds for what is in flight, one for its services, one to end. */
const END_MS = 15_000

/** Services may take their time at the start; what hangs must not hold up a reload for ever. */
const START_MS = 120_000

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
  readonly place: string
  /** Why it can't serve; `undefined` once it does. */
  readonly started: Promise<Failure | undefined>
  readonly exited: Promise<Ended>
  readonly #worker: Worker
  #readyAt = 0
  #retiring = false

  /** `startMs`: how long it may take until it serves. */
  constructor(
    env: { readonly [name: string]: string | undefined },
    id: number,
    place: string,
    heard: (message: Asking) => void,
    startMs: number = START_MS,
  ) {
    this.id = id
    this.place = place
    const worker = (this.#worker = cluster.fork({ ...env, PLINTH_WORKER: String(id) }))
    closeHandedOver(worker.process)
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
      const late = setTimeout(() => {
        resolve({
          title: "The application can't start",
          troubles: [
            {
              message: `A worker did not serve within ${startMs / 1000} s of its start`,
              fix: 'see what its services wait for: plinth doctor makes each of them',
            },
          ],
        })
        this.kill()
      }, startMs)
      worker.on('message', (message: FromWorker) => {
        if (message.type === 'ready') {
          clearTimeout(late)
          this.#readyAt = performance.now()
          resolve(undefined)
        } else if (message.type === 'failed') resolve(message.failure)
        else heard(message)
      })
      void this.exited.then(() => clearTimeout(late))
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

  /** `sent` is called when the message has left this process, or can't any more. */
  send(message: Shared, sent: () => void): void {
    if (this.#worker.isConnected()) this.#worker.send(message, sent)
    else sent()
  }

  get ready(): boolean {
    return this.#readyAt > 0 && !this.#retiring && !this.#worker.isDead()
  }

  /** Lets it finish what it has begun, and resolves when it has ended. */
  async retire(idleMs: number): Promise<void> {
    if (this.#worker.isDead()) return
    if (!this.ready || !this.#worker.isConnected()) this.kill()
    else this.#worker.send({ type: 'close', idleMs } satisfies ToWorker, () => {})
    this.#retiring = true
    const late = setTimeout(() => this.kill(), END_MS + idleMs)
    await this.exited
    clearTimeout(late)
  }

  kill(): void {
    this.#worker.process.kill('SIGKILL')
  }
}
