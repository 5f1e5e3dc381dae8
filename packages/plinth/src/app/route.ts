import type { Catch, ErrorRenderer, GuardRun, HandlerRun, HeaderSource, IdentityRun } from './scope.ts'
import { Answer } from '../http/answer.ts'
import { isThenable } from '../internal/thenable.ts'
import type { ReplyEncoder } from '../schema/contract.ts'
import type { RequestContext } from './context.ts'
import { headerLists } from './header-lists.ts'
import { addToContext } from './pass-guard.ts'
import type { RouteInfo } from './route-info.ts'
import { besideAnswer, toAnswer, WrongAnswer } from './to-answer.ts'
import type { Around } from './types.ts'
import type { Validation } from './validation.ts'

export interface RoutePlan {
  readonly info: RouteInfo
  readonly names: readonly string[]
  readonly identities: readonly IdentityRun[]
  /** Of a route where WebSockets are opened. */
  readonly handshake: Step | undefined
  readonly guards: readonly GuardRun[]
  readonly validation: Validation | undefined
  readonly handler: HandlerRun
  readonly arounds: readonly Around<never>[]
  readonly catches: readonly Catch[]
  readonly render: ErrorRenderer
  /** Header lines of every answer, flat and checked. */
  readonly headers: readonly string[]
  /** Header lines of answers that a browser shows as a page. */
  readonly documentHeaders: readonly string[]
  readonly dynamicHeaders: readonly HeaderSource[]
  readonly encoders: ReadonlyMap<number, ReplyEncoder | null> | undefined
  readonly status: number | undefined
  readonly timeout: number
}

/** One step before the handler: a promise only where it has to wait. */
export type Step = (ctx: RequestContext) => void | Promise<void>

const none: readonly Step[] = []

/** A route made ready: everything that does not depend on the request was decided at build. */
export class Route {
  readonly info: RouteInfo
  readonly template: string
  readonly names: readonly string[]
  readonly timeout: number
  readonly catches: readonly Catch[]
  readonly render: ErrorRenderer
  readonly dynamicHeaders: readonly HeaderSource[]
  readonly encoders: ReadonlyMap<number, ReplyEncoder | null> | undefined
  /** The status of a bare value: the only success that the contract declares, else 200; `undefined` when several are declared. */
  readonly status: number | undefined
  readonly bareHeaders: readonly string[]
  readonly documentHeaders: readonly string[]
  readonly jsonHeaders: readonly string[]
  readonly textHeaders: readonly string[]
  readonly htmlHeaders: readonly string[]
  readonly bytesHeaders: readonly string[]
  readonly #steps: readonly Step[]
  readonly #handler: HandlerRun
  readonly #plan: RoutePlan
  #undeclared: Route | undefined
  readonly #arounds: readonly Around<never>[]

  constructor(plan: RoutePlan) {
    this.#plan = plan
    this.info = plan.info
    this.template = plan.info.template
    this.names = plan.names
    this.timeout = plan.timeout
    this.catches = plan.catches
    this.render = plan.render
    this.dynamicHeaders = plan.dynamicHeaders
    this.encoders = plan.encoders
    this.status = plan.status
    this.bareHeaders = plan.headers
    this.documentHeaders = plan.documentHeaders
    const { json, text, html, bytes } = headerLists(plan.headers)
    this.jsonHeaders = json
    this.textHeaders = text
    this.htmlHeaders = html
    this.bytesHeaders = bytes
    const steps = [
      ...(plan.handshake ? [plan.handshake] : []),
      ...plan.guards.filter((it) => it.always === true).map(guardStep),
      ...plan.identities.map(identityStep),
      ...plan.guards.filter((it) => it.always !== true).map(guardStep),
      ...(plan.validation ? [validationStep(plan.validation)] : []),
    ]
    this.#steps = steps.length === 0 ? none : steps
    this.#handler = plan.handler
    this.#arounds = plan.arounds
  }

  /** An answer of ours on a path of this route: with its module's wraps, headers, failures and protection, without access guards. */
  beside(info: RouteInfo, handler: HandlerRun): Route {
    const guards = this.info.guards.filter((it) => it.always)
    return new Route({
      ...this.#plan,
      info,
      names: [],
      identities: [],
      handshake: undefined,
      guards,
      validation: undefined,
      handler,
      encoders: undefined,
      status: 200,
    })
  }

  /** This route with a contract that declares no replies. */
  get undeclared(): Route {
    return (this.#undeclared ??= new Route({ ...this.#plan, encoders: undefined, status: 200 }))
  }

  /** Wraps, then guards, then validation, then the handler. Throws what they throw. */
  run(ctx: RequestContext): Answer | Promise<Answer> {
    return this.#arounds.length === 0 ? this.#from(ctx, 0) : this.#wrapped(ctx, 0)
  }

  async #wrapped(ctx: RequestContext, i: number): Promise<Answer> {
    const around = this.#arounds[i]
    if (!around) return this.#from(ctx, 0)
    let passed: Promise<Answer> | undefined
    let over = false
    const next = (): Promise<Answer> => {
      if (passed) throw new TypeError('next() was called twice: a wrap passes a request on once')
      passed = this.#wrapped(ctx, i + 1)
      // A wrap may answer without waiting for what it passed on, whose failure would end the process then.
      passed.catch((error: unknown) => {
        if (over) ctx.log.error({ err: error }, 'failed behind a wrap that did not wait for it')
      })
      return passed
    }
    try {
      const value: unknown = await around(ctx as never, next)
      // Else it would be taken for a handler's `null`, and each answer behind the wrap become a 204.
      if (value === undefined) throw new WrongAnswer('A wrap gave no answer: return what next() gave')
      return value instanceof Answer ? value : besideAnswer(value, ctx, this)
    } finally {
      over = true
    }
  }

  #from(ctx: RequestContext, first: number): Answer | Promise<Answer> {
    const steps = this.#steps
    for (let i = first; i < steps.length; i++) {
      const pending = (steps[i] as Step)(ctx)
      if (pending !== undefined) return pending.then(() => this.#from(ctx, i + 1))
    }
    const value = this.#handler(ctx as never)
    return value instanceof Promise ? value.then((it) => toAnswer(it, ctx, this)) : toAnswer(value, ctx, this)
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

function validationStep(validation: Validation): Step {
  return (ctx) => validation.apply(ctx)
}
