import type { Web, WebResponse, WebStream } from '../internal/web.ts'
import type { Json, Lit, Received, Returned, Schema, Unset } from '../schema/types.ts'
import type { FileAnswer } from './file.ts'
import type { NodeStream } from './from-readable.ts'
import type { Html } from './html.ts'
import type { Problem, ProblemBody } from './problem.ts'
import type { ProtocolSwitch } from './protocol-switch.ts'
import type { Redirect } from './redirect.ts'
import type { SseEvent } from './sse.ts'

export type { WebResponse, WebStream }
export type Awaitable<T> = T | Promise<T>

/** Header fields of an answer by name; several values are several lines. */
export interface HeaderFields {
  readonly [name: string]: string | readonly string[]
}

/** A value with its status, as `reply` makes it. Branded: a row of a table may have `status` and `value` of its own. */
export interface Reply<S extends number, V> {
  readonly status: S
  readonly value: V
  readonly headers: HeaderFields | undefined
  readonly '~reply': true
}

/** What a route answers, by status: a schema, the problems it may have, any problem, or nothing. */
export type Replies = { readonly [status: number]: Schema | Problem | readonly Problem[] | 'problem' | null }

/** One server-sent event as a client reads it. */
export interface ServerEvent<T> {
  readonly data: T
  /** Its name; `message` where it has none. */
  readonly event: string
  /** The last id that was sent, with this event or before it; empty where there was none. */
  readonly id: string
}
/** Events as a client reads them: `for await` over it gives their data, over `events` the whole of each. Read one of the two, once. */
export interface EventStream<T> extends AsyncIterable<T> {
  readonly events: AsyncIterable<ServerEvent<T>>
}

type Success = 200 | 201 | 202 | 203 | 204 | 205 | 206
/** What goes past a reply schema: it says itself what it is. */
type Raw = WebResponse | WebStream | NodeStream | FileAnswer | Html | Redirect | Problem | ProtocolSwitch

type Several<T, U = T> = T extends unknown ? ([U] extends [T] ? false : true) : never
type ProblemRead<S, P> = P extends Problem<number, infer C> ? ProblemBody<S & number, C> : never

/** What a handler gives for status S. */
type Given<R, S extends keyof R> = R[S] extends null ? null : R[S] extends Schema ? Returned<R[S]> : Problem<S & number>
/** What a client reads for status S. */
type Read<R, S extends keyof R> = R[S] extends null
  ? null
  : R[S] extends 'problem'
    ? ProblemBody<S & number>
    : R[S] extends Problem
      ? ProblemRead<S, R[S]>
      : R[S] extends readonly (infer P)[]
        ? ProblemRead<S, P>
        : Received<R[S]>

/** Read in error messages only: the handler answers with a status that the contract does not declare. */
export interface StatusNotDeclared<Got, Declared> {
  readonly '~got': Got
  readonly '~declared': Declared
}
/** Read in error messages only: several statuses fit a bare value, so `reply(status, value)` must say which. */
export interface SayWhichStatus<Declared> {
  readonly '~declared': Declared
}

/** `reply` in a handler's context: a wrong status or shape is reported where it is written, and literals are typed by the schema. */
export interface Replier<in out R> {
  <S extends keyof R & number>(status: S, value: Given<R, S>, headers?: HeaderFields): { [K in S]: Reply<K, Given<R, K>> }[S]
}
/** `reply` where the contract declares none. */
export interface FreeReplier {
  <const S extends number, V extends Lit>(status: S, value: V, headers?: HeaderFields): Reply<S, V>
}

/**
 * The handler's return type if it fits the contract, else the type that says what would. It looks into promises itself: against
 * `T | Promise<T>` the compiler takes a union apart, and `row ?? problem('not-found')` would be judged by its second half alone.
 */
export type Fit<A, R> = R extends Unset ? A : Against<A, R, PlainOf<R>>
// P, the value that needs no status, is worked out once here; inside of what follows it would be for each member of A.
type Against<A, R, P> = A extends Promise<infer V> ? Promise<Judged<V, R, P>> : Judged<A, R, P>
type Judged<A, R, P> =
  A extends Reply<infer S, unknown>
    ? S extends keyof R
      ? Reply<S, Given<R, S>>
      : StatusNotDeclared<S, keyof R>
    : A extends P
      ? A
      : A extends Raw
        ? A
        : A extends AsyncIterable<infer E>
          ? [E] extends [P | SseEvent]
            ? A
            : AsyncIterable<P>
          : P
type PlainOf<R> = Several<keyof R & Success> extends true ? SayWhichStatus<keyof R & Success> : Given<R, keyof R & Success>

// A handler that always throws still has calls, whose answers are told apart by status.
type Sent<A> = [A] extends [never] ? { 200: never } : SentOf<A>
type SentOf<A> = A extends null | undefined | void
  ? { 204: null }
  : A extends Reply<infer S, infer V>
    ? { [_ in S]: Json<V> }
    : A extends Problem<infer S, infer C>
      ? { [_ in S]: ProblemBody<S, C> }
      : A extends Html
        ? { 200: string }
        : A extends ProtocolSwitch
          ? { 101: null }
          : A extends WebResponse | WebStream | NodeStream | FileAnswer | Redirect
            ? { 200: Web<'Response', WebResponse> }
            : A extends AsyncIterable<infer E>
              ? { 200: EventStream<E extends SseEvent<infer D> ? Json<D> : Json<E>> }
              : { 200: Json<A> }

/** What a client may read, by status. */
export type Answers<R, A> = R extends Unset
  ? Sent<A>
  : A extends AsyncIterable<unknown>
    ? { [S in keyof R]: S extends Success ? EventStream<Read<R, S>> : Read<R, S> }
    : { [S in keyof R]: Read<R, S> }
export type { Sent, Success }
