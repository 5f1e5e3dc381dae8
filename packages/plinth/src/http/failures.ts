const kinds = {
  'malformed-request': [400, 'The request is malformed.'],
  'malformed-query': [400, 'The query string must be names and values, percent-encoded once, as UTF-8, without NUL.'],
  'malformed-json': [400, 'The body is not valid JSON in UTF-8.'],
  'json-too-deep': [400, 'The JSON is nested too deeply.'],
  'prototype-key': [400, 'The keys __proto__ and constructor.prototype are not allowed.'],
  'malformed-form': [400, 'The form is malformed.'],
  'unsafe-redirect': [400, 'The place to go on to is not allowed.'],
  'request-timeout': [408, 'The body took too long to arrive.'],
  'too-many-fields': [413, 'The form has too many fields.'],
  'body-too-large': [413, 'The body is too large.'],
  'headers-too-large': [431, 'The fields behind the body are too large.'],
  'unsupported-media-type': [415, 'The media type of the body is not supported.'],
  'unsupported-encoding': [415, 'The content encoding of the body is not supported.'],
} as const

/** What a request can fail by before a handler sees it; each is also a code of the problem catalogue. */
export type FailureCode = keyof typeof kinds

/** What an answer to a failure says besides its sentence. */
export interface FailureExtra {
  /** Members that the answer's body gains. Never anything that the client sent. */
  readonly members?: Readonly<Record<string, string | number | readonly string[]>>
  /** Header fields that the answer gains: name, value, name, value, …, names in lower case. */
  readonly headers?: readonly string[]
}

/**
 * The request can't be read, and that's the client's doing. `detail` is one of our own fixed sentences:
 * what was sent is never echoed, so an answer can't carry an attacker's text to somebody else's browser or log.
 */
export class HttpFailure extends Error {
  override readonly name: string = 'HttpFailure'
  readonly status: number
  readonly code: FailureCode
  readonly detail: string
  readonly extra: FailureExtra | undefined

  constructor(code: FailureCode, detail?: string, extra?: FailureExtra) {
    const kind = kinds[code]
    super(detail ?? kind[1])
    this.status = kind[0]
    this.code = code
    this.detail = this.message
    this.extra = extra
  }
}

/** The body passed its limit, in bytes. Transports reject `gather` with it. */
export class BodyTooLarge extends HttpFailure {
  override readonly name: string = 'BodyTooLarge'
  readonly limit: number

  constructor(limit: number) {
    super('body-too-large', undefined, { members: { limit } })
    this.limit = limit
  }
}
