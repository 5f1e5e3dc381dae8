import type { Success } from '../http/types.ts'

/** One route as the client's types see it. */
interface Route {
  params: unknown
  query: unknown
  body: unknown
  answers: unknown
}

type Arg<N extends string, V> = V extends undefined ? {} : {} extends V ? { [_ in N]?: V } : { [_ in N]: V }

/** What every call takes beside the parts of its contract. */
export interface CallOptions {
  readonly headers?: { readonly [name: string]: string }
  readonly signal?: AbortSignal
}
type Rest<O> = {} extends O ? [options?: O & CallOptions] : [options: O & CallOptions]
type Args<W> = W extends Route ? Rest<Arg<'params', W['params']> & Arg<'query', W['query']> & Arg<'body', W['body']>> : never

type Answer<W> = W extends { answers: infer A } ? Won<A> : never
type Won<A> = A extends unknown ? A[keyof A & Success] : never

/** A success with its data, or a failure with its problem, told apart by `ok` and `status`. */
export type Result<W> = W extends { answers: infer A } ? Told<A> : never
type Told<A> = A extends unknown
  ? {
      [S in keyof A]: S extends Success
        ? { readonly ok: true; readonly status: S; readonly data: A[S]; readonly headers: Headers }
        : { readonly ok: false; readonly status: S; readonly problem: A[S]; readonly headers: Headers }
    }[keyof A]
  : never

interface Call<T, K extends keyof T, F> {
  <P extends K, W = T[P]>(path: P, ...rest: Args<NoInfer<W>>): Promise<F extends 'result' ? Result<W> : Answer<W>>
}
interface Find<T, M extends string, K, F> {
  <P extends K, W = At<T, M, P>>(path: P, ...rest: Args<NoInfer<W>>): Promise<F extends 'result' ? Result<W> : Answer<W>>
}
type At<T, M extends string, P> = P extends string ? (M extends keyof T ? (P extends keyof T[M] ? T[M][P] : never) : never) : never

// `typeof app` costs a little more per call as it grows; a named interface (RoutesOf) costs the same at 1,000 routes as at 50.
type Calls<A, M extends string, F> = A extends { readonly '~routes': infer T }
  ? M extends keyof T
    ? Call<T[M], keyof T[M], F>
    : Call<{}, never, F>
  : M extends keyof A
    ? Find<A, M, keyof A[M], F>
    : Call<{}, never, F>

type RoutesBy<T, M extends string> = M extends keyof T ? T[M] : {}
type Headed<T> = RoutesBy<T, 'GET'> & RoutesBy<T, 'HEAD'>
interface HeadCall<T, F> {
  <P extends keyof T, W = T[P]>(path: P, ...rest: Args<NoInfer<W>>): Promise<F extends 'result' ? HeadResult : Headers>
}
/** A HEAD has a status and headers; a problem has no body there either, so only its status tells. */
export type HeadResult =
  | { readonly ok: true; readonly status: number; readonly data: null; readonly headers: Headers }
  | {
      readonly ok: false
      readonly status: number
      readonly problem: { readonly title: string; readonly status: number }
      readonly headers: Headers
    }

/** The calls of an application, by verb. `F`: `answer` gives the data and throws problems, `result` gives a {@link Result}. */
export interface Verbs<A, F> {
  readonly get: Calls<A, 'GET', F>
  readonly post: Calls<A, 'POST', F>
  readonly put: Calls<A, 'PUT', F>
  readonly patch: Calls<A, 'PATCH', F>
  readonly delete: Calls<A, 'DELETE', F>
  /** Whatever GET takes: the headers that it would answer with. */
  readonly head: HeadCall<Headed<A extends { readonly '~routes': infer T } ? T : A>, F>
}

/** A typed client: its calls throw a problem, those of `try` answer with a {@link Result}. */
export interface Client<A> extends Verbs<A, 'answer'> {
  readonly try: Verbs<A, 'result'>
}
