import type { ListenOptions, Transport } from '../contract.ts'
import type { BuildOptions } from './types.ts'

/** Where and how a built application is served. */
export interface ListenSettings extends ListenOptions, BuildOptions {
  /**
   * What speaks HTTP: `'http1'`, our engine on `node:net`, `'node:http'`, or one that is passed. Default: `'http1'` on Node, `'node:http'` on
   * Bun and Deno.
   */
  readonly transport?: Transport | 'http1' | 'node:http'
  /** Milliseconds that what is in flight may take to finish at `close`. Default 10,000. */
  readonly drainMs?: number
  /**
   * Milliseconds between `/readyz` saying 503 and the end of accepting, in which whoever spreads requests can notice. Default 0:
   * where nobody asks `/readyz`, it would only be a wait.
   */
  readonly noticeMs?: number
  /** Close on SIGTERM and SIGINT. Default true outside tests. */
  readonly signals?: boolean
}

/** How an application is closed. */
export interface CloseSettings {
  /**
   * Milliseconds in which connections that are kept alive without a request may still bring one, answered with `Connection: close`. For whoever
   * replaces this process by another one on the same port. Default 0: they are closed at once.
   */
  readonly idleMs?: number
}

/** An application that answers. */
export interface Running {
  readonly url: string
  readonly port: number
  /** Not ready any more, stops accepting, drains requests and background work, disposes services in reverse. Idempotent. */
  close(settings?: CloseSettings): Promise<void>
  [Symbol.asyncDispose](): Promise<void>
}

/** `app.listen(3000)`. Rejects with `BootError`, or with the system's error when the port can't be had. */
export interface Listen {
  (port?: number, settings?: ListenSettings): Promise<Running>
  (settings: ListenSettings): Promise<Running>
}
