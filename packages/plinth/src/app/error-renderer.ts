import type { Problem } from '../http/problem.ts'
import { replyEncoder } from '../schema/compile.ts'
import type { Returned, Schema } from '../schema/types.ts'
import type { ErrorRenderer } from './scope.ts'
import type { Context } from './types.ts'

/**
 * A shape of problems of your own, for `errors` of an application or module. What `render` gives passes through the schema as any
 * reply does, and leaves as JSON under the problem's status; the OpenAPI document shows the schema wherever a problem may come.
 *
 * ```ts
 * const Errors = t.Object({ errors: t.Array(t.String()) })
 * const api = module('api', { errors: errorRenderer(Errors, (problem) => ({ errors: [problem.title] })) })
 * ```
 * @throws {SchemaError} for a schema that can't strip, as a reply's would.
 */
export function errorRenderer<S extends Schema>(schema: S, render: (problem: Problem, ctx: Context) => Returned<S>): ErrorRenderer {
  if (typeof render !== 'function') throw new TypeError('errorRenderer(…) takes a schema and a function')
  const encoder = replyEncoder(schema)
  return Object.assign(
    (problem: Problem, ctx: Context) => ({ type: 'application/json; charset=utf-8', body: encoder.encode(render(problem, ctx)) }),
    { schema },
  )
}
