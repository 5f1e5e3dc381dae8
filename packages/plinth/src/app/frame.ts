import type { Catch, ErrorRenderer, GuardRun, HeaderSource, IdentityRun } from './scope.ts'
import { isThenable } from '../internal/thenable.ts'
import type { RequestContext } from './context.ts'
import { headerLists } from './header-lists.ts'
import { addToContext } from './pass-guard.ts'
import type { Around } from './types.ts'

/** One step before the handler: a promise only where it has to wait. */
export type Step = (ctx: RequestContext) => void | Promise<void>

export interface FramePlan {
  /** Of a route where WebSockets are opened. */
  readonly handshake: Step | undefined
  readonly guards: readonly GuardRun[]
  readonly identities: readonly IdentityRun[]
  readonly arounds: readonly Around<never>[]
  readonly catches: readonly Catch[]
  readonly render: ErrorRenderer
  /** Header lines of every answer, flat and checked. */
  readonly headers: readonly string[]
  /** Header lines of answers that a browser shows as a page. */
  readonly documentHeaders: readonly string[]
  readonly dynamicHeaders: readonly HeaderSource[]
  readonly timeout: number
}

/**
 * What holds around a route. Routes for which it is the same share one ({@link Frames}): an application may have thousands, of which
 * each is asked rarely, and what a request reads of its own route alone comes from memory and not from the processor's caches.
 */
export class Frame {
  readonly arounds: readonly Around<never>[]
  /** All before validation, in their order. */
  readonly steps: readonly Step[]
  readonly catches: readonly Catch[]
  readonly render: ErrorRenderer
  readonly dynamicHeaders: readonly HeaderSource[]
  readonly documentHeaders: readonly string[]
  readonly bareHeaders: readonly string[]
  readonly jsonHeaders: readonly string[]
  readonly textHeaders: readonly string[]
  readonly htmlHeaders: readonly string[]
  readonly bytesHeaders: readonly string[]
  readonly timeout: number
  readonly #plan: FramePlan
  #protection: Frame | undefined

  constructor(plan: FramePlan) {
    this.#plan = plan
    this.arounds = plan.arounds
    this.catches = plan.catches
    this.render = plan.render
    this.dynamicHeaders = plan.dynamicHeaders
    this.documentHeaders = plan.documentHeaders
    this.bareHeaders = plan.headers
    const { json, text, html, bytes } = headerLists(plan.headers)
    this.jsonHeaders = json
    this.textHeaders = text
    this.htmlHeaders = html
    this.bytesHeaders = bytes
    this.timeout = plan.timeout
    this.steps = [
      ...(plan.handshake ? [plan.handshake] : []),
      ...plan.guards.filter((it) => it.always === true).map(guardStep),
      ...plan.identities.map(identityStep),
      ...plan.guards.filter((it) => it.always !== true).map(guardStep),
    ]
  }

  /** What of it holds around an answer of ours as well: wraps, headers, failures and protection, without access guards. */
  get protection(): Frame {
    const plan = this.#plan
    return (this.#protection ??= new Frame({
      ...plan,
      handshake: undefined,
      identities: [],
      guards: plan.guards.filter((it) => it.always),
    }))
  }
}

function identityStep(identity: IdentityRun): Step {
  return (ctx) => {
    if (ctx.user !== null || ctx.incoming.principal !== undefined) return undefined
    const found = identity(ctx as never)
    if (isThenable(found)) {
      return Promise.resolve(found).then((user) => {
        ctx.user = (user ?? null) as typeof ctx.user
      })
    }
    ctx.user = found ?? null
    return undefined
  }
}

function guardStep(guard: GuardRun): Step {
  return (ctx) => {
    const added = guard.run(ctx as never)
    if (isThenable(added)) return Promise.resolve(added).then((it) => addToContext(guard, ctx, it))
    if (added !== undefined) addToContext(guard, ctx, added)
    return undefined
  }
}
