import type { AnyApp, Built } from '../app/index.ts'
import { checkedBase, withoutBase } from './base-path.ts'

/** What `app/api/[[...path]]/route.ts` of Next.js exports. */
export interface NextHandlers {
  readonly GET: NextHandler
  readonly HEAD: NextHandler
  readonly POST: NextHandler
  readonly PUT: NextHandler
  readonly PATCH: NextHandler
  readonly DELETE: NextHandler
  readonly OPTIONS: NextHandler
}

/** A route handler of Next.js. `context` is the context's `env`. */
export type NextHandler = (request: Request, context?: unknown) => Promise<Response>

/** Settings of `nextHandlers`. */
export interface NextOptions {
  /** Where the route file stands: `/api` for `app/api/[[...path]]/route.ts`. Default: the application's own paths begin with it. */
  readonly basePath?: string
}

interface FetchApp {
  readonly fetch: (request: Request, ...platform: unknown[]) => Promise<Response>
}

/**
 * An application as the route handlers of Next.js's app router.
 *
 * ```ts
 * export const { GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS } = nextHandlers(api, { basePath: '/api' })
 * ```
 * @throws {TypeError} for a `basePath` that could never match.
 */
export function nextHandlers(application: (AnyApp & FetchApp) | Built, options: NextOptions = {}): NextHandlers {
  const base = checkedBase(options.basePath)
  const handle: NextHandler = (request, context) => application.fetch(base === '' ? request : rebased(request, base), context)
  return { GET: handle, HEAD: handle, POST: handle, PUT: handle, PATCH: handle, DELETE: handle, OPTIONS: handle }
}

function rebased(request: Request, base: string): Request {
  const url = new URL(request.url)
  const inside = withoutBase(url.pathname, base)
  if (inside === undefined)
    throw new Error(`nextHandlers has the basePath ${base}, but was asked for ${url.pathname}; they stand in another folder`)
  url.pathname = inside
  const init: RequestInit & { duplex?: 'half' } = { method: request.method, headers: request.headers, signal: request.signal }
  if (request.body) {
    init.body = request.body
    init.duplex = 'half'
  }
  return new Request(url, init)
}
