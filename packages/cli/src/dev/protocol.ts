import type { Failure } from '../failure.ts'
import type { SeenFile } from '../transform.ts'

/** What the process that holds the port says to the one that serves. A connection travels along with `connection`. */
export type ToServer = { readonly type: 'go' } | { readonly type: 'connection' } | { readonly type: 'close' }

/** What the serving process says. `files` are those that it loaded so far. */
export type FromServer =
  /** It has loaded everything but the application, and waits for `go`. */
  | { readonly type: 'warm' }
  | {
      readonly type: 'ready'
      readonly routes: number
      readonly docs: string | undefined
      /** The folder of migrations that it applies at its start. */
      readonly migrations: string | undefined
      readonly files: readonly SeenFile[]
    }
  | { readonly type: 'failed'; readonly failure: Failure; readonly files: readonly SeenFile[] }
  | { readonly type: 'files'; readonly files: readonly SeenFile[] }
