import pg from 'pg'
import { DatabaseUnavailable } from '../errors.ts'
import { messageOf } from '../connection.ts'

interface Ear {
  readonly heard: (payload: string) => void
  readonly reconnected: () => void
}

const FIRST_PAUSE_MS = 100
const LONGEST_PAUSE_MS = 5_000

/** One connection that hears notifications. Lost, it comes back by itself, each time after a longer pause. */
export class Listener {
  readonly #client: () => pg.Client
  readonly #report: (error: unknown, what: string) => void
  readonly #ears = new Map<string, Set<Ear>>()
  #connection: pg.Client | undefined
  #connecting: Promise<pg.Client> | undefined
  #timer: ReturnType<typeof setTimeout> | undefined
  #pause = FIRST_PAUSE_MS
  #closed = false

  constructor(client: () => pg.Client, report: (error: unknown, what: string) => void) {
    this.#client = client
    this.#report = report
  }

  async listen(channel: string, heard: (payload: string) => void, reconnected: () => void): Promise<AsyncDisposable> {
    if (this.#closed) throw new DatabaseUnavailable('The database is closed')
    const ear: Ear = { heard, reconnected }
    const ears = this.#ears.get(channel) ?? new Set()
    this.#ears.set(channel, ears.add(ear))
    const stop = async (): Promise<void> => {
      if (!ears.delete(ear) || ears.size > 0 || this.#ears.get(channel) !== ears) return
      this.#ears.delete(channel)
      await this.#connection?.query(`UNLISTEN ${pg.escapeIdentifier(channel)}`).catch(() => {})
    }
    try {
      const client = this.#connection ?? (await this.#connect())
      await client.query(`LISTEN ${pg.escapeIdentifier(channel)}`)
    } catch (error) {
      await stop()
      throw new DatabaseUnavailable(`The database can't be reached: ${messageOf(error)}`, error)
    }
    return { [Symbol.asyncDispose]: stop }
  }

  async close(): Promise<void> {
    this.#closed = true
    this.#ears.clear()
    clearTimeout(this.#timer)
    await this.#connecting?.catch(() => {})
    await this.#connection?.end()
    this.#connection = undefined
  }

  #connect(): Promise<pg.Client> {
    return (this.#connecting ??= this.#open().finally(() => (this.#connecting = undefined)))
  }

  async #open(): Promise<pg.Client> {
    const client = this.#client()
    // Without a listener an error of the connection would end the process; what follows from it comes with `end`.
    client.on('error', () => {})
    client.on('notification', ({ channel, payload }) => this.#hear(channel, payload ?? ''))
    await client.connect()
    for (const channel of this.#ears.keys()) await client.query(`LISTEN ${pg.escapeIdentifier(channel)}`)
    client.on('end', () => this.#lost(client))
    this.#connection = client
    this.#pause = FIRST_PAUSE_MS
    return client
  }

  #hear(channel: string, payload: string): void {
    for (const { heard } of this.#ears.get(channel) ?? []) this.#call(() => heard(payload))
  }

  #call(listener: () => void): void {
    try {
      listener()
    } catch (error) {
      this.#report(error, 'a listener of the database threw')
    }
  }

  #lost(client: pg.Client): void {
    if (this.#connection === client) this.#connection = undefined
    if (!this.#closed && this.#ears.size > 0) this.#again()
  }

  #again(): void {
    this.#timer = setTimeout(() => {
      this.#connect().then(
        () => {
          for (const ears of this.#ears.values()) for (const { reconnected } of ears) this.#call(reconnected)
        },
        () => {
          if (!this.#closed) this.#again()
        },
      )
    }, this.#pause)
    this.#pause = Math.min(this.#pause * 2, LONGEST_PAUSE_MS)
  }
}
