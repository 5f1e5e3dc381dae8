import type { Schema } from '../schema/types.ts'

/** One entry of a catalogue: what a problem's code stands for. The code is its key. */
export interface ProblemKind {
  /** HTTP status, 400 to 599. */
  readonly status: number
  /** RFC 9457 `title`: the same for every occurrence. */
  readonly title: string
  /** What the client can do about it; printed in documentation. */
  readonly help?: string
  /** What an occurrence adds to the answer as further members. */
  readonly params?: Schema
}

/** Kinds of problems by code. */
export interface Catalogue {
  readonly [code: string]: ProblemKind
}

/** The problems that the framework itself answers with. */
export const builtinProblems = {
  'malformed-request': { status: 400, title: 'The request is malformed', help: 'Send a request that RFC 9110 allows.' },
  'malformed-path': { status: 400, title: 'The path is malformed', help: 'Percent-encode each segment once, as UTF-8, without NUL.' },
  'malformed-query': { status: 400, title: 'The query string is malformed', help: 'Percent-encode names and values once, as UTF-8.' },
  'malformed-json': { status: 400, title: 'The body is not valid JSON', help: 'Send JSON as RFC 8259 has it, in UTF-8.' },
  'json-too-deep': { status: 400, title: 'The JSON is nested too deeply', help: 'Flatten the value.' },
  'prototype-key': {
    status: 400,
    title: 'The body names a forbidden key',
    help: 'Leave out the keys __proto__ and constructor.prototype.',
  },
  'unsafe-redirect': {
    status: 400,
    title: 'The place to go on to is not allowed',
    help: 'Ask to go on to a path of this site, or to an origin that it lists.',
  },
  'malformed-form': { status: 400, title: 'The form is malformed', help: 'Send a form as RFC 7578 or the URL standard has it.' },
  'too-many-fields': { status: 413, title: 'The form has too many fields', help: 'Send fewer fields or files.' },
  'not-signed-in': { status: 401, title: 'Sign in first', help: 'Send credentials with the request.' },
  forbidden: { status: 403, title: 'You may not do this', help: 'Ask somebody who may.' },
  'cross-site-request': {
    status: 403,
    title: 'The request came from another site',
    help: 'Send it from a page of the same origin, or without cookies.',
  },
  'not-found': { status: 404, title: 'There is nothing here', help: 'Check the path.' },
  'method-not-allowed': { status: 405, title: 'The method is not offered here', help: 'Use a method that the Allow header lists.' },
  'not-acceptable': { status: 406, title: 'No acceptable form of the answer exists', help: 'Accept another media type.' },
  'request-timeout': { status: 408, title: 'The request took too long to arrive', help: 'Send it again, faster.' },
  conflict: { status: 409, title: 'The request conflicts with the present state', help: 'Read the present state and try again.' },
  'precondition-failed': { status: 412, title: 'A precondition does not hold', help: 'Read the present state and try again.' },
  'body-too-large': { status: 413, title: 'The body is too large', help: 'Send a smaller body.' },
  'target-too-long': { status: 414, title: 'The request target is too long', help: 'Send parameters in a body.' },
  'unsupported-media-type': { status: 415, title: 'The media type is not supported', help: 'Send a media type that the operation lists.' },
  'unsupported-encoding': { status: 415, title: 'The content encoding is not supported', help: 'Send the body as it is, or with gzip.' },
  'range-not-satisfiable': { status: 416, title: 'The range lies outside the content', help: 'Ask for a range within Content-Range.' },
  'expectation-failed': { status: 417, title: 'The expectation cannot be met', help: 'Expect nothing but 100-continue.' },
  'misdirected-request': { status: 421, title: 'The request is for another host', help: 'Use a name that this server is known by.' },
  'validation-failed': { status: 422, title: 'The request does not fit its contract', help: 'Mend what `issues` lists, all at once.' },
  'upgrade-required': {
    status: 426,
    title: 'This is a WebSocket',
    help: 'Open it as RFC 6455 has it, version 13, over HTTP/1.1.',
  },
  'too-many-requests': { status: 429, title: 'Too many requests', help: 'Wait as long as Retry-After says.' },
  'headers-too-large': { status: 431, title: 'The header fields are too large', help: 'Send fewer or shorter header fields.' },
  'internal-error': { status: 500, title: 'Something went wrong on our side', help: 'Report the request id; trying again may help.' },
  'not-implemented': { status: 501, title: 'This is not implemented', help: 'Use another method or coding.' },
  'version-not-supported': { status: 505, title: 'The HTTP version is not supported', help: 'Speak HTTP/1.1.' },
  overloaded: { status: 503, title: 'Too busy right now', help: 'Wait as long as Retry-After says.' },
  'handler-timeout': { status: 503, title: 'The answer took too long', help: 'Try again later.' },
} as const

export type BuiltinProblems = typeof builtinProblems
