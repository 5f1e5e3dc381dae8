import type { RateRule, RateTaken } from 'plinth/middleware'
import type { MetricsFormat } from 'plinth/ops'
import type { Failure } from '../failure.ts'
import type { Where } from '../where.ts'

/** What a worker is told at its start, as its only argument. */
export interface WorkerTask {
  readonly entry: string
  readonly where: Where
}

/** What the primary answers, or hands on, of what workers have in common. */
export type Shared =
  | { readonly type: 'taken'; readonly answers: readonly (readonly [ask: number, taken: RateTaken])[] }
  | { readonly type: 'heard'; readonly messages: readonly (readonly [topic: string, text: string])[] }
  /** Messages were dropped, since the worker did not keep up. */
  | { readonly type: 'missed' }
  /** Wants what the worker's own metrics are. */
  | { readonly type: 'tell-metrics'; readonly ask: number }
  | { readonly type: 'metrics'; readonly ask: number; readonly text: string }

/** What the primary says to a worker. `idleMs`: how long idle connections may still bring a request. */
export type ToWorker = { readonly type: 'close'; readonly idleMs: number } | Shared

/** In both formats: what a worker has told stays in use when it has ended, or is late, whichever is asked for then. */
export type MetricsTexts = { readonly [F in MetricsFormat]: string }

/** What a worker asks of what it has in common with the others, or answers. */
export type Asking =
  | { readonly type: 'take'; readonly asks: readonly (readonly [ask: number, limiter: string, key: string, rule: RateRule])[] }
  | { readonly type: 'publish'; readonly messages: readonly (readonly [topic: string, text: string])[] }
  | { readonly type: 'subscribe' | 'unsubscribe'; readonly topic: string }
  | { readonly type: 'ask-metrics'; readonly ask: number; readonly format: MetricsFormat }
  /** `ask` is missing where the worker ends: its counts must not be lost with it. */
  | { readonly type: 'own-metrics'; readonly ask?: number; readonly texts: MetricsTexts }

/** What a worker says of itself. */
export type FromWorker = { readonly type: 'ready'; readonly url: string } | { readonly type: 'failed'; readonly failure: Failure } | Asking

/** Between `plinth reload` and the primary, one JSON object a line: the command asks once and hears of each step. */
export type ControlRequest = { readonly type: 'reload' }
export type ControlAnswer =
  | { readonly type: 'rolled'; readonly worker: number; readonly of: number }
  | { readonly type: 'done' }
  | { readonly type: 'failed'; readonly failure: Failure }
