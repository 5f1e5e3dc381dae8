import type { Engine } from '../database/contract.ts'

/** When the tables are read again. */
export interface ReloadOptions {
  /** The channel on which `NOTIFY` asks for it; false for none. Default `pgrst`, as PostgREST has it. */
  readonly channel?: string | false
  /** Milliseconds between two readings. Default: only when asked. */
  readonly everyMs?: number
  /** Whether the signal SIGUSR1 asks for it. Default false. */
  readonly signal?: boolean
}

/** What can be read again. */
interface Reloadable {
  reload(): Promise<unknown>
}

/** Reads the tables again when somebody says so. */
export class Reloading {
  readonly #engine: Engine
  readonly #options: ReloadOptions
  readonly #told: (error: unknown) => void
  #stops: (() => Promise<void> | void)[] = []
  #started: Promise<void> | undefined

  constructor(engine: Engine, options: ReloadOptions, told: (error: unknown) => void) {
    this.#engine = engine
    this.#options = options
    this.#told = told
  }

  /** Once the database could be asked for the first time. */
  start(live: Reloadable): Promise<void> {
    return (this.#started ??= this.#start(live).catch((error: unknown) => {
      this.#started = undefined
      throw error
    }))
  }

  async #start(live: Reloadable): Promise<void> {
    const { channel = 'pgrst', everyMs, signal = false } = this.#options
    const reload = (): void => void live.reload().catch((error: unknown) => this.#told(error))
    if (channel !== false) {
      // What is lost with a connection may have been just this: so then, too.
      const heard = (payload: string): void => (payload === '' || payload === 'reload schema' ? reload() : undefined)
      const ear = await this.#engine.listen(channel, heard, reload)
      this.#stops.push(async () => ear[Symbol.asyncDispose]())
    }
    if (everyMs !== undefined) {
      const timer = setInterval(reload, everyMs)
      timer.unref()
      this.#stops.push(() => clearInterval(timer))
    }
    if (signal) {
      process.on('SIGUSR1', reload)
      this.#stops.push(() => void process.off('SIGUSR1', reload))
    }
  }

  async stop(): Promise<void> {
    await this.#started?.catch(() => {})
    for (const stop of this.#stops.splice(0)) await stop()
  }
}
