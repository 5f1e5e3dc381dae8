import { readdirSync } from 'node:fs'
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net'
import { dirname, join } from 'node:path'
import type { Failure } from '../failure.ts'
import { type SeenFile, stampOf } from '../transform.ts'
import type { FailureServer } from './failure-server.ts'
import type { FromServer } from './protocol.ts'
import { ServerProcess } from './server-process.ts'
import { Watcher } from './watcher.ts'

export interface SupervisorSettings {
  /** What serving processes run: the built `child.js`. */
  readonly script: string
  readonly entry: string
  readonly cwd: string
  readonly port: number
  readonly host: string
  /** Asked anew for each process: files of variables may have changed. */
  readonly env: () => NodeJS.ProcessEnv
  /** Files that are no part of the program, but decide what it does. */
  readonly envFiles: readonly string[]
}

export interface SupervisorEvents {
  ready(told: Extract<FromServer, { readonly type: 'ready' }>, restarted: boolean): void
  failed(failure: Failure): unknown
  changed(path: string): void
}

/**
 * Holds the port for as long as `plinth dev` runs, and passes each connection on to the process that serves. While that one
 * is being replaced connections wait here, unread; while there is none because the application fails, they are told why.
 */
export class Supervisor {
  readonly #settings: SupervisorSettings
  readonly #events: SupervisorEvents
  readonly #door: Server
  readonly #watcher: Watcher
  readonly #waiting = new Set<Socket>()
  #process: ServerProcess | undefined
  #gone: Promise<unknown> = Promise.resolve()
  #state: 'starting' | 'ready' | 'failed' | 'closed' = 'starting'
  #failure: Failure | undefined
  #failures: Promise<FailureServer> | undefined
  readonly #told = new Set<Socket>()
  #seen: readonly SeenFile[]
  #wasReady = false
  #migrations: string

  constructor(settings: SupervisorSettings, events: SupervisorEvents) {
    this.#settings = settings
    this.#events = events
    this.#watcher = new Watcher((path) => this.#restart(path))
    this.#migrations = join(settings.cwd, 'drizzle')
    this.#seen = [{ path: settings.entry, stamp: stampOf(settings.entry) }]
    this.#door = createServer({ pauseOnConnect: true, noDelay: true }, (socket) => this.#arrive(socket))
  }

  /** Resolves with where it listens; the application may still be loading. */
  async listen(): Promise<AddressInfo> {
    const { port, host } = this.#settings
    // First the process, which takes longest.
    this.#begin()
    try {
      return await new Promise((resolve, reject) => {
        this.#door.once('error', reject)
        this.#door.listen({ port, host }, () => {
          this.#door.off('error', reject)
          resolve(this.#door.address() as AddressInfo)
        })
      })
    } catch (error) {
      await this.close()
      throw error
    }
  }

  async close(): Promise<void> {
    this.#state = 'closed'
    this.#watcher.close()
    this.#door.close()
    for (const socket of [...this.#waiting, ...this.#told]) socket.destroy()
    await Promise.all([this.#gone, this.#process?.retire()])
  }

  #begin(): void {
    const { script, entry, cwd, env } = this.#settings
    const own = new ServerProcess(script, entry, cwd, env(), {
      message: (message) => this.#hear(message),
      ended: (code, signal) => this.#ended(code, signal),
    })
    this.#process = own
    // Two processes with one application would both want its database, its files and its ports.
    void this.#gone.then(() => own.go())
    this.#look()
  }

  #restart(path: string): void {
    if (this.#state === 'closed') return
    this.#state = 'starting'
    this.#events.changed(path)
    // The next process reads what is there now; what changes from here on is another change.
    this.#seen = this.#seen.map((it) => ({ path: it.path, stamp: stampOf(it.path) }))
    const old = this.#process
    if (old !== undefined) this.#gone = Promise.all([this.#gone, old.retire()])
    this.#begin()
  }

  #hear(message: FromServer): void {
    if (message.type === 'warm') return
    this.#seen = message.files.length > 0 ? message.files : this.#seen
    if (message.type === 'ready') {
      this.#state = 'ready'
      this.#migrations = message.migrations ?? this.#migrations
      this.#failure = undefined
      this.#events.ready(message, this.#wasReady)
      this.#wasReady = true
    }
    if (message.type === 'failed') this.#fail(message.failure)
    else this.#look()
    this.#letIn()
  }

  #ended(code: number | null, signal: NodeJS.Signals | null): void {
    // One that failed has told why already.
    if (this.#state === 'failed' || this.#state === 'closed') return
    const when = this.#state === 'starting' ? ' before it was ready' : ''
    const message = `The process ended${when} with ${signal ?? `exit code ${code}`}`
    this.#fail({
      title: 'The application does not run any more',
      troubles: [{ message, fix: 'see what it printed; look for process.exit(…)' }],
    })
    this.#letIn()
  }

  #fail(failure: Failure): void {
    this.#state = 'failed'
    this.#failure = failure
    this.#look()
    this.#events.failed(failure)
  }

  #look(): void {
    const { entry, cwd, envFiles } = this.#settings
    const known = new Set(this.#seen.map((it) => it.path))
    const beside = [...envFiles, join(cwd, 'package.json'), ...migrationsIn(this.#migrations)]
      .filter((path) => !known.has(path))
      .map((path) => ({ path, stamp: this.#stampOnce(path) }))
    const folders = this.#failure === undefined ? [] : [dirname(entry), cwd, ...this.#seen.map((it) => dirname(it.path))]
    this.#watcher.set([...this.#seen, ...beside], [...folders, ...(this.#failure?.missing ?? []).map((path) => dirname(path))])
  }

  readonly #besides = new Map<string, string>()

  /** As it was when this process began, so that a change during a restart is not missed. */
  #stampOnce(path: string): string {
    if (this.#state === 'starting' || !this.#besides.has(path)) this.#besides.set(path, stampOf(path))
    return this.#besides.get(path) as string
  }

  #arrive(socket: Socket): void {
    socket.on('error', () => socket.destroy())
    this.#waiting.add(socket)
    socket.once('close', () => this.#waiting.delete(socket))
    this.#letIn()
  }

  #letIn(): void {
    if (this.#state === 'starting' || this.#state === 'closed') return
    for (const socket of this.#waiting) {
      this.#waiting.delete(socket)
      if (this.#state === 'ready') this.#process?.give(socket)
      else void this.#tellFailure(socket)
    }
  }

  async #tellFailure(socket: Socket): Promise<void> {
    this.#told.add(socket)
    socket.once('close', () => this.#told.delete(socket))
    // Loaded when something fails: what is not loaded before the first answer makes it come sooner.
    this.#failures ??= import('./failure-server.ts').then(({ FailureServer }) => new FailureServer(() => this.#failure))
    const failures = await this.#failures
    failures.give(socket)
  }
}

/** What says which migrations there are, be it there or not yet, and these. */
function migrationsIn(folder: string): readonly string[] {
  const journal = join(folder, 'meta', '_journal.json')
  try {
    return [journal, ...readdirSync(folder).flatMap((name) => (name.endsWith('.sql') ? join(folder, name) : []))]
  } catch {
    return [journal]
  }
}
