import { existsSync, fstatSync, type FSWatcher, statSync, watch } from 'node:fs'
import { basename, dirname, join, sep } from 'node:path'
import { type SeenFile, stampOf } from '../transform.ts'

/** Saving is often several events, and saving all files is many. */
const SETTLE_MS = 30

/** Never part of what is served: what is installed, built or kept by tools. */
function isIgnored(path: string): boolean {
  return path.split(sep).some((part) => part === 'node_modules' || part === 'dist' || (part.startsWith('.') && !part.startsWith('.env')))
}

/** `plinth dev > out.txt`: what is written there when it starts anew must not be a reason to start anew. Logs are the same thing. */
function isOutput(path: string): boolean {
  if (path.endsWith('.log')) return true
  try {
    const file = statSync(path)
    return [1, 2].some((it) => {
      const { dev, ino } = fstatSync(it)
      return dev === file.dev && ino === file.ino
    })
  } catch {
    // It is gone, or we have no such output.
    return false
  }
}

/**
 * Watches folders, not files: an editor that saves by renaming puts another file in the place of the one that was watched.
 * A file has changed when it looks different than it did when it was read; an event alone says little.
 */
export class Watcher {
  readonly #changed: (path: string) => void
  readonly #folders = new Map<string, FSWatcher>()
  #stamps = new Map<string, string>()
  #any: ReadonlySet<string> = new Set()
  #timer: NodeJS.Timeout | undefined
  #path = ''

  /** `changed` is called once for a burst of changes, with the last path. */
  constructor(changed: (path: string) => void) {
    this.#changed = changed
  }

  /**
   * From now on these. In `any` whatever appears or changes counts: after a failure nobody knows which file will heal it.
   * What changed since it was read is told at once.
   */
  set(files: readonly SeenFile[], any: readonly string[] = []): void {
    this.#stamps = new Map(files.map(({ path, stamp }) => [path, stamp]))
    this.#any = new Set(any.map(existing))
    this.#follow()
  }

  /** Watches the folders of all files, or the nearest above that exist. */
  #follow(): void {
    const wanted = this.#wanted()
    for (const [folder, watcher] of this.#folders) {
      if (wanted.has(folder)) continue
      watcher.close()
      this.#folders.delete(folder)
    }
    for (const folder of wanted) this.#watch(folder)
    // One may have come just before that was watched where it came.
    if ([...this.#wanted()].some((folder) => !wanted.has(folder))) return this.#follow()
    for (const path of this.#stamps.keys()) this.#check(path)
  }

  close(): void {
    clearTimeout(this.#timer)
    for (const watcher of this.#folders.values()) watcher.close()
    this.#folders.clear()
  }

  #watch(folder: string): void {
    if (this.#folders.has(folder)) return
    const drop = (): void => {
      this.#folders.get(folder)?.close()
      this.#folders.delete(folder)
    }
    try {
      const watcher = watch(folder, (_, name) => this.#event(folder, name))
      // A folder that was removed ends its watcher; on Windows with an error.
      watcher.on('error', drop)
      this.#folders.set(folder, watcher)
    } catch {
      // It went away in this moment; its files are noticed missing.
    }
  }

  #event(folder: string, name: string | null): void {
    if (name === null) {
      for (const path of this.#stamps.keys()) if (dirname(path) === folder) this.#check(path)
      return
    }
    const path = join(folder, name)
    if (this.#stamps.has(path)) this.#check(path)
    else if (this.#any.has(folder) && !isIgnored(name) && !isOutput(path)) this.#tell(path)
    else if (this.#isAbove(path)) this.#follow()
    else if (basename(folder) === name) for (const it of this.#stamps.keys()) this.#check(it)
  }

  #wanted(): ReadonlySet<string> {
    return new Set([...[...this.#stamps.keys()].map((path) => existing(dirname(path))), ...this.#any])
  }

  /** Whether a file is watched for that would lie below it. */
  #isAbove(path: string): boolean {
    return [...this.#stamps.keys()].some((it) => it.startsWith(path + sep))
  }

  #check(path: string): void {
    const stamp = stampOf(path)
    if (stamp === this.#stamps.get(path)) return
    // Told once: what comes after belongs to the same change, or is seen by whoever reads the file next.
    this.#stamps.set(path, stamp)
    this.#tell(path)
  }

  #tell(path: string): void {
    this.#path = path
    clearTimeout(this.#timer)
    this.#timer = setTimeout(() => this.#changed(this.#path), SETTLE_MS)
  }
}

/** The folder itself, or the nearest above it that exists. */
function existing(folder: string): string {
  let path = folder
  while (!existsSync(path) && dirname(path) !== path) path = dirname(path)
  return path
}
