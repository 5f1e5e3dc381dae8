import type { HandlerRun } from './scope.ts'
import { Answer } from '../http/answer.ts'
import type { ReplyEncoder } from '../schema/contract.ts'
import type { RequestContext } from './context.ts'
import type { Frame, Step } from './frame.ts'
import type { RouteInfo } from './route-info.ts'
import { besideAnswer, toAnswer, WrongAnswer } from './to-answer.ts'
import type { Validation } from './validation.ts'

export interface RoutePlan {
  readonly info: RouteInfo
  readonly names: readonly string[]
  readonly frame: Frame
  readonly validation: Validation | undefined
  readonly handler: HandlerRun
  readonly encoders: ReadonlyMap<number, ReplyEncoder | null> | undefined
  readonly status: number | undefined
}

const noNames: readonly string[] = []

/**
 * A route made ready: everything that does not depend on the request was decided at build. What each request reads comes first, so that it
 * lies together in memory.
 */
export class Route {
  readonly template: string
  readonly names: readonly string[]
  readonly frame: Frame
  readonly validation: Validation | undefined
  readonly handler: HandlerRun
  /** The status of a bare value: the only success that the contract declares, else 200; `undefined` when several are declared. */
  readonly status: number | undefined
  readonly encoders: ReadonlyMap<number, ReplyEncoder | null> | undefined
  readonly info: RouteInfo
  /** That of `status`, which most answers have. */
  readonly #encoder: ReplyEncoder | null | undefined
  #undeclared: Route | undefined

  constructor(plan: RoutePlan) {
    this.template = plan.info.template
    this.names = plan.names
    this.frame = plan.frame
    this.validation = plan.validation
    this.handler = plan.handler
    this.status = plan.status
    this.encoders = plan.encoders
    this.info = plan.info
    this.#encoder = plan.status === undefined ? undefined : plan.encoders?.get(plan.status)
  }

  /** An answer of ours on a path of this route: with its module's wraps, headers, failures and protection, without access guards. */
  beside(info: RouteInfo, handler: HandlerRun): Route {
    return fallbackRoute(info, this.frame.protection, handler)
  }

  /** What encodes answers of this status: `null` where they have no body, `undefined` where the contract does not declare it. */
  encoder(status: number): ReplyEncoder | null | undefined {
    return status === this.status ? this.#encoder : this.encoders?.get(status)
  }

  /** This route with a contract that declares no replies. */
  get undeclared(): Route {
    return (this.#undeclared ??= new Route({ ...this, encoders: undefined, status: 200 }))
  }

  /** Wraps, then guards, then validation, then the handler. Throws what they throw. */
  run(ctx: RequestContext): Answer | Promise<Answer> {
    return this.frame.arounds.length === 0 ? this.#from(ctx, 0) : this.#wrapped(ctx, 0)
  }

  async #wrapped(ctx: RequestContext, i: number): Promise<Answer> {
    const around = this.frame.arounds[i]
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
    const { steps } = this.frame
    for (let i = first; i < steps.length; i++) {
      const pending = (steps[i] as Step)(ctx)
      if (pending !== undefined) return pending.then(() => this.#from(ctx, i + 1))
    }
    const pending = this.validation?.apply(ctx)
    return pending === undefined ? this.#handled(ctx) : pending.then(() => this.#handled(ctx))
  }

  #handled(ctx: RequestContext): Answer | Promise<Answer> {
    // Taken off first: a handler is a function of the user's, to which its route is none of its business.
    const { handler } = this
    const value = handler(ctx as never)
    return value instanceof Promise ? value.then((it) => toAnswer(it, ctx, this)) : toAnswer(value, ctx, this)
  }
}

/** A route that checks nothing and declares nothing. */
export function fallbackRoute(info: RouteInfo, frame: Frame, handler: HandlerRun): Route {
  return new Route({ info, names: noNames, frame, validation: undefined, handler, encoders: undefined, status: 200 })
}
