import type { HandedOver } from '../contract.ts'
import { Answer } from '../http/answer.ts'
import { FileAnswer } from '../http/file.ts'
import { fromFile } from '../http/from-file.ts'
import { fromReadable, isNodeStream, isSpent } from '../http/from-readable.ts'
import { fromResponse } from '../http/from-response.ts'
import { fromEvents } from '../http/from-events.ts'
import { flatHeaders } from '../http/flat-headers.ts'
import { Html } from '../http/html.ts'
import { Problem } from '../http/problem.ts'
import { ProtocolSwitch, SwitchAnswer } from '../http/protocol-switch.ts'
import { Redirect } from '../http/redirect.ts'
import { ReplyValue } from '../http/reply.ts'
import type { HeaderFields } from '../http/types.ts'
import { SourceLife } from '../http/frame-stream.ts'
import { isThenable } from '../internal/thenable.ts'
import type { RequestContext } from './context.ts'
import { problemAnswer } from './problem-answer.ts'
import type { Route } from './route.ts'
import { isStream } from '../internal/is-stream.ts'

/** The handler answered what its contract does not allow: our mistake, so a logged 500. */
export class WrongAnswer extends Error {
  override readonly name: string = 'WrongAnswer'
}

/** Turns what a handler gave into an answer. The first tests are those of what handlers give most. */
export function toAnswer(value: unknown, ctx: RequestContext, route: Route): Answer | Promise<Answer> {
  if (typeof value === 'object' && value !== null) {
    const prototype: unknown = Object.getPrototypeOf(value)
    if (prototype === Object.prototype || prototype === Array.prototype || prototype === null) return json(value, route)
    return special(value, ctx, route, route.status ?? 200) ?? json(value, route)
  }
  return simple(value, plainStatus(route), route)
}

function plainStatus(route: Route): number {
  if (route.status !== undefined) return route.status
  throw new WrongAnswer(
    `${route.info.method} ${route.template} declares several successes (${declared(route)}) but answered a bare value: say which with reply(status, value)`,
  )
}

function declared(route: Route): string {
  return [...(route.encoders?.keys() ?? [])].join(', ')
}

function json(value: unknown, route: Route): Answer {
  const status = plainStatus(route)
  if (route.encoders === undefined) return new Answer(status, route.frame.jsonHeaders, jsonOf(value, route))
  return encoded(value, status, route)
}

/** Bigints are texts on the wire, wherever they stand; a function for `JSON.stringify` costs every answer, so only those that need it have one. */
function textOf(value: unknown): string | undefined {
  try {
    return JSON.stringify(value) as string | undefined
  } catch (error) {
    if (!(error instanceof TypeError)) throw error
    return JSON.stringify(value, (_, it: unknown) => (typeof it === 'bigint' ? String(it) : it)) as string | undefined
  }
}

/** `toJSON` may give nothing: an answer without a body where one was announced would never end. */
function jsonOf(value: unknown, route: Route): string {
  const text = textOf(value)
  if (text !== undefined) return text
  throw new WrongAnswer(
    `${route.info.method} ${route.template} answered an object whose toJSON gives undefined, which has no form on the wire`,
  )
}

function encoded(value: unknown, status: number, route: Route): Answer {
  const encoder = route.encoder(status)
  if (encoder) return new Answer(status, route.frame.jsonHeaders, encoder.encode(value))
  if (encoder === null) throw new WrongAnswer(`${route.info.method} ${route.template} declares ${status} without a body but answered one`)
  throw new WrongAnswer(
    `${route.info.method} ${route.template} answered ${status}, which its contract does not declare (${declared(route)})`,
  )
}

/** Strings, nothing, numbers, booleans, bigints. */
function simple(value: unknown, status: number, route: Route): Answer {
  if (value === undefined || value === null) return nothing(status, route)
  if (typeof value === 'string') {
    const encoder = route.encoder(status)
    if (encoder) {
      // A schema still judges the text; it leaves as text, not as a JSON string.
      return new Answer(status, route.frame.textHeaders, String(encoder.plain(value)))
    }
    if (route.encoders) return encoded(value, status, route)
    return new Answer(status, route.frame.textHeaders, value)
  }
  if (route.encoders) return encoded(value, status, route)
  if (typeof value === 'bigint') return new Answer(status, route.frame.jsonHeaders, `"${value}"`)
  if (typeof value === 'function' || typeof value === 'symbol')
    throw new WrongAnswer(`${route.info.method} ${route.template} answered a ${typeof value}, which has no form on the wire`)
  return new Answer(status, route.frame.jsonHeaders, JSON.stringify(value))
}

function nothing(status: number, route: Route): Answer {
  const { encoders } = route
  if (encoders === undefined) return new Answer(204, route.frame.bareHeaders, null)
  if (route.encoder(status) === null) return new Answer(status, route.frame.bareHeaders, null)
  // A nullable reply schema answers the JSON `null`.
  if (route.encoder(status)) return encoded(null, status, route)
  return encoded(null, 204, route)
}

/** Values that say themselves what they are; `undefined` for all others, which are JSON. */
function special(value: object, ctx: RequestContext, route: Route, status: number): Answer | Promise<Answer> | undefined {
  if (value instanceof ReplyValue) return withStatus(value, ctx, route)
  if (value instanceof Problem) return problemAnswer(value, ctx, route)
  if (value instanceof Answer) return value
  // As JSON it would be `{}` with 200.
  if (value instanceof Error) throw value
  if (value instanceof Html) return new Answer(undeclared(route), route.frame.htmlHeaders, value.text)
  if (value instanceof Redirect) return new Answer(value.status, ['location', value.location, ...route.frame.bareHeaders], null)
  if (value instanceof ProtocolSwitch) return switched(value, ctx, route)
  if (value instanceof FileAnswer) return fromFile(value, ctx.incoming, route.frame.bareHeaders)
  if (value instanceof Response) {
    if (value.bodyUsed || value.body?.locked) throw readAlready('a Response whose body', route)
    if (value.status < 200)
      throw new WrongAnswer(`${route.info.method} ${route.template} answered a Response of status ${value.status}, which is no answer`)
    return fromResponse(value, route.frame.bareHeaders)
  }
  if (isStream(value)) {
    if (value.locked) throw readAlready('a stream that', route)
    return new Answer(200, route.frame.bytesHeaders, value)
  }
  if (value instanceof Uint8Array) return new Answer(200, route.frame.bytesHeaders, value)
  if (isThenable(value)) return Promise.resolve(value).then((it) => toAnswer(it, ctx, route))
  // Before what is async iterable, which these are too: their pieces are no events.
  if (isNodeStream(value)) {
    if (isSpent(value)) throw readAlready('a stream that', route)
    return new Answer(
      200,
      route.frame.bytesHeaders,
      fromReadable(value, (error) => ctx.log.error({ err: error }, 'a stream failed'), (ctx.source = new SourceLife())),
    )
  }
  if (Symbol.asyncIterator in value)
    return fromEvents(
      value as AsyncIterable<unknown>,
      ctx.incoming,
      route.frame.bareHeaders,
      (error) => ctx.log.error({ err: error }, 'a stream of events failed'),
      itemEncoder(route, status),
      (ctx.source = new SourceLife()),
    )
  if (formless(value))
    throw new WrongAnswer(
      `${route.info.method} ${route.template} answered an object of ${value.constructor?.name || 'no class'}, which JSON would make {}: give an array, an object or new Response(…)`,
    )
  return undefined
}

function switched({ take }: ProtocolSwitch, ctx: RequestContext, route: Route): Answer {
  if (route.info.contract.websocket === undefined)
    throw new WrongAnswer(
      `${route.info.method} ${route.template} answered with switchProtocols(…), but is no route where WebSockets are opened: add websocket: true to its contract`,
    )
  const failed = (error: unknown, connection: HandedOver): void => {
    ctx.log.error({ err: error }, 'what took a connection over threw')
    connection.destroy()
  }
  return new SwitchAnswer((connection) => {
    try {
      const taken = take(connection as never)
      if (isThenable(taken)) Promise.resolve(taken).catch((error: unknown) => failed(error, connection))
    } catch (error) {
      failed(error, connection)
    }
  })
}

/** The schema of a reply judges and strips every event: a stream is no way past it. */
function itemEncoder(route: Route, status: number): ((item: unknown) => string) | undefined {
  if (route.encoders === undefined) return undefined
  const encoder = route.encoder(status)
  if (!encoder)
    throw new WrongAnswer(
      `${route.info.method} ${route.template} answered events with ${status}, for which its contract declares no schema`,
    )
  return (item) => encoder.encode(item)
}

/** Maps, sets, generators, forms, blobs: JSON has no form for them and says nothing. Rows of a database may be a kind of array. */
function formless(value: object): boolean {
  if (value instanceof Blob || value instanceof ArrayBuffer) return true
  return Symbol.iterator in value && !Array.isArray(value) && typeof (value as { toJSON?: unknown }).toJSON !== 'function'
}

/**
 * What a wrap or a `catch` gave. They stand around routes whose contracts know nothing of them, so a status that the contract
 * does not declare is theirs to say; what it does declare is held to it.
 */
export function besideAnswer(value: unknown, ctx: RequestContext, route: Route): Answer | Promise<Answer> {
  if (isThenable(value)) return Promise.resolve(value).then((it) => besideAnswer(it, ctx, route))
  const theirs = value instanceof ReplyValue && route.encoders?.has(value.status) === false
  return toAnswer(value, ctx, theirs ? route.undeclared : route)
}

function readAlready(what: string, route: Route): WrongAnswer {
  return new WrongAnswer(`${route.info.method} ${route.template} answered ${what} somebody else reads or has read already`)
}

function undeclared(route: Route): number {
  return route.status ?? 200
}

function withStatus(it: ReplyValue<number, unknown>, ctx: RequestContext, route: Route): Answer | Promise<Answer> {
  const { status, value, headers } = it
  if (!Number.isInteger(status) || status < 200 || status > 599) throw new WrongAnswer(`reply(${status}, …): a final status is 200 to 599`)
  const answer = typeof value === 'object' && value !== null ? nested(value, status, ctx, route) : bare(value, status, route)
  if (headers === undefined) return answer
  return answer instanceof Promise ? answer.then((made) => withHeaders(made, headers)) : withHeaders(answer, headers)
}

function bare(value: unknown, status: number, route: Route): Answer {
  if ((value === null || value === undefined) && route.encoders === undefined) return new Answer(status, route.frame.bareHeaders, null)
  if (value === null || value === undefined) {
    const encoder = route.encoder(status)
    return encoder === null ? new Answer(status, route.frame.bareHeaders, null) : encoded(value, status, route)
  }
  return simple(value, status, route)
}

function nested(value: object, status: number, ctx: RequestContext, route: Route): Answer | Promise<Answer> {
  const prototype: unknown = Object.getPrototypeOf(value)
  const made = prototype === Object.prototype || prototype === Array.prototype ? undefined : special(value, ctx, route, status)
  if (made === undefined) {
    return route.encoders === undefined ? new Answer(status, route.frame.jsonHeaders, jsonOf(value, route)) : encoded(value, status, route)
  }
  const settle = (answer: Answer): Answer => {
    // A range or a 304 of a file is its own to say: as a 200 it would be taken for the whole.
    if (!(value instanceof FileAnswer && answer.status !== 200)) answer.status = status
    return answer
  }
  return made instanceof Promise ? made.then(settle) : settle(made)
}

function withHeaders(answer: Answer, headers: HeaderFields): Answer {
  const flat = flatHeaders(headers)
  const named = new Set<string>()
  for (let i = 0; i < flat.length; i += 2) {
    const name = flat[i] as string
    if (name === 'set-cookie' || named.has(name)) answer.append(name, flat[i + 1] as string)
    else answer.set(name, flat[i + 1] as string)
    named.add(name)
  }
  return answer
}
