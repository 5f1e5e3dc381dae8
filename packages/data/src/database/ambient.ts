import { AsyncLocalStorage } from 'node:async_hooks'
import type { Scope } from './scope.ts'
import type { SqlEngine } from './sql-engine.ts'

/** What of a request its statements hear. */
export interface RequestLike {
  readonly signal: { readonly aborted: boolean; readonly reason: unknown }
}

/** One ring of what surrounds running code; the rings outside it hang on `up`. */
export interface Ring {
  readonly up: Ring | undefined
  readonly scope?: Scope
  readonly request?: RequestLike
  /** The database of the application that is answering. */
  readonly engine?: SqlEngine
  /** Transactions further out do not hold in here. */
  readonly barrier?: boolean
}

const rings = new AsyncLocalStorage<Ring | undefined>()

/** The innermost ring. */
export function here(): Ring | undefined {
  return rings.getStore()
}

export function inside<T>(ring: Ring | undefined, work: () => T): T {
  return rings.run(ring, work)
}

/** The innermost scope of an engine that holds here, or of any. */
export function scopeHere(engine?: SqlEngine): Scope | undefined {
  for (let ring = here(); ring !== undefined && ring.barrier !== true; ring = ring.up) {
    if (ring.scope !== undefined && (engine === undefined || ring.scope.engine === engine)) return ring.scope
  }
  return undefined
}

/** A scope of this engine that is still open although it does not hold here. */
export function scopeBehindBarrier(engine: SqlEngine): Scope | undefined {
  for (let ring = here(); ring !== undefined; ring = ring.up) {
    if (ring.scope?.engine === engine && ring.scope.open) return ring.scope
  }
  return undefined
}

/** The signal of the request that is being answered. */
export function requestSignal(): AbortSignal | undefined {
  for (let ring = here(); ring !== undefined; ring = ring.up) {
    if (ring.request !== undefined) return ring.request.signal as AbortSignal
  }
  return undefined
}

/** The database of the application that is answering, or of the transaction that is under way. */
export function engineHere(): SqlEngine | undefined {
  for (let ring = here(); ring !== undefined; ring = ring.up) {
    const engine = ring.scope?.engine ?? ring.engine
    if (engine !== undefined) return engine
  }
  return undefined
}

/** Runs `work` outside the transaction that is under way: what it writes stays, whatever becomes of that. An embedded database refuses. */
export function outsideTransaction<T>(work: () => T): T {
  return rings.run({ up: here(), barrier: true }, work)
}
