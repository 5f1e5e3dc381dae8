import type { CookieAttributes } from '../http/cookies.ts'
import type { Part } from '../http/multipart.ts'
import type { Answer } from '../http/answer.ts'
import type { Problem } from '../http/problem.ts'
import type { Answers, Awaitable, Fit, FreeReplier, HeaderFields, Replier, Replies, Reply, Sent as SentAnswer } from '../http/types.ts'
import type { AnyRequest, AnyResponse, Web, WebStream } from '../internal/web.ts'
import type { Input, Lit, Output, Schema, Unset } from '../schema/types.ts'
import type { Peer } from '../contract.ts'
import type { AppEvents, RequestRecord } from './events.ts'
import type { Logger } from './logger.ts'
import type { MountOptions } from './mount.ts'
import type { OperationParts } from './operation-parts.ts'
import type { Principal } from '../register.ts'
import type { Listen, Running } from './running.ts'
import type { Service } from './service.ts'

// ---- paths ---------------------------------------------------------------------------------------------------------

type One<N extends string, V> = N extends `${infer O}?` ? { readonly [_ in O]?: V } : { readonly [_ in N]: V }
type Segments<P extends string, V> = P extends `${string}/:${infer R}`
  ? R extends `${infer N}/${infer T}`
    ? One<N, V> & Segments<`/${T}`, V>
    : One<R, V>
  : P extends `${string}/*${infer N}`
    ? { readonly [_ in N extends '' ? '*' : N]: V }
    : {}

/** The parameters of a template: `/a/:b/:c?` gives `{ b: string; c?: string }`. */
export type PathParams<P extends string, V = string> = Segments<P, V> extends infer S ? { [K in keyof S]: S[K] } : never

/** A module's prefix and a route's path as one template: `/` under a prefix is the prefix itself. */
type Join<X extends string, P extends string> = X extends '' ? P : P extends '/' ? X : `${X}${P}`

// ---- context and guards --------------------------------------------------------------------------------------------

/** Gives a service by its token. */
export type Use = <T>(service: Service<T>) => T

/** What every guard, wrap and handler receives. */
export interface Context {
  readonly use: Use
  /** Who is asking; `null` when nobody is signed in or the app has no `identify`. */
  readonly user: Principal | null
  readonly method: string
  /** The path as it was sent. */
  readonly path: string
  /** The query string as it was sent, without its `?`; empty where there is none. */
  readonly search: string
  /** The template that matched, `/users/:id` say. */
  readonly template: string
  /** Whether the route says that its requests have one effect for each `Idempotency-Key`; for wraps that keep keys. */
  readonly idempotent: boolean | 'required'
  /** The request as a web `Request`, made on first use. */
  readonly request: AnyRequest
  /**
   * The bytes of the body as they were sent, for signatures and fingerprints. They are kept: guards and wraps may read them, and the
   * route's own body is read all the same. Rejects where they are more than the route's body may have.
   */
  rawBody(): Promise<Uint8Array>
  /** Aborts when the client has gone or the deadline has passed; hand it to whatever the handler waits for. */
  readonly signal: Web<'AbortSignal', { readonly aborted: boolean; readonly reason: unknown }>
  /** When the answer must be ready, in milliseconds since the epoch; `Infinity` without a limit. */
  readonly deadline: number
  /** Work that outlives the answer. It is awaited at shutdown; its failure is logged. */
  after(work: Promise<unknown>): void
  readonly log: Logger
  /** What listeners see of this request, and its place for notes; `undefined` while nobody listens. */
  readonly record: RequestRecord | undefined
  /** Unique to this request; in its log lines and in the problem of an unexpected error. */
  readonly requestId: string
  readonly peer: Peer
  /** What the platform passes: bindings on Workers, the event on Lambda; else `undefined`. */
  readonly env: unknown
  /** One request header by lower-case name. */
  header(name: string): string | undefined
  /** Sets a header of the answer, whatever becomes the answer. Throws `TypeError` for CR, LF, NUL or a code above U+00FF. */
  setHeader(name: string, value: string): void
  /** Adds a line of a header that may stand several times. */
  appendHeader(name: string, value: string): void
  /** Sets a cookie; `HttpOnly`, `Secure`, `SameSite=Lax` and `Path=/` unless told otherwise. */
  setCookie(name: string, value: string, attributes?: CookieAttributes): void
}

type Texts = { readonly [name: string]: string | undefined }
/** Only a query may name a thing several times; header lines are joined, and of cookies the first counts. */
type Fields = { readonly [name: string]: string | readonly string[] | undefined }

/** The parts of a request as they were sent: what guards and identities see, who run before any schema has judged them. */
export interface Sent {
  readonly params: Texts
  readonly query: Fields
  readonly headers: Texts
  readonly cookies: Texts
}

/** Decides whether a request may go on, and may add typed context for what is behind it. */
export interface Guard<in Needs, out Adds> {
  readonly '~guard': (ctx: Needs) => Adds
  readonly name: string
}
/** A guard, whatever it needs and adds. */
export type AnyGuard = Guard<never, unknown>

type Added<A> = A extends object ? A : {}
/** What a list of guards adds to the context. */
export type AddedBy<G> = G extends readonly [Guard<never, infer A>, ...infer Rest] ? Added<A> & AddedBy<Rest> : {}

/** Each guard must find what it needs in the module's context or in what an earlier guard of the list adds. */
type Met<G, Have> = G extends readonly [infer First, ...infer Rest]
  ? readonly [Guard<Have, unknown>, ...Met<Rest, First extends Guard<never, infer A> ? Have & Added<A> : Have>]
  : readonly []

/** A guard that returns the principal itself narrows `ctx.user`; any other object is merged into the context. */
export type Narrowed<A> = [A] extends [never]
  ? {}
  : unknown extends Principal
    ? Added<A>
    : A extends Principal
      ? { readonly user: A }
      : Added<A>

// ---- routes --------------------------------------------------------------------------------------------------------

/** Bodies that no schema describes: `text`, `bytes`, the raw `stream`, or the `parts` of a multipart form as they arrive. */
export type BodyKind = 'text' | 'bytes' | 'stream' | 'parts'

interface BodyOfKind {
  text: string
  bytes: Uint8Array
  stream: Web<'ReadableStream', WebStream>
  parts: AsyncIterable<Part>
}
type BodyOf<B> = B extends Unset ? unknown : B extends BodyKind ? BodyOfKind[B] : Output<B>
interface WantedOfKind {
  text: string
  bytes: Uint8Array | ArrayBuffer
  stream: Web<'ReadableStream', WebStream> | Uint8Array | string
  parts: Web<'FormData', { append(name: string, value: string): void }>
}
type BodyWanted<B> = B extends Unset ? undefined : B extends BodyKind ? WantedOfKind[B] : Input<B>

/** Who may open a WebSocket. */
export interface WebSocketRules {
  /** Pages of other origins that may, letter by letter: `https://app.example`. Default none: those of the same host alone. */
  readonly origins?: readonly string[]
}

/** One definition of a route: from it come validation, types, documentation and the client. */
export interface Contract<C, P, Q, H, K, B, R, G, O extends boolean = boolean> {
  readonly params?: P
  readonly query?: Q
  readonly headers?: H
  readonly cookies?: K
  /** JSON, or a form when the client sends one; or a {@link BodyKind}. */
  readonly body?: B
  readonly reply?: R
  readonly guards?: G & Met<G, C>
  /** True: the guards of the app and of its modules do not stand before this route. Those that protect the transport do. */
  readonly open?: O
  readonly summary?: string
  readonly description?: string
  readonly tags?: readonly string[]
  /** OpenAPI's `operationId`; by default made of method and path. */
  readonly id?: string
  /** True, or the date since when (sent as the `Deprecation` header, RFC 9745). */
  readonly deprecated?: boolean | string
  /** The date from which the route may be gone (sent as the `Sunset` header, RFC 8594). */
  readonly sunset?: string
  /** Keeps the route out of the OpenAPI document. */
  readonly hidden?: boolean
  /** Milliseconds until the answer must be ready, else 503; 0 for no limit. Default: the app's, 30,000. */
  readonly timeout?: number
  /** Bytes that the decoded body may have. Default: the app's, 1 MiB. */
  readonly bodyLimit?: number
  /**
   * Requests that are sent again with the same `Idempotency-Key` have one effect and one answer (draft-ietf-httpapi-idempotency-key-header);
   * `'required'` refuses those without a key. Whoever keeps keys, `database()` of `@plinth/data` say, must be used around the route.
   */
  readonly idempotent?: boolean | 'required'
  /**
   * The route of a GET is where WebSockets are opened (RFC 6455): what is no proper handshake, or comes from a page of another origin, is
   * refused before guards and identity; behind them the handler answers with `switchProtocols(…)` of `plinth/node`, or refuses. Not in the
   * OpenAPI document, which has no form for it.
   */
  readonly websocket?: true | WebSocketRules
  /** Examples for the documentation, by slot. */
  readonly examples?: { readonly body?: unknown; readonly reply?: unknown }
  /** What the document says beyond the schemas. A function is asked when the document is made. */
  readonly openapi?: OperationParts | (() => OperationParts)
}

type Or<S, Else> = S extends Unset ? Else : Output<S>
type Wanted<S> = S extends Unset ? undefined : Input<S>

export type FreeContext<Path extends string, C> = Context & {
  readonly params: PathParams<Path>
  readonly query: Fields
  readonly headers: Texts
  readonly cookies: Texts
  readonly body: unknown
  readonly reply: FreeReplier
} & C

/** What the guards of the module have added, unless the route is open: then they did not run. */
type Behind<C, O> = true extends O ? {} : C

// What adds to the context or to the routes asks for the application as `this`, and has its types as type parameters of its own.
// As parameters of the interface they would stand in the method's type twice removed, and the compiler would go through all routes
// so far again for each further one: two and a half times the work, and more the longer the application.

/** Registers a route. The two forms differ in arity, so that no message says "No overload matches". */
export interface Verb<M extends string> {
  <C, T, X extends string, const Path extends `/${string}`, A>(
    this: App<C, T, X>,
    path: Path,
    handler: (ctx: NoInfer<FreeContext<Join<X, Path>, C>>) => Awaitable<A>,
  ): App<
    C,
    T & {
      [_ in M]: {
        [_ in Join<X, Path>]: {
          params: PathParams<Join<X, Path>, string | number>
          query: undefined
          body: undefined
          answers: SentAnswer<A>
        }
      }
    },
    X
  >
  <
    C,
    T,
    X extends string,
    const Path extends `/${string}`,
    A extends Lit,
    P extends Schema | Unset = Unset,
    Q extends Schema | Unset = Unset,
    H extends Schema | Unset = Unset,
    K extends Schema | Unset = Unset,
    B extends Schema | BodyKind | Unset = Unset,
    R extends Replies | Unset = Unset,
    G extends readonly [] | readonly AnyGuard[] = [],
    O extends boolean = false,
  >(
    this: App<C, T, X>,
    path: Path,
    contract: Contract<Context & Behind<C, O>, P, Q, H, K, B, R, G, O>,
    handler: (
      ctx: NoInfer<
        Context & {
          readonly params: Or<P, PathParams<Join<X, Path>>>
          readonly query: Or<Q, Fields>
          readonly headers: Or<H, Texts>
          readonly cookies: Or<K, Texts>
          readonly body: BodyOf<B>
          readonly reply: R extends Unset ? FreeReplier : Replier<R>
        } & Behind<C, O> &
          AddedBy<G>
      >,
    ) => Fit<A, R>,
  ): App<
    C,
    T & {
      [_ in M]: {
        [_ in Join<X, Path>]: {
          params: P extends Unset ? PathParams<Join<X, Path>, string | number> : Input<P>
          query: Wanted<Q>
          body: BodyWanted<B>
          answers: Answers<R, Awaited<A>>
        }
      }
    },
    X
  >
}

type Under<X extends string, T> = { [M in keyof T]: Moved<X, T[M], keyof T[M]> }
type Moved<X extends string, T, K> = {
  [_ in Join<X, K & string>]: T[(_ extends X ? '/' : _ extends `${X}${infer P}` ? P : never) & keyof T]
}

/** Anything with routes: an app or a module. The types of the routes live under a key that nothing reads at run time. */
export interface Routed<out T> {
  readonly '~routes': T
}

/** `export interface Api extends RoutesOf<typeof app> {}`, then `createClient<Api>(url)`: each call costs the same at 1,000 routes as at 50. */
export type RoutesOf<A extends Routed<unknown>> = A['~routes']

/** What `next` gives to a wrap. */
export type Next = () => Promise<Answer>
/** Stands around a handler and its guards: sees the request before and the answer after. */
export type Around<C> = (ctx: C, next: Next) => Awaitable<Answer | AnyResponse | Reply<number, unknown> | Problem>

/** An application or module while it is being defined. `C`: what guards have added to the context; `T`: the routes; `X`: its own prefix. */
export interface App<out C, out T, out X extends string = ''> extends Routed<T> {
  readonly name: string
  readonly get: Verb<'GET'>
  readonly post: Verb<'POST'>
  readonly put: Verb<'PUT'>
  readonly patch: Verb<'PATCH'>
  readonly delete: Verb<'DELETE'>
  readonly head: Verb<'HEAD'>
  readonly options: Verb<'OPTIONS'>
  /**
   * Every method on `path` and below it goes to a web handler, guards and wraps of this module first. The handler sees the path from
   * there on, unless `keepPrefix`.
   */
  mount(path: `/${string}`, handler: (request: AnyRequest) => Awaitable<AnyResponse>, options?: MountOptions): App<C, T, X>
  /** From here on, in this module. */
  guard<C, T, X extends string, A>(this: App<C, T, X>, guard: Guard<Context & C, A>): App<C & Added<A>, T, X>
  /** From here on, in this module: also around guards, problems and, in the app itself, 404 and 405. */
  around(wrap: Around<Context & C>): App<C, T, X>
  /**
   * Turns a failure of this class, thrown anywhere behind this module, into an answer. One that returns nothing has not handled it:
   * the next around it is asked, and at last it is answered as any failure.
   */
  catch<E>(
    type: abstract new (...args: never) => E,
    handle: (error: E, ctx: Context) => Awaitable<Problem | Reply<number, unknown> | AnyResponse | undefined | void>,
  ): App<C, T, X>
  /** Finds out who is asking, before guards, for the routes from here on. Several are asked in turn until one knows. */
  identify(identity: Identity): App<C, T, X>
  /**
   * Headers of every answer from here on, or of `documents` alone: answers that a browser shows as a page. A function is asked
   * once a request and must be cheap.
   */
  headers(fields: HeaderFields, of?: 'all' | 'documents'): App<C, T, X>
  headers(fields: (ctx: Context) => HeaderFields | undefined): App<C, T, X>
  /** Listens to what happens to requests of the whole application. */
  on<E extends keyof AppEvents>(event: E, listener: (event: AppEvents[E]) => void): App<C, T, X>
  /** Makes a service at boot and disposes it at shutdown. */
  use<S>(service: Service<S>): App<C, T, X>
  use<C, T, X extends string, M>(this: App<C, T, X>, module: Routed<M>): App<C, T & M, X>
  use<C, T, X extends string, const Y extends `/${string}`, M>(this: App<C, T, X>, prefix: Y, module: Routed<M>): App<C, T & Under<Y, M>, X>
  /** Checks everything, makes the services, and freezes. Rejects with `BootError` naming every problem at once. */
  build(options?: BuildOptions): Promise<Built>
  /** Builds, then listens on a port of this machine. Node only. */
  listen: Listen
  /** The application as a web handler for Workers, Deno and Bun: builds itself on the first request. */
  readonly fetch: (request: AnyRequest, ...platform: unknown[]) => Promise<AnyResponse>
}

/** Any application or module, whatever its routes. */
export interface AnyApp extends Routed<unknown> {
  build(options?: BuildOptions): Promise<Built>
}

/** Finds out who is asking; made by `identify`. */
export interface Identity {
  readonly '~identify': (ctx: Context & Sent) => Awaitable<Principal | null | undefined>
  readonly name: string
}

/** A contract kept in a constant, checked there. */
export type AnyContract = Contract<never, Schema, Schema, Schema, Schema, Schema | BodyKind, Replies, readonly AnyGuard[]>

/** What a build may be told beside what the application says. */
export interface BuildOptions {
  /** `production` hides docs and refuses unsafe defaults. Default: from `NODE_ENV`, else `development`. */
  readonly mode?: Mode
  /** Services to put in the place of others, at any depth. */
  readonly replace?: readonly Replacement[]
  readonly log?: Logger
  /** False checks everything but makes no service before it is asked for: for tools that only look. Default true. */
  readonly services?: boolean
}
/** Where an application runs; `production` hides docs and refuses unsafe defaults. */
export type Mode = 'development' | 'test' | 'production'

/** A service and what stands in for it; made by `service.with(fake)`. */
export interface Replacement {
  readonly service: Service<unknown>
  readonly value: unknown
}

export type { Built } from './built.ts'
export type { Running }
import type { Built } from './built.ts'
