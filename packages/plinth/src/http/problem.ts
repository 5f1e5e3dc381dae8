import type { Register } from '../register.ts'
import type { Received, Returned, Schema } from '../schema/types.ts'
import { type BuiltinProblems, builtinProblems, type Catalogue, type ProblemKind } from './problem-catalogue.ts'
import { requireObject } from '../internal/arguments.ts'

type Problems = Register extends { problems: infer P } ? BuiltinProblems & P : BuiltinProblems & Catalogue
type Codes = Register extends { problems: infer P } ? keyof BuiltinProblems | keyof P : string
/** A code of the catalogue: the framework's own and those registered with `Register['problems']`. */
export type ProblemCode = Codes & string

type KindOf<C> = C extends keyof Problems ? Problems[C] : ProblemKind
type StatusOf<C> = KindOf<C> extends { readonly status: infer S extends number } ? S : number
type SchemaOf<C> = KindOf<C> extends { readonly params: infer P } ? (P extends Schema ? P : undefined) : undefined
type ParamsOf<C> = SchemaOf<C> extends infer P extends Schema ? Returned<P> : { readonly [name: string]: unknown }

/** What a client reads: RFC 9457 with the catalogue's `code` beside it. */
export type ProblemBody<S extends number = number, C extends string = string> = {
  readonly type: string
  readonly title: string
  readonly status: S
  readonly code: C
  readonly detail?: string
  readonly instance?: string
  /** Stands beside unexpected errors, for whoever reads the logs. */
  readonly requestId?: string
} & (SchemaOf<C> extends infer P extends Schema ? Received<P> : {})

/** What is particular to one occurrence of a problem. */
export interface ProblemOptions {
  /** RFC 9457 `detail`: what is particular to this occurrence. Sent to the client. */
  readonly detail?: string
  /** Further headers of the answer, `Retry-After` say. */
  readonly headers?: { readonly [name: string]: string | readonly string[] }
  /** What led here. Logged, never sent. */
  readonly cause?: unknown
}

/** An answer that says why not. Throw it, return it, or declare it in a contract's `reply`. */
export class Problem<S extends number = number, C extends string = string> extends Error {
  declare readonly '~problem': true
  override readonly name: string = 'Problem'
  readonly code: C
  readonly status: S
  readonly title: string
  readonly detail: string | undefined
  readonly params: { readonly [name: string]: unknown } | undefined
  readonly headers: { readonly [name: string]: string | readonly string[] } | undefined

  constructor(code: C, kind: ProblemKind, params: { readonly [name: string]: unknown } | undefined, options: ProblemOptions | undefined) {
    super(options?.detail ?? kind.title, options?.cause === undefined ? undefined : { cause: options.cause })
    this.code = code
    this.status = kind.status as S
    this.title = kind.title
    this.detail = options?.detail
    this.params = params
    this.headers = options?.headers
  }
}

/**
 * Every catalogue of the process. A code names one kind of problem wherever it appears, as a URI would, so the registry is
 * global on purpose; two different kinds under one code are refused where the second is defined.
 */
const registry = new Map<string, ProblemKind>(Object.entries(builtinProblems))

/**
 * Defines problems: code, status, title, and the schema of what an occurrence adds.
 *
 * @throws {TypeError} naming every code that is malformed, has no 4xx or 5xx status, or is already defined otherwise.
 */
export function problems<const P extends Catalogue>(catalogue: P): P {
  requireObject('problems(…)', catalogue)
  const faults: string[] = []
  for (const [code, kind] of Object.entries(catalogue)) {
    const known = registry.get(code)
    if (!/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/.test(code)) faults.push(`'${code}': a code is kebab-case, like 'email-taken'`)
    else if (!Number.isInteger(kind.status) || kind.status < 400 || kind.status > 599) faults.push(`'${code}': status must be 400 to 599`)
    else if (typeof kind.title !== 'string' || kind.title === '') faults.push(`'${code}': a title is required`)
    else if (known && (known.status !== kind.status || known.title !== kind.title))
      faults.push(`'${code}' is already defined as ${known.status} "${known.title}": choose another code`)
  }
  if (faults.length > 0) throw new TypeError(`These problems can't be defined:\n  ${faults.join('\n  ')}`)
  for (const [code, kind] of Object.entries(catalogue)) registry.set(code, kind)
  return catalogue
}

/** The kind that a code stands for, if it is defined. */
export function problemKind(code: string): ProblemKind | undefined {
  return registry.get(code)
}

/** Everything defined so far, by code. */
export function problemCatalogue(): ReadonlyMap<string, ProblemKind> {
  return registry
}

const codeOfStatus: { readonly [status: number]: string } = {
  400: 'malformed-request',
  401: 'not-signed-in',
  403: 'forbidden',
  404: 'not-found',
  405: 'method-not-allowed',
  406: 'not-acceptable',
  409: 'conflict',
  412: 'precondition-failed',
  413: 'body-too-large',
  415: 'unsupported-media-type',
  422: 'validation-failed',
  429: 'too-many-requests',
  500: 'internal-error',
  503: 'overloaded',
}

/**
 * A problem by its code, with the parameters that the catalogue asks for; or by a bare status with a sentence of detail.
 * Without parameters it can stand in a contract's `reply`.
 *
 * ```ts
 * throw problem('email-taken', { email })
 * throw problem(404, 'No such invoice')
 * ```
 * @throws {TypeError} when the code is not defined or the status is not 400 to 599.
 */
export function problem<const S extends number>(status: S, detail?: string): Problem<S, string>
export function problem<const C extends ProblemCode>(code: C, params?: ParamsOf<C>, options?: ProblemOptions): Problem<StatusOf<C>, C>
export function problem(code: string | number, params?: unknown, options?: ProblemOptions): Problem {
  if (typeof code === 'number') {
    if (!Number.isInteger(code) || code < 400 || code > 599) throw new TypeError(`problem(${code}): a problem's status is 400 to 599`)
    const name = codeOfStatus[code] ?? `status-${code}`
    const kind = registry.get(name) ?? { status: code, title: code < 500 ? 'The request was refused' : 'The request failed' }
    return new Problem(name, kind, undefined, typeof params === 'string' ? { detail: params } : undefined)
  }
  const kind = registry.get(code)
  if (!kind)
    throw new TypeError(
      `problem('${code}'): no such code; define it with problems({ '${code}': { status, title } }), or import the file that does`,
    )
  return new Problem(code, kind, params as { readonly [name: string]: unknown } | undefined, options)
}

/** Throws a problem; in a guard it reads as a sentence: `ctx.user ?? refuse('not-signed-in')`. */
export function refuse<const C extends ProblemCode>(code: C, params?: ParamsOf<C>, options?: ProblemOptions): never {
  throw problem(code, params, options)
}
