import type { Failure } from '../failure.ts'

/** What a worker is told at its start, as its only argument. */
export interface WorkerTask {
  readonly entry: string
  readonly port: number
  readonly hostname?: string
}

/** What the primary says to a worker. `idleMs`: how long idle connections may still bring a request. */
export type ToWorker = { readonly type: 'close'; readonly idleMs: number }

/** What a worker says of itself. */
export type FromWorker = { readonly type: 'ready'; readonly url: string } | { readonly type: 'failed'; readonly failure: Failure }

/** Between `plinth reload` and the primary, one JSON object a line: the command asks once and hears of each step. */
export type ControlRequest = { readonly type: 'reload' }
export type ControlAnswer =
  | { readonly type: 'rolled'; readonly worker: number; readonly of: number }
  | { readonly type: 'done' }
  | { readonly type: 'failed'; readonly failure: Failure }
