import type { Problem } from '../http/problem.ts'
import type { Awaitable, HeaderFields } from '../http/types.ts'
import type { Schema } from '../schema/types.ts'
import type { GuardDefinition } from './guard.ts'
import type { Around, Context } from './types.ts'
import type { Principal } from '../register.ts'

export type IdentityRun = (ctx: never) => Awaitable<Principal | null | undefined>
export interface GuardRun {
  readonly name: string
  readonly run: (ctx: Context) => unknown
  readonly always: boolean | 'identified'
  readonly adds: readonly string[] | undefined
  readonly added: Set<string>
}
export type HandlerRun = (ctx: never) => unknown
export type HeaderSource = (ctx: Context) => HeaderFields | undefined

/** `catch` of a module: the class, and what its failures become. */
export interface Catch {
  readonly type: abstract new (...args: never) => unknown
  readonly handle: (error: never, ctx: Context) => unknown
}

/** How a module's problems look on the wire. `errorRenderer` makes one whose shape the documentation shows. */
export interface ErrorRenderer {
  (problem: Problem, ctx: Context): RenderedProblem
  /** What `body` is, as JSON; for the documentation. */
  readonly schema?: Schema
}
/** A problem as it leaves: media type, body, and a status where it differs from the problem's own. */
export interface RenderedProblem {
  readonly status?: number
  readonly type: string
  readonly body: string
}

export interface VersionInfo {
  readonly version: string | undefined
  readonly deprecated: boolean | string | undefined
  readonly sunset: string | undefined
}

/** What holds for the next route that is defined: copied on the way into a module, so nothing leaks to its siblings. */
export interface Scope {
  readonly path: readonly string[]
  readonly prefix: string
  guards: readonly GuardDefinition[]
  identities: readonly IdentityRun[]
  arounds: readonly Around<never>[]
  catches: readonly Catch[]
  headers: readonly string[]
  documentHeaders: readonly string[]
  dynamicHeaders: readonly HeaderSource[]
  readonly render: ErrorRenderer
  readonly tags: readonly string[]
  readonly version: VersionInfo
  readonly timeout: number
  readonly bodyLimit: number
}
