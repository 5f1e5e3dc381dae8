import { resolve } from 'node:path'
import { shown } from '../entry.ts'
import type { Io } from '../io.ts'
import type { Definition } from './data-kit.ts'

/** A database, for people: `name on host:port`, `.plinth/db`. */
export function whereIs({ engine }: Definition, io: Io): string {
  if (engine.url === undefined) return engine.directory === undefined ? 'memory' : shown(resolve(io.cwd, engine.directory), io.cwd)
  try {
    // Without user and password.
    const { host, pathname } = new URL(engine.url)
    return `${pathname.slice(1) || 'the default database'} on ${host || 'the local server'}`
  } catch {
    return 'the server'
  }
}
