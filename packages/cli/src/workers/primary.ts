import cluster from 'node:cluster'
import { fileURLToPath } from 'node:url'
import type { Logger } from 'plinth'
import { Failed } from '../failed.ts'
import type { Failure } from '../failure.ts'
import { Broker } from './broker.ts'
import type { WorkerTask } from './protocol.ts'
import { type Ended, WorkerProcess } from './worker-process.ts'

/** The first wait before a worker that crashed is started again; each crash doubles it. */
const FIRST_WAIT_MS = 100
const LONGEST_WAIT_MS = 30_000
/** A worker that has served so long did not crash because of what it was started with. */
const STEADY_MS = 30_000
/** So many starts in a row that fail while nobody serves are no mishap. */
const HOPELESS = 5
/** How long a client that keeps its connection may still ask on it while its worker is replaced. */
const IDLE_MS = 5_000

export interface PrimarySettings extends WorkerTask {
  readonly count: number
  /** Asked anew for each worker: files of variables may have changed. */
  readonly env: () => { readonly [name: string]: string | undefined }
  readonly log: Logger
  /** How long a worker may take until it serves, in milliseconds. Default two minutes. */
  readonly startMs?: number
  /** Hears of each process that is started, before it says anything. */
  readonly forked?: (worker: WorkerProcess) => void
}

/** The place of one of the workers: a process serves in it, is being replaced, or is waited for. */
interface Slot {
  readonly number: number
  current: WorkerProcess | undefined
  crashes: number
  timer: NodeJS.Timeout | undefined
}

/**
 * Keeps so many workers serving the same port. Connections are accepted here and handed around, so that one which a worker no
 * longer takes, because it is being replaced, goes to the next and is not lost.
 */
export class Primary {
  readonly #settings: PrimarySettings
  readonly #slots: readonly Slot[]
  readonly #alive = new Set<WorkerProcess>()
  readonly #broker = new Broker()
  /** Rejects when nobody can serve any more. */
  readonly hopeless: Promise<never>
  #giveUp!: (failure: Failed) => void
  #failedStarts = 0
  #count = 0
  #stopping: Promise<void> | undefined
  #rolling: Promise<void> = Promise.resolve()
  #next: Promise<void> | undefined

  constructor(settings: PrimarySettings) {
    this.#settings = settings
    this.#slots = Array.from({ length: settings.count }, (_, i) => ({
      number: i + 1,
      current: undefined,
      crashes: 0,
      timer: undefined,
    }))
    this.hopeless = new Promise((_, reject) => (this.#giveUp = reject))
    // Whoever waits for it comes later than the first failure may.
    this.hopeless.catch(() => {})
    const { entry, where } = settings
    const task: WorkerTask = { entry, where }
    // The default of Windows lets the workers accept by themselves: what waits in the queue of one that closes is lost there.
    cluster.schedulingPolicy = cluster.SCHED_RR
    cluster.setupPrimary({ exec: fileURLToPath(new URL('./worker.js', import.meta.url)), args: [JSON.stringify(task)] })
  }

  /** Resolves when every worker serves. @throws {Failed} as soon as one can't: with its application something is wrong. */
  async start(): Promise<void> {
    const failures = await Promise.race([
      Promise.all(this.#slots.map((slot) => this.#begin(slot))),
      // The first to fail speaks for all: they run the same.
      ...this.#slots.map(
        (slot) => new Promise<readonly [Failure]>((failed) => void slot.current?.started.then((it) => it && failed([it]))),
      ),
    ])
    const failure = failures.find((it) => it !== undefined)
    if (failure !== undefined) {
      await this.abort()
      throw new Failed(failure)
    }
    for (const slot of this.#slots) this.#watch(slot, slot.current as WorkerProcess)
  }

  /**
   * Replaces every worker, one after the other: the new one serves before the old one closes. Where a roll is under way, it is
   * done once more after it, however often it is asked for meanwhile.
   * @throws {Failed} when a new one can't start; the old one goes on, and so do those behind it.
   */
  roll(rolled: (worker: number, of: number) => void = () => {}): Promise<void> {
    if (this.#next !== undefined) return this.#next
    const next = this.#rolling
      .catch(() => {})
      .then(() => {
        this.#next = undefined
        return this.#roll(rolled)
      })
    this.#rolling = this.#next = next
    return next
  }

  async #roll(rolled: (worker: number, of: number) => void): Promise<void> {
    const { log } = this.#settings
    log.info({ workers: this.#slots.length }, 'replacing the workers')
    for (const slot of this.#slots) {
      if (this.#stopping !== undefined) throw new Failed(stopped)
      clearTimeout(slot.timer)
      const fresh = this.#fork(slot)
      const failure = await fresh.started
      if (failure !== undefined) {
        await fresh.retire(0)
        log.error({ problems: failure.troubles.map((it) => it.message) }, 'the new worker can not start; the old ones go on')
        // It may have crashed in the meantime, when nobody started it again.
        if (slot.current === undefined) this.#again(slot)
        throw new Failed(failure)
      }
      if (this.#stopping !== undefined) throw new Failed(stopped)
      clearTimeout(slot.timer)
      const old = slot.current
      slot.current = fresh
      this.#watch(slot, fresh)
      await old?.retire(IDLE_MS)
      log.info({ old: old?.id, new: fresh.id }, 'a worker was replaced')
      rolled(slot.number, this.#slots.length)
    }
  }

  /** Lets every worker finish what it has begun. Idempotent. */
  stop(): Promise<void> {
    return (this.#stopping ??= this.#end((it) => it.retire(0)))
  }

  /** Ends every worker at once. */
  abort(): Promise<void> {
    const ended = this.#end((it) => {
      it.kill()
      return it.exited
    })
    this.#stopping ??= ended
    return ended
  }

  async #end(end: (worker: WorkerProcess) => Promise<unknown>): Promise<void> {
    for (const slot of this.#slots) clearTimeout(slot.timer)
    await Promise.all([...this.#alive].map(end))
  }

  #fork({ number }: Slot): WorkerProcess {
    const { env, forked, log, startMs } = this.#settings
    const worker: WorkerProcess = new WorkerProcess(
      env(),
      ++this.#count,
      String(number),
      (message) => this.#broker.hear(worker, message),
      startMs,
    )
    this.#alive.add(worker)
    this.#broker.join(worker)
    void worker.exited.then(() => {
      this.#alive.delete(worker)
      this.#broker.leave(worker)
    })
    forked?.(worker)
    log.debug({ worker: worker.id, pid: worker.pid }, 'a worker begins')
    return worker
  }

  #begin(slot: Slot): Promise<Failure | undefined> {
    slot.current = this.#fork(slot)
    return slot.current.started
  }

  #watch(slot: Slot, worker: WorkerProcess): void {
    void worker.exited.then((ended) => {
      if (slot.current !== worker || this.#stopping !== undefined) return
      slot.current = undefined
      this.#crashed(slot, worker, ended)
    })
  }

  #crashed(slot: Slot, { id }: WorkerProcess, { how, servedMs }: Ended): void {
    if (servedMs >= STEADY_MS) slot.crashes = 0
    const waitMs = this.#again(slot)
    this.#settings.log.error({ worker: id, how, servedMs: Math.round(servedMs), waitMs }, 'a worker ended; another one takes its place')
  }

  #again(slot: Slot): number {
    const waitMs = Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** Math.min(slot.crashes++, 20))
    clearTimeout(slot.timer)
    // Else one more would be started while all are stopped, and nobody would stop that one.
    if (this.#stopping === undefined) slot.timer = setTimeout(() => void this.#restart(slot), waitMs)
    return waitMs
  }

  async #restart(slot: Slot): Promise<void> {
    if (this.#stopping !== undefined) return
    const beginning = this.#begin(slot)
    const worker = slot.current as WorkerProcess
    const failure = await beginning
    if (this.#stopping !== undefined || slot.current !== worker) return
    if (failure === undefined) {
      this.#failedStarts = 0
      return this.#watch(slot, worker)
    }
    this.#failedStarts++
    const serving = this.#slots.some((it) => it.current?.ready === true)
    if (!serving && this.#failedStarts >= HOPELESS) {
      const [first, ...rest] = failure.troubles
      const message = `No worker is left, and ${this.#failedStarts} in a row could not start. The last one: ${first?.message}`
      this.#giveUp(new Failed({ ...failure, troubles: [{ ...first, message }, ...rest] }))
      return
    }
    await worker.exited
    if (this.#stopping !== undefined || slot.current !== worker) return
    slot.current = undefined
    this.#crashed(slot, worker, { how: failure.troubles[0]?.message ?? '', servedMs: 0 })
  }
}

const stopped: Failure = {
  title: 'The workers were not replaced',
  troubles: [{ message: 'The application is being stopped', fix: 'start it again: plinth start' }],
}
