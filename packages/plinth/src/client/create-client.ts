import { ProblemError, readData, readProblem } from './answer.ts'
import { type CallParts, callRequest } from './request.ts'
import type { Client } from './types.ts'

/** What every call of a client shares. */
export interface ClientOptions {
  /** Headers of every call, or a function that is asked before each: the place for a token. */
  readonly headers?:
    | { readonly [name: string]: string }
    | (() => { readonly [name: string]: string } | Promise<{ readonly [name: string]: string }>)
  /** Default: the global `fetch`. */
  readonly fetch?: (request: Request) => Promise<Response>
  /** Whether cookies go along to another origin. Default `same-origin`, as `fetch` has it. */
  readonly credentials?: 'omit' | 'same-origin' | 'include'
}

const verbs = ['get', 'post', 'put', 'patch', 'delete', 'head'] as const

/**
 * A client whose paths, parameters, bodies, answers and problems are typed by the application, which it imports as a type only.
 *
 * ```ts
 * import type application from './app.ts'
 * const client = createClient<typeof application>('http://localhost:3000')
 * ```
 *
 * Calls reject with {@link ProblemError} for an answer that is no success, and with `TypeError` when the network fails.
 */
export function createClient<Api>(url: string, options: ClientOptions = {}): Client<Api> {
  if (typeof url !== 'string') throw new TypeError('createClient: url must be a string')
  const base = url.replace(/\/+$/, '')
  const send = senderOf(options)
  const ask: Ask = (method, path, parts = {}) =>
    send((common) => callRequest(base, method, path, { ...parts, headers: { ...common, ...parts.headers } }))
  return callsOf(ask) as unknown as Client<Api>
}

/**
 * Sends requests as the options say, for a client of another protocol beside this one: `make` gets the headers that all calls
 * share, its own going before them.
 */
export function senderOf(options: ClientOptions): (make: (common: { readonly [name: string]: string }) => Request) => Promise<Response> {
  const send = options.fetch ?? ((request: Request) => fetch(request))
  return async (make) => {
    const common = typeof options.headers === 'function' ? await options.headers() : options.headers
    const request = make({ ...common })
    return send(options.credentials === undefined ? request : new Request(request, { credentials: options.credentials }))
  }
}

type Ask = (method: string, path: string, parts?: CallParts) => Promise<Response>

/** The verbs over whatever takes a request: the network here, the dispatch in tests. */
export function callsOf(ask: Ask): { readonly [verb: string]: unknown } {
  const calls: { [verb: string]: unknown } = {}
  const results: { [verb: string]: unknown } = {}
  for (const verb of verbs) {
    const method = verb.toUpperCase()
    calls[verb] = async (path: string, parts?: CallParts): Promise<unknown> => {
      const response = await ask(method, path, parts)
      if (!response.ok) throw new ProblemError(response, await readProblem(response))
      return method === 'HEAD' ? response.headers : readData(response)
    }
    results[verb] = async (path: string, parts?: CallParts): Promise<unknown> => {
      const response = await ask(method, path, parts)
      const { status, headers, ok } = response
      if (!ok) return { ok, status, headers, problem: await readProblem(response) }
      return { ok, status, headers, data: method === 'HEAD' ? null : await readData(response) }
    }
  }
  calls['try'] = results
  return calls
}
