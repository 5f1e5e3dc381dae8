import { Worker } from 'node:worker_threads'
import { DatabaseRefused, DatabaseUnavailable } from '../errors.ts'

/** With what an embedded database begins. */
export interface PgliteStart {
  /** Without, it lives in memory. */
  readonly directory?: string
  /** Content of a new one, as {@link PgliteWorker.snapshot} gave it. */
  readonly snapshot?: Uint8Array
  /** A folder in which the content of an empty one is kept, since making it takes seconds. */
  readonly cache?: string
}

const SCRIPT = new URL('./worker.js', import.meta.url)

interface Told {
  readonly code?: string
  readonly message: string
}

interface Message {
  readonly id?: number
  readonly bytes?: Uint8Array
  readonly error?: Told
  readonly ready?: boolean
}

interface Waiting {
  readonly resolve: (bytes: Uint8Array) => void
  readonly reject: (error: unknown) => void
}

/** PGlite in a thread of its own. */
export class PgliteWorker {
  readonly #worker: Worker
  readonly #waiting = new Map<number, Waiting>()
  readonly #onEnd: ((error: Error) => void)[] = []
  #count = 0
  #ended: Error | undefined
  #closing: Promise<void> | undefined

  private constructor(worker: Worker) {
    this.#worker = worker
    worker.on('message', ({ id, bytes, error }: Message) => {
      const waiting = id === undefined ? undefined : this.#waiting.get(id)
      if (id === undefined || waiting === undefined) return
      this.#waiting.delete(id)
      if (error === undefined) waiting.resolve(bytes ?? new Uint8Array())
      else waiting.reject(new Error(error.message))
    })
  }

  /** @throws {DatabaseRefused} where PGlite is not installed or can't open the directory. */
  static async start({ directory, snapshot, cache }: PgliteStart, script: URL = SCRIPT): Promise<PgliteWorker> {
    const start = { directory, snapshot, cache }
    const worker = new Worker(script, {
      workerData: start,
      name: 'pglite',
      // Loaders of the main thread are not needed here, and cost seconds.
      execArgv: [],
    })
    const it = new PgliteWorker(worker)
    return new Promise((resolve, reject) => {
      const failed = (error: Error): void => {
        it.#end(error)
        reject(new DatabaseRefused('database-damaged', `The embedded database did not start: ${error.message}`, fixOf(directory), error))
      }
      worker.on('error', failed)
      worker.on('exit', (code) => failed(new Error(`its thread ended with code ${code}`)))
      worker.once('message', ({ ready, error }: Message) => {
        if (ready === true) {
          worker.removeAllListeners('exit')
          worker.removeAllListeners('error')
          worker.on('error', (reason: Error) => it.#end(reason))
          worker.on('exit', (code) => it.#end(new Error(`its thread ended with code ${code}`)))
          return resolve(it)
        }
        if (error?.code === 'ERR_MODULE_NOT_FOUND' && /pglite/.test(error.message)) {
          const fix = 'npm install @electric-sql/pglite, or set DATABASE_URL to use a server'
          return reject(new DatabaseRefused('database-missing-library', 'The embedded database needs @electric-sql/pglite', fix))
        }
        return failed(new Error(error?.message ?? 'it gave no reason'))
      })
    })
  }

  /** Called once, when the thread has ended by itself. */
  onEnd(listener: (error: Error) => void): void {
    this.#onEnd.push(listener)
  }

  /** Whole messages of PostgreSQL's protocol, and what it answers. */
  protocol(bytes: Uint8Array): Promise<Uint8Array> {
    // A copy, since a view would take with it all of the buffer that it is part of.
    return this.#ask('protocol', new Uint8Array(bytes))
  }

  /** All data, compressed. */
  snapshot(): Promise<Uint8Array> {
    return this.#ask('snapshot')
  }

  /** Ends in order: everything is on the disk. */
  close(): Promise<void> {
    return (this.#closing ??= this.#close())
  }

  /** Ends at once, in the middle of whatever it does. */
  async terminate(): Promise<void> {
    await this.#worker.terminate()
  }

  async #close(): Promise<void> {
    if (this.#ended !== undefined) return
    const exited = new Promise((resolve) => this.#worker.once('exit', resolve))
    await this.#ask('close').catch(() => this.#worker.terminate())
    await exited
  }

  #ask(does: 'protocol' | 'snapshot' | 'close', bytes?: Uint8Array<ArrayBuffer>): Promise<Uint8Array> {
    if (this.#ended !== undefined) return Promise.reject(this.#ended)
    return new Promise((resolve, reject) => {
      const id = ++this.#count
      this.#waiting.set(id, { resolve, reject })
      this.#worker.postMessage({ id, does, bytes }, bytes === undefined ? [] : [bytes.buffer])
    })
  }

  #end(reason: Error): void {
    if (this.#ended !== undefined) return
    this.#ended = new DatabaseUnavailable(`The embedded database has ended: ${reason.message}`, reason)
    for (const { reject } of this.#waiting.values()) reject(this.#ended)
    this.#waiting.clear()
    if (this.#closing === undefined) for (const listener of this.#onEnd) listener(this.#ended)
  }
}

function fixOf(directory: string | undefined): string {
  return directory === undefined
    ? 'see the cause'
    : `see the cause; a copy of ${directory} can be opened elsewhere, or removed to begin anew`
}
