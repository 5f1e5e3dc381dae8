import type { Peer } from '../contract.ts'
import { onWorkers } from '../internal/builtin.ts'

/** What a platform says of a request besides the request. */
export interface FetchPlatform {
  /** Bindings on Workers; `undefined` on Bun and Deno, which pass none. */
  readonly env: unknown
  /** Asked for once somebody wants to know. */
  readonly peer: (() => Partial<Peer> | undefined) | undefined
  readonly waitUntil: ((work: Promise<unknown>) => void) | undefined
}

interface BunServer {
  requestIP(request: Request): { readonly address: string; readonly port: number } | null
  timeout?(request: Request, seconds: number): void
}
interface DenoInfo {
  readonly remoteAddr: { readonly hostname?: string; readonly port?: number }
}
interface Execution {
  waitUntil(work: Promise<unknown>): void
}

/** The longest that Bun can count. */
const BUN_IDLE_S = 255

/**
 * Reads the arguments that follow the request in a fetch handler. Bun passes its server, Deno the other end of the connection, Workers
 * their bindings and an execution context. Told apart by shape, so that one `app.fetch` serves them all; anything else is `env`, as Next.js's
 * route context is.
 */
export function fetchPlatform(request: Request, [first, second]: readonly unknown[]): FetchPlatform {
  if (isBun(first)) {
    // Bun closes a connection after ten silent seconds, sooner than a handler's deadline or a heartbeat comes.
    first.timeout?.(request, BUN_IDLE_S)
    return { env: undefined, peer: () => first.requestIP(request) ?? undefined, waitUntil: undefined }
  }
  if (isDeno(first)) {
    const { hostname, port } = first.remoteAddr
    // A Unix socket has neither.
    return { env: undefined, peer: () => ({ address: hostname ?? '', port: port ?? 0 }), waitUntil: undefined }
  }
  const waitUntil = isExecution(second) ? (work: Promise<unknown>) => second.waitUntil(work) : undefined
  // Only where Cloudflare's edge sets the field itself: anywhere else any client could.
  return { env: first, peer: onWorkers ? () => edgePeer(request) : undefined, waitUntil }
}

function edgePeer(request: Request): Partial<Peer> | undefined {
  const address = request.headers.get('cf-connecting-ip')
  return address === null ? undefined : { address }
}

function isBun(it: unknown): it is BunServer {
  return typeof it === 'object' && it !== null && typeof (it as Partial<BunServer>).requestIP === 'function'
}

function isDeno(it: unknown): it is DenoInfo {
  return (
    typeof it === 'object' &&
    it !== null &&
    typeof (it as Partial<DenoInfo>).remoteAddr === 'object' &&
    (it as DenoInfo).remoteAddr !== null
  )
}

function isExecution(it: unknown): it is Execution {
  return typeof it === 'object' && it !== null && typeof (it as Partial<Execution>).waitUntil === 'function'
}
