import { BootError, type ListenSettings } from '../app/index.ts'
import type { Transport } from '../contract.ts'
import { http1 } from './http1/server.ts'
import type { NodeTransport } from './node-transport.ts'

/** What `listen` uses where no transport is named: `http1()` on Node, `nodeHttp` on Bun and Deno. */
export function defaultTransport(): Promise<NodeTransport> {
  return transportFor(process.versions)
}

/** By what the runtime says of itself. */
export function transportFor({ bun, deno }: { readonly [name: string]: string | undefined }): Promise<NodeTransport> {
  // Its half-closed connections, resets and pauses are tested on Node's sockets; what others have of `node:net` differs in just these.
  return bun === undefined && deno === undefined ? Promise.resolve(http1()) : loadNodeHttp()
}

/** The transport that settings name, or bring. Throws a `BootError` for anything else. */
export async function transportOf(given: ListenSettings['transport']): Promise<Transport> {
  if (given === undefined) return defaultTransport()
  if (given === 'http1') return http1()
  if (given === 'node:http') return loadNodeHttp()
  if (typeof (given as Partial<Transport> | null)?.listen === 'function') return given
  throw new BootError([
    {
      code: 'bad-transport',
      message: `The transport ${typeof given === 'string' ? JSON.stringify(given) : 'given to listen'} is none`,
      fix: "write 'http1' or 'node:http', or pass an object with listen(dispatch, options)",
    },
  ])
}

/** Loaded only where it is asked for: most applications use the other. */
async function loadNodeHttp(): Promise<NodeTransport> {
  const { nodeHttp } = await import('./http-transport.ts')
  return nodeHttp
}
