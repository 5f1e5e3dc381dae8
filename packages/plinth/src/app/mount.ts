import type { Awaitable } from '../http/types.ts'
import type { HandlerRun } from './scope.ts'

/** Settings of `mount`. */
export interface MountOptions {
  /** True: the handler sees the URL as it was sent. Default false: as if it stood at the root, the way Express and Hono mount. */
  readonly keepPrefix?: boolean
}

interface MountContext {
  readonly request: Request
  readonly template: string
  readonly params: { readonly [name: string]: unknown }
}

export function mounted(handler: (request: Request) => Awaitable<Response>, { keepPrefix = false }: MountOptions): HandlerRun {
  if (keepPrefix) return (ctx: MountContext) => handler(ctx.request)
  return (ctx: MountContext) => handler(below(ctx.request, depth(ctx)))
}

/** How many segments of the path lead to the mount: its own and those of the modules around it. */
function depth({ template, params }: MountContext): number {
  if (template === '/') return 0
  const missing = (it: string): boolean => it.startsWith(':') && it.endsWith('?') && params[it.slice(1, -1)] === undefined
  return template.split('/').filter((it, i) => i > 0 && !it.startsWith('*') && !missing(it)).length
}

/** Cut off as they were sent: the router has split the path on the same slashes, and decodes none (RFC 3986 §2.2). */
function below(request: Request, segments: number): Request {
  if (segments === 0) return request
  const { url, method, headers, body, signal } = request
  const start = url.indexOf('/', url.indexOf('://') + 3)
  const mark = url.indexOf('?', start)
  const end = mark === -1 ? url.length : mark
  let at = start
  for (let left = segments; left > 0 && at !== -1; left--) at = url.indexOf('/', at + 1)
  const path = at === -1 || at >= end ? '/' : url.slice(at, end)
  const init: RequestInit & { duplex?: 'half' } = { method, headers, signal }
  // The body of the request that there is: a guard may have read a clone of it, which leaves only this half.
  if (body) {
    init.body = body
    init.duplex = 'half'
  }
  return new Request(url.slice(0, start) + path + url.slice(end), init)
}
