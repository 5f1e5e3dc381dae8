import { EventAnswer } from './events.ts'

/** An answer that is no success, as a client's call throws it. `problem` is the RFC 9457 body where there was one. */
export class ProblemError extends Error {
  override readonly name: string = 'ProblemError'
  readonly status: number
  /** The catalogue's code; `undefined` when the answer was no problem of ours, a proxy's say. */
  readonly code: string | undefined
  readonly problem: { readonly [member: string]: unknown }
  readonly response: Response

  constructor(response: Response, problem: { readonly [member: string]: unknown }) {
    super(
      typeof problem['detail'] === 'string'
        ? problem['detail']
        : typeof problem['title'] === 'string'
          ? problem['title']
          : `HTTP ${response.status}`,
    )
    this.status = response.status
    this.code = typeof problem['code'] === 'string' ? problem['code'] : undefined
    this.problem = problem
    this.response = response
  }
}

function essence(response: Response): string {
  return (response.headers.get('content-type') ?? '').split(';', 1)[0]?.trim().toLowerCase() ?? ''
}

function isJson(type: string): boolean {
  return type === 'application/json' || type.endsWith('+json')
}

/** The data of a success by its media type: JSON, text, events as they come, else the `Response` itself. */
export async function readData(response: Response): Promise<unknown> {
  if (response.status === 204 || response.status === 205) return null
  const type = essence(response)
  if (isJson(type)) return response.json()
  if (type === 'text/event-stream') return new EventAnswer(response, 'sse')
  if (type === 'application/x-ndjson') return new EventAnswer(response, 'ndjson')
  if (type.startsWith('text/')) return response.text()
  if (type === '' && response.headers.get('content-length') === '0') return null
  return response
}

/** What a failure says. One that is no JSON object is told by its status, never dropped. */
export async function readProblem(response: Response): Promise<{ readonly [member: string]: unknown }> {
  const text = await response.text()
  if (isJson(essence(response))) {
    try {
      const value: unknown = JSON.parse(text)
      if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as { readonly [member: string]: unknown }
    } catch {
      // Cut off on the way, or not JSON in spite of its type: the status still tells.
    }
  }
  return { title: response.statusText || `HTTP ${response.status}`, status: response.status }
}
