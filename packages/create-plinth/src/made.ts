import { mkdirSync, readdirSync, rmdirSync, rmSync, statSync, unlinkSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { Files } from './template.ts'
import { UsageError } from './usage-error.ts'

/** What a package manager leaves in a folder. Nothing else that is there is ours to remove. */
const INSTALLED = ['node_modules', 'package-lock.json', 'pnpm-lock.yaml']

/** Of a repository that was cloned empty, or of a folder that somebody has looked into. */
const HARMLESS = new Set(['.git', '.DS_Store', 'Thumbs.db'])

/**
 * Refuses a folder in which something lies already.
 * @throws {UsageError} naming some of it.
 */
export function mustBeFree(folder: string, shown: string): void {
  const there = statSync(folder, { throwIfNoEntry: false })
  if (there === undefined) return
  if (!there.isDirectory()) throw new UsageError(`${shown} is there and is no folder: choose another name`)
  const names = readdirSync(folder).filter((name) => !HARMLESS.has(name))
  if (names.length === 0) return
  const some = names.slice(0, 3).join(', ')
  throw new UsageError(`The folder ${shown} is not empty (${some}${names.length > 3 ? ', …' : ''}): choose another name, or empty it`)
}

/** The files and folders that were made, so that they, and only they, can be removed again. */
export class Made {
  readonly #folder: string
  readonly #paths: { readonly path: string; readonly folder: boolean }[] = []

  constructor(folder: string) {
    this.#folder = folder
  }

  /**
   * Writes all of them. Nothing is overwritten, not even what has come since somebody looked.
   * Nothing waits in here, so a signal is heard after it and never meets half a file.
   */
  write(files: Files): void {
    this.#makeFolder(this.#folder)
    for (const [path, content] of files) {
      const whole = join(this.#folder, path)
      this.#makeFolder(dirname(whole))
      // Noted first: a disk that is full leaves an empty file.
      const note = { path: whole, folder: false }
      this.#paths.push(note)
      try {
        writeFileSync(whole, content, { flag: 'wx' })
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code === 'EEXIST') this.#paths.pop()
        throw error
      }
    }
  }

  #makeFolder(path: string): void {
    if (statSync(path, { throwIfNoEntry: false })?.isDirectory() === true) return
    this.#makeFolder(dirname(path))
    mkdirSync(path)
    this.#paths.push({ path, folder: true })
  }

  /** Takes everything back, and with it what installing has left. Folders in which somebody else has put something stay. */
  remove(): void {
    for (const name of INSTALLED) rmSync(join(this.#folder, name), { recursive: true, force: true, maxRetries: 3 })
    for (const { path, folder } of this.#paths.splice(0).reverse()) {
      try {
        if (folder) rmdirSync(path)
        else unlinkSync(path)
      } catch (error) {
        const { code } = error as NodeJS.ErrnoException
        if (code !== 'ENOENT' && code !== 'ENOTEMPTY' && code !== 'EEXIST') throw error
      }
    }
  }
}
