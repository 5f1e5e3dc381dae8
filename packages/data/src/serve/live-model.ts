/** What was read from the database, and is read again when that has changed. Requests in flight keep what they began with. */
export class LiveModel<T> {
  readonly #load: () => Promise<T>
  readonly #loaded: (again: boolean) => void
  #current: T | undefined
  #loading: Promise<T> | undefined
  #again = false

  /** `loaded` is told of each time. */
  constructor(load: () => Promise<T>, loaded: (again: boolean) => void = () => {}) {
    this.#load = load
    this.#loaded = loaded
  }

  /** What is known; read now where nothing is known yet. */
  get(): T | Promise<T> {
    return this.#current ?? this.#loading ?? this.reload()
  }

  /** Reads again. Asked while it reads, it reads once more afterwards: the change may have come in between. */
  reload(): Promise<T> {
    if (this.#loading !== undefined) {
      this.#again = true
      return this.#loading
    }
    return (this.#loading = this.#read().finally(() => (this.#loading = undefined)))
  }

  async #read(): Promise<T> {
    for (;;) {
      this.#again = false
      const made = await this.#load()
      if (this.#again) continue
      const again = this.#current !== undefined
      this.#current = made
      this.#loaded(again)
      return made
    }
  }
}
