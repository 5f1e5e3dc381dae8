import { type Context, problem, type Problem, problems } from 'plinth'
import { databaseCatalogue } from '../problem-catalogue.ts'
import { DatabaseUnavailable, QueryTimeout, sqlstateOf } from './errors.ts'

/** What requests are answered with where the database is at fault. */
export const databaseProblems: typeof databaseCatalogue = problems(databaseCatalogue)

type ErrorClass<E> = abstract new (...args: never) => E

function within<E>(error: unknown, type: ErrorClass<E>): E | undefined {
  for (let it = error, depth = 0; it instanceof Error && depth < 5; it = it.cause, depth++) if (it instanceof type) return it
  return undefined
}

/** For `catch`, which asks `instanceof`: Drizzle wraps what its statements fail with, and the cause is what counts. */
function anywhere(type: ErrorClass<unknown>): ErrorClass<unknown> {
  const matches = (error: unknown): boolean => within(error, type) !== undefined
  return Object.defineProperty(() => {}, Symbol.hasInstance, { value: matches }) as unknown as ErrorClass<unknown>
}

/** A {@link DatabaseUnavailable}, or what one has led to. */
export const Unavailable: ErrorClass<unknown> = anywhere(DatabaseUnavailable)

/** A {@link QueryTimeout}, or what one has led to. */
export const TimedOut: ErrorClass<unknown> = anywhere(QueryTimeout)

/** 503 with Retry-After. Why, is for the log: it names hosts. */
export function unavailable(error: unknown, ctx: Context): Problem {
  const retryAfter = within(error, DatabaseUnavailable)?.retryAfter ?? 1
  ctx.log.warn({ err: error }, 'the database is not available')
  return problem('database-unavailable', undefined, { headers: { 'retry-after': String(retryAfter) }, cause: error })
}

/** PostgreSQL keeps no NUL in a text, though JSON has one: whoever sent it is told, and it is no failure of ours. */
export function unstorable(error: Error): Problem | undefined {
  if (sqlstateOf(error) !== '22021') return undefined
  return problem('malformed-request', undefined, { detail: 'A text holds a NUL, which the database can’t keep.', cause: error })
}

export function timedOut(error: unknown, ctx: Context): Problem {
  ctx.log.warn({ err: error }, 'the database took too long')
  return problem('database-timeout', undefined, { cause: error })
}
