import type { Dispatch, Incoming, Outgoing } from '../contract.ts'
import { Answer } from '../http/answer.ts'
import { ClientGone } from '../http/client-gone.ts'
import { HttpFailure } from '../http/failures.ts'
import { Problem, problem } from '../http/problem.ts'
import type { Match, Router } from '../router/contract.ts'
import { MalformedPath } from '../router/errors.ts'
import { RequestContext } from './context.ts'
import { Deadline, type Deadlines, deadlines } from './deadlines.ts'
import type { Engine } from './engine.ts'
import type { Fallbacks } from './fallbacks.ts'
import { addPending, finishBody, finishHead } from './finish-answer.ts'
import { isThenable } from '../internal/thenable.ts'
import { problemAnswer } from './problem-answer.ts'
import { RequestNotes } from './record.ts'
import type { Route } from './route.ts'
import type { Catch } from './scope.ts'
import { besideAnswer } from './to-answer.ts'
import type { Context } from './types.ts'
import { isStream } from '../internal/is-stream.ts'

/** The handler took longer than its route allows. The reason with which its signal aborts. */
export class DeadlinePassed extends Error {
  override readonly name: string = 'DeadlinePassed'
}

const noValues: readonly string[] = []

/** The client went before it was answered. No status of RFC 9110, and never on the wire: logs and metrics know it from nginx. */
const CLIENT_GONE = 499

/** An answer that is awaited, until its deadline. */
class Waiting extends Deadline {
  /** The answer; `undefined` when the deadline came first. */
  readonly settled: Promise<Answer | undefined>
  settle!: (answer: Answer | undefined) => void
  readonly #deadlines: Deadlines | undefined
  #late = false

  constructor(due: number) {
    super(due)
    this.settled = new Promise((settle) => (this.settle = settle))
    if (due === Infinity) return
    this.#deadlines = deadlines()
    this.#deadlines.add(this)
  }

  /** The waiting is over; false when it was already. */
  over(): boolean {
    if (this.#late) return false
    this.#deadlines?.remove(this)
    return true
  }

  override pass(): void {
    this.#late = true
    this.settle(undefined)
  }
}

/** From a request to its answer: finds the route, runs it, and turns whatever went wrong into an answer too. */
export class Dispatcher {
  readonly #engine: Engine
  readonly #router: Router<Route>
  readonly #fallbacks: Fallbacks

  constructor(engine: Engine, router: Router<Route>, fallbacks: Fallbacks) {
    this.#engine = engine
    this.#router = router
    this.#fallbacks = fallbacks
  }

  readonly dispatch: Dispatch = (incoming) => {
    let match: Match<Route> | undefined
    try {
      match = this.#router.find(incoming.method, incoming.path)
    } catch (error) {
      if (!(error instanceof MalformedPath)) throw error
      return this.#serve(incoming, this.#fallbacks.malformed, noValues)
    }
    if (match === undefined) return this.#serve(incoming, this.#fallbacks.for(incoming), noValues)
    incoming.template = match.value.template
    return this.#serve(incoming, match.value, match.params)
  }

  #serve(incoming: Incoming, route: Route, values: readonly (string | undefined)[]): Outgoing | Promise<Outgoing> {
    const ctx = new RequestContext(this.#engine, route, incoming, values)
    const { events } = this.#engine
    if (events.observed) this.#observe(ctx)
    let answer: Answer | Promise<Answer>
    try {
      answer = route.run(ctx)
    } catch (error) {
      answer = this.#failed(error, ctx)
    }
    return answer instanceof Promise ? this.#later(answer, ctx) : this.#finish(answer, ctx)
  }

  /** The deadline runs only where there is something to wait for. */
  #later(answer: Promise<Answer>, ctx: RequestContext): Promise<Outgoing> {
    const due = RequestContext.due(ctx)
    const waiting = new Waiting(due)
    const engine = this.#engine
    engine.inFlight++
    const arrived = (it: Answer): void => {
      if (waiting.over()) waiting.settle(it)
      else this.#discard(it, ctx)
    }
    void answer.then(arrived, (error: unknown) => {
      const it = this.#failed(error, ctx)
      if (it instanceof Promise) void it.then(arrived)
      else arrived(it)
    })
    return waiting.settled.then((it) => {
      engine.inFlight--
      return this.#finish(it ?? this.#passed(ctx), ctx)
    })
  }

  #passed(ctx: RequestContext): Answer {
    const { timeout } = ctx.route.frame
    ctx.log.warn({ timeout }, 'the handler passed its deadline')
    ctx.incoming.abort(new DeadlinePassed(`no answer within ${timeout} ms`))
    return this.#problem(problem('handler-timeout'), ctx)
  }

  /** An answer that came too late. What the handler made for its request since then is disposed now. */
  #discard(answer: Answer, ctx: RequestContext): void {
    if (isStream(answer.body)) void answer.body.cancel().catch(() => {})
    if (ctx.hasScoped || ctx.source?.over) this.#dispose(ctx)
  }

  #finish(answer: Answer, ctx: RequestContext): Outgoing {
    const { incoming } = ctx
    try {
      finishHead(answer, ctx)
    } catch (error) {
      ctx.log.error({ err: error }, 'a header source threw')
      answer = this.#problem(problem('internal-error'), ctx)
      addPending(answer, ctx)
    }
    if (answer.body !== null) finishBody(answer, incoming.method)
    // A generator asks for its services only when it is read, long after this.
    if (ctx.hasScoped || isStream(answer.body)) this.#disposeAfter(ctx, answer)
    if (ctx.record) {
      ctx.record.status = answer.status
      ctx.record.answer = answer
      this.#engine.events.emit('handled', ctx.record)
    }
    return answer
  }

  #failed(error: unknown, ctx: RequestContext): Answer | Promise<Answer> {
    return this.#caught(error, ctx, 0)
  }

  /** The handlers of its class from `first` on, the nearest first, until one answers. */
  #caught(error: unknown, ctx: RequestContext, first: number): Answer | Promise<Answer> {
    const { catches } = ctx.route.frame
    try {
      for (let i = first; i < catches.length; i++) {
        const { type, handle } = catches[i] as Catch
        if (!(error instanceof (type as abstract new () => object))) continue
        const value = handle(error as never, ctx as unknown as Context)
        if (isThenable(value)) return this.#caughtLater(value, error, ctx, i + 1)
        if (value === undefined) continue
        const answer = besideAnswer(value, ctx, ctx.route)
        return answer instanceof Promise ? answer.catch((second: unknown) => this.#answerTo(second, ctx)) : answer
      }
    } catch (second) {
      return this.#answerTo(second, ctx)
    }
    return this.#answerTo(error, ctx)
  }

  async #caughtLater(value: PromiseLike<unknown>, error: unknown, ctx: RequestContext, next: number): Promise<Answer> {
    try {
      const given = await value
      if (given !== undefined) return await besideAnswer(given, ctx, ctx.route)
    } catch (second) {
      return this.#answerTo(second, ctx)
    }
    return this.#caught(error, ctx, next)
  }

  #answerTo(error: unknown, ctx: RequestContext): Answer {
    try {
      if (error instanceof Problem) return problemAnswer(error, ctx, ctx.route)
      if (error instanceof HttpFailure) return problemAnswer(fromFailure(error), ctx, ctx.route)
    } catch (second) {
      // A problem whose parameters do not fit its catalogue is our mistake, not the client's.
      return this.#unexpected(second, ctx)
    }
    return this.#unexpected(error, ctx)
  }

  /** What nobody expected: logged whole, told to the client as a fixed sentence and a request id. */
  #unexpected(error: unknown, ctx: RequestContext): Answer {
    // A client that went away breaks what its handler waited for; that is its doing, and nobody reads the answer.
    const gone = error instanceof ClientGone || (ctx.incoming.signal.aborted && error === ctx.incoming.signal.reason)
    if (gone) return new Answer(CLIENT_GONE, [], null)
    ctx.log.error({ err: error, method: ctx.method }, 'unexpected error')
    const { events } = this.#engine
    if (events.failed.length > 0) {
      const record = (ctx.record ??= new RequestNotes(ctx))
      record.error = error
      events.emit('failed', record)
    }
    return this.#problem(problem('internal-error'), ctx)
  }

  /** Never throws: it is called where nobody is left to catch. */
  #problem(it: Problem, ctx: RequestContext): Answer {
    try {
      return problemAnswer(it, ctx, ctx.route)
    } catch (broken) {
      ctx.log.error({ err: broken }, 'the error renderer threw')
      return new Answer(
        500,
        ['content-type', 'application/problem+json; charset=utf-8'],
        '{"title":"Something went wrong on our side","status":500}',
      )
    }
  }

  #observe(ctx: RequestContext): void {
    const { events } = this.#engine
    const record = (ctx.record = new RequestNotes(ctx))
    events.emit('start', record)
    if (ctx.incoming.template !== undefined) events.emit('matched', record)
    if (events.sent.length === 0) return
    ctx.incoming.sent = (delivered) => {
      record.delivered = delivered
      events.emit('sent', record)
    }
  }

  #disposeAfter(ctx: RequestContext, answer: Answer): void {
    // A streamed body may still be made with what the request holds.
    if (!isStream(answer.body)) return this.#dispose(ctx)
    const { sent } = ctx.incoming
    ctx.incoming.sent = (delivered) => {
      sent?.(delivered)
      this.#dispose(ctx)
    }
  }

  /** As work after the answer: what it stands on, a database say, must be there until it has ended. */
  #dispose(ctx: RequestContext): void {
    const over = ctx.source?.over
    if (over === undefined) return this.#engine.after(ctx.dispose(), ctx)
    // A generator whose reader has gone still runs its `finally`, with what it has asked for or only then asks for.
    if (ctx.hasScoped)
      return this.#engine.after(
        over.then(() => ctx.dispose()),
        ctx,
      )
    void over.then(() => {
      if (ctx.hasScoped) this.#engine.after(ctx.dispose(), ctx)
    })
  }
}

function fromFailure(error: HttpFailure): Problem {
  const headers: { [name: string]: string } = {}
  const flat = error.extra?.headers ?? []
  for (let i = 0; i < flat.length; i += 2) headers[flat[i] as string] = flat[i + 1] as string
  return problem(error.code, error.extra?.members, { detail: error.detail, headers })
}
