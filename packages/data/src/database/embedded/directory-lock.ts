import { randomUUID } from 'node:crypto'
import { linkSync, mkdirSync, readFileSync, renameSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs'
import { hostname } from 'node:os'
import { dirname } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { DatabaseRefused } from '../errors.ts'
import { isAlive, startOf } from './process-start.ts'

interface Owner {
  readonly id: string
  readonly pid: number
  readonly started: string | undefined
  readonly host: string
}

/** Whoever is closing, as at a restart in development, gets so long. */
const PATIENCE_MS = 3_000
const POLL_MS = 50
/** The holder touches the file this often, so that it can also be judged from another machine or container. */
const BEAT_MS = 5_000
const DEAD_AFTER_MS = 60_000
/** After taking over what a dead process left, for so long another one may be doing the same. */
const SETTLE_MS = 100

/**
 * Keeps a directory for this process. PGlite has no lock of its own, and two processes in one directory lose rows without a word.
 * The file stands beside the directory and names its holder; what a dead process left is taken over.
 */
export class DirectoryLock {
  readonly #file: string
  readonly #owner: Owner
  readonly #beat: ReturnType<typeof setInterval>
  readonly #atExit = (): void => this.release()

  private constructor(file: string, owner: Owner) {
    this.#file = file
    this.#owner = owner
    this.#beat = setInterval(() => this.#touch(), BEAT_MS)
    this.#beat.unref()
    process.once('exit', this.#atExit)
  }

  /** @throws {DatabaseRefused} naming the process that has the directory open. */
  static async acquire(directory: string, patienceMs: number = PATIENCE_MS): Promise<DirectoryLock> {
    const file = `${directory}.lock`
    mkdirSync(dirname(file), { recursive: true })
    const owner: Owner = { id: randomUUID(), pid: process.pid, started: startOf(process.pid), host: hostname() }
    const until = performance.now() + patienceMs
    for (;;) {
      if (create(file, owner)) return new DirectoryLock(file, owner)
      const text = read(file)
      const holder = text === undefined ? undefined : parse(text)
      if (text !== undefined && isDead(holder, file)) {
        if (takeOver(file, text, owner)) {
          // Two that found the same dead holder at once may each have taken the other's for it; the last one stands.
          await pause(SETTLE_MS)
          if (parse(read(file) ?? '')?.id === owner.id) return new DirectoryLock(file, owner)
        }
        continue
      }
      if (performance.now() >= until) throw refused(directory, holder)
      await pause(POLL_MS)
    }
  }

  /** Idempotent. Leaves the file alone where it is another's by now. */
  release(): void {
    clearInterval(this.#beat)
    process.off('exit', this.#atExit)
    if (parse(read(this.#file) ?? '')?.id === this.#owner.id) rmSync(this.#file, { force: true })
  }

  #touch(): void {
    try {
      const now = new Date()
      utimesSync(this.#file, now, now)
    } catch {
      // Removed by hand: then nobody is kept out any more, which whoever removed it wanted.
    }
  }
}

function create(file: string, owner: Owner): boolean {
  try {
    writeFileSync(file, JSON.stringify(owner), { flag: 'wx' })
    return true
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false
    throw error
  }
}

/** Moves the dead one's file away, and puts it back if it was not that one any more. */
function takeOver(file: string, dead: string, owner: Owner): boolean {
  const aside = `${file}.${owner.id}`
  try {
    renameSync(file, aside)
  } catch {
    return false
  }
  try {
    if (read(aside) === dead) return create(file, owner)
    linkSync(aside, file)
    return false
  } catch {
    return false
  } finally {
    rmSync(aside, { force: true })
  }
}

function isDead(holder: Owner | undefined, file: string): boolean {
  // Half written: its writer is at it right now, or died over it.
  if (holder === undefined || holder.host !== hostname()) return ageOf(file) > DEAD_AFTER_MS
  if (!isAlive(holder.pid)) return true
  // The id may have gone to another process since.
  const started = startOf(holder.pid)
  return holder.started !== undefined && started !== undefined && holder.started !== started
}

function ageOf(file: string): number {
  try {
    return Date.now() - statSync(file).mtimeMs
  } catch {
    return 0
  }
}

function read(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return undefined
  }
}

function parse(text: string): Owner | undefined {
  try {
    const value = JSON.parse(text) as Owner
    return Number.isInteger(value.pid) && typeof value.id === 'string' ? value : undefined
  } catch {
    return undefined
  }
}

function refused(directory: string, holder: Owner | undefined): DatabaseRefused {
  const who =
    holder === undefined
      ? 'another process'
      : holder.host !== hostname()
        ? `process ${holder.pid} on ${holder.host}`
        : holder.pid === process.pid
          ? 'this process itself'
          : `process ${holder.pid}`
  return new DatabaseRefused(
    'database-locked',
    `The database in ${directory} is open in ${who}, and an embedded database serves one process`,
    holder?.pid === process.pid
      ? 'close the first before opening it again, or give the second another directory'
      : 'stop that process, or set DATABASE_URL to use a server, which serves many',
  )
}
