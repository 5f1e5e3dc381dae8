import { spawn } from 'node:child_process'
import type { PackageManager } from './package-manager.ts'

/** What a process that SIGINT ended gives its shell. */
export const INTERRUPTED = 130

/** What came of installing: `failed` says why. */
export type Installation = 'installed' | 'interrupted' | { readonly failed: string }

/** Installs the dependencies in `folder`. What the package manager says goes to the standard error, as everything of ours does. */
export type Install = (folder: string, manager: PackageManager, signal: AbortSignal) => Promise<Installation>

const flags: { readonly [manager in PackageManager]: readonly string[] } = {
  npm: ['install', '--no-audit', '--no-fund'],
  pnpm: ['install'],
}

export const install: Install = (folder, manager, signal) =>
  new Promise((resolve) => {
    // npm and pnpm are scripts of cmd on Windows, which only a shell starts. The arguments are ours.
    const child = spawn(manager, [...flags[manager]], { cwd: folder, stdio: ['ignore', 2, 2], shell: process.platform === 'win32' })
    const stop = (): void => void child.kill('SIGTERM')
    signal.addEventListener('abort', stop)
    const done = (result: Installation): void => {
      signal.removeEventListener('abort', stop)
      resolve(signal.aborted ? 'interrupted' : result)
    }
    child.once('error', (error: NodeJS.ErrnoException) =>
      done({ failed: error.code === 'ENOENT' ? `there is no ${manager} here` : `${manager} can't be started (${error.code})` }),
    )
    child.once('close', (code, killed) => {
      // A terminal sends Ctrl-C to both of us, and its end may be heard before our own signal.
      if (killed === 'SIGINT' || code === INTERRUPTED) done('interrupted')
      else done(code === 0 ? 'installed' : { failed: `${manager} ended with ${killed ?? code}` })
    })
  })
