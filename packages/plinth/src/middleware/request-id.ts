import { type App, module } from '../app/index.ts'
import { requireFunction, requireObject, requireText } from '../internal/arguments.ts'

/** Settings of `requestId`. */
export interface RequestIdOptions {
  /** The header that carries the id, both ways. Default `x-request-id`. */
  readonly header?: string
  /** Takes a well-formed id from the request. Default false: whoever may choose ids can make log lines of others look like his. */
  readonly trust?: boolean
  /** Makes ids; each must be as {@link requestId} says. Default: a random prefix for the process, and a count. */
  readonly generate?: () => string
}

/** Long enough for a UUID, a ULID or a trace parent; nothing that could end a header line or a log field. */
const wellFormed = /^[A-Za-z0-9._~:@/+=-]{1,128}$/

/**
 * Sends each request's id with its answer, problems too, and uses it in logs. With `trust`, an id that came in is kept when
 * it has 1 to 128 of the letters, digits and `._~:@/+=-`; any other is replaced. Settings hold for the whole application.
 * @throws {TypeError} when `header` is no header name, or `generate` does not make such ids.
 */
export function requestId(options: RequestIdOptions = {}): App<{}, {}> {
  requireObject('requestId: options', options)
  if (options.header !== undefined) requireText('requestId: header', options.header)
  if (options.generate !== undefined) requireFunction('requestId: generate', options.generate)
  const { header = 'x-request-id', trust = false, generate } = options
  if (!/^[\w!#$%&'*+.^`|~-]+$/.test(header))
    throw new TypeError(`requestId: '${header}' is not a header name; write one like 'x-request-id'`)
  const name = header.toLowerCase()
  if (generate !== undefined && !wellFormed.test(String(generate()))) {
    throw new TypeError('requestId: generate must make 1 to 128 letters, digits or ._~:@/+=-')
  }
  // An id that went wrong must not cost a request its answer: `undefined` leaves it to the default.
  const made = (): string | undefined => {
    if (generate === undefined) return undefined
    try {
      const id = generate()
      return wellFormed.test(id) ? id : undefined
    } catch {
      return undefined
    }
  }
  const found = (incoming: { header(name: string): string | undefined }): string | undefined => {
    const given = trust ? incoming.header(name) : undefined
    return given !== undefined && wellFormed.test(given) ? given : made()
  }
  const custom = trust || generate !== undefined
  return module('request-id', { scope: 'parent', ...(custom ? { requestId: found } : undefined) }).headers((ctx) => ({
    [name]: ctx.requestId,
  }))
}
