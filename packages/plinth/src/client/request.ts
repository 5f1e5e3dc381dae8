/** What a call gives beside its path, untyped: the types are {@link Verbs}'s. */
export interface CallParts {
  readonly params?: { readonly [name: string]: unknown }
  readonly query?: { readonly [name: string]: unknown }
  readonly body?: unknown
  readonly headers?: { readonly [name: string]: string }
  readonly signal?: AbortSignal
}

/**
 * The path of a template: parameters percent-encoded as one segment each, a wildcard segment by segment.
 * @throws {TypeError} naming the parameter that is missing, or one that is `.` or `..`, which URL parsers would resolve away.
 */
export function fillPath(template: string, params: CallParts['params'] = {}): string {
  const segments: string[] = []
  for (const segment of template.split('/').slice(1)) {
    const wildcard = segment.startsWith('*')
    if (!wildcard && !segment.startsWith(':')) {
      segments.push(segment)
      continue
    }
    const optional = segment.endsWith('?')
    const name = wildcard ? segment.slice(1) || '*' : segment.slice(1, optional ? -1 : undefined)
    const value = params[name]
    if (value === undefined || value === null || value === '') {
      if (optional || (wildcard && value === '')) continue
      throw new TypeError(`The parameter '${name}' of ${template} is missing`)
    }
    const parts = wildcard ? String(value).split('/') : [String(value)]
    if (parts.some((part) => part === '.' || part === '..'))
      throw new TypeError(`The parameter '${name}' of ${template} can't be '.' or '..'`)
    segments.push(...parts.map(encodeURIComponent))
  }
  return `/${segments.join('/')}`
}

/** Repeated keys for arrays; what is undefined or null is left out. */
export function fillQuery(query: CallParts['query']): string {
  if (!query) return ''
  const pairs = new URLSearchParams()
  for (const [name, value] of Object.entries(query)) {
    for (const one of Array.isArray(value) ? value : [value]) if (one !== undefined && one !== null) pairs.append(name, String(one))
  }
  const text = pairs.toString()
  return text === '' ? '' : `?${text}`
}

/** Blobs make a form, streams and bytes and text go as they are, everything else is JSON. */
export function fillBody(
  body: unknown,
): { readonly body: NonNullable<RequestInit['body']>; readonly type: string | undefined } | undefined {
  if (body === undefined) return undefined
  if (typeof body === 'string') return { body, type: 'text/plain; charset=utf-8' }
  if (body instanceof FormData || body instanceof URLSearchParams) return { body, type: undefined }
  if (body instanceof ReadableStream || body instanceof ArrayBuffer || ArrayBuffer.isView(body)) {
    return { body: body as BodyInit, type: 'application/octet-stream' }
  }
  if (body instanceof Blob) return { body, type: body.type || 'application/octet-stream' }
  if (typeof body === 'object' && body !== null && Object.values(body).some(isFile)) return { body: asForm(body), type: undefined }
  return { body: JSON.stringify(body), type: 'application/json' }
}

function isFile(value: unknown): boolean {
  return value instanceof Blob || (Array.isArray(value) && value.some((it) => it instanceof Blob))
}

function asForm(body: object): FormData {
  const form = new FormData()
  for (const [name, value] of Object.entries(body)) {
    for (const one of Array.isArray(value) ? value : [value]) {
      if (one === undefined || one === null) continue
      if (one instanceof Blob) form.append(name, one)
      else form.append(name, typeof one === 'object' ? JSON.stringify(one) : String(one))
    }
  }
  return form
}

/** One call as a web `Request`. `base` has no slash at its end. */
export function callRequest(base: string, method: string, template: string, parts: CallParts): Request {
  const filled = fillBody(parts.body)
  const headers = new Headers(parts.headers)
  if (filled?.type !== undefined && !headers.has('content-type')) headers.set('content-type', filled.type)
  if (!headers.has('accept')) headers.set('accept', 'application/json, */*;q=0.5')
  const init: RequestInit & { duplex?: 'half' } = { method, headers }
  if (filled) {
    init.body = filled.body
    if (filled.body instanceof ReadableStream) init.duplex = 'half'
  }
  if (parts.signal) init.signal = parts.signal
  return new Request(`${base}${fillPath(template, parts.params)}${fillQuery(parts.query)}`, init)
}
