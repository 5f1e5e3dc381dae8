import { Console } from 'node:console'
import type { Built } from 'plinth'
import type { LoadedApp } from './load-app.ts'
import type { Io } from './io.ts'
import { silent } from './silent.ts'
import { importing, telling } from './start.ts'

/** Imports an application to look at it. What it prints meanwhile must not mix with the data that was asked for. */
export async function importToRead(entry: string, io: Io): Promise<LoadedApp> {
  globalThis.console = new Console(process.stderr, process.stderr)
  return importing(entry, io.cwd)
}

/** Builds an application without making services: no database is needed to list routes. */
export async function readApp(entry: string, io: Io, load: typeof importToRead = importToRead): Promise<Built> {
  const app = await load(entry, io)
  return telling(entry, io.cwd, () => app.build({ services: false, log: silent }))
}
