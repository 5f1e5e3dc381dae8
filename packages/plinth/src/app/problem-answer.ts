import { Answer } from '../http/answer.ts'
import { flatHeaders } from '../http/flat-headers.ts'
import { type Problem, problemKind } from '../http/problem.ts'
import type { ReplyEncoder } from '../schema/contract.ts'
import { replyEncoder } from '../schema/compile.ts'
import type { Schema } from '../schema/types.ts'
import type { RequestContext } from './context.ts'
import type { Route } from './route.ts'
import type { ErrorRenderer } from './scope.ts'
import type { Context } from './types.ts'

const encoders = new WeakMap<object, ReplyEncoder>()

/** The catalogue's parameters in their wire form: checked and stripped like any reply. Throws `ReplyMismatch`. */
function params(problem: Problem): object | undefined {
  const schema: Schema | undefined = problemKind(problem.code)?.params
  if (!schema) return problem.params
  let encoder = encoders.get(schema)
  if (!encoder) encoders.set(schema, (encoder = replyEncoder(schema)))
  return encoder.plain(problem.params ?? {}) as object
}

/** RFC 9457. Extension members come first, so that none can stand in for a member of ours. */
export const renderProblem: ErrorRenderer = (problem: Problem, ctx: Context) => ({
  type: 'application/problem+json; charset=utf-8',
  body: JSON.stringify({
    ...params(problem),
    type: `urn:problem-type:${problem.code}`,
    title: problem.title,
    status: problem.status,
    code: problem.code,
    ...(problem.detail === undefined ? undefined : { detail: problem.detail }),
    ...(problem.status >= 500 ? { requestId: ctx.requestId } : undefined),
  }),
})

/** A problem as the route's module wants it to look. */
export function problemAnswer(problem: Problem, ctx: RequestContext, route: Route): Answer {
  const rendered = route.frame.render(problem, ctx as unknown as Context)
  const answer = new Answer(
    rendered.status ?? problem.status,
    ['content-type', rendered.type, 'x-content-type-options', 'nosniff', ...route.frame.bareHeaders],
    rendered.body,
  )
  if (problem.headers) {
    const flat = flatHeaders(problem.headers)
    for (let i = 0; i < flat.length; i += 2) answer.append(flat[i] as string, flat[i + 1] as string)
  }
  return answer
}
