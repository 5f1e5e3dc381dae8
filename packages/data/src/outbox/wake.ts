import type { Engine } from '../database/contract.ts'

/** Waits for the notification that something was captured, for a while. */
export class Wake implements AsyncDisposable {
  #woken = false
  #listening: AsyncDisposable | undefined
  #tell: (() => void) | undefined

  static async on(engine: Engine): Promise<Wake> {
    const wake = new Wake()
    const heard = (): void => {
      wake.#woken = true
      wake.#tell?.()
    }
    // What was said while the connection was gone may concern us.
    wake.#listening = await engine.listen('plinth_changes', heard, heard)
    return wake
  }

  /** Called before looking: what is told from here on ends the next wait at once. */
  reset(): void {
    this.#woken = false
  }

  async wait(ms: number, signal: AbortSignal | undefined): Promise<void> {
    if (this.#woken || signal?.aborted) return
    await new Promise<void>((resolve) => {
      const done = (): void => {
        clearTimeout(timer)
        signal?.removeEventListener('abort', done)
        this.#tell = undefined
        resolve()
      }
      const timer = setTimeout(done, ms)
      signal?.addEventListener('abort', done, { once: true })
      this.#tell = done
    })
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#listening?.[Symbol.asyncDispose]()
  }
}
