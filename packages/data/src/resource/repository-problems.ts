import { problem, type Problem } from 'plinth'
import { PostgrestError } from '../grammar/postgrest-error.ts'

/** What rules and keys refuse, as a problem of the application; anything else as it is. */
export function asProblem(error: unknown, resource: string, known: boolean): unknown {
  if (error instanceof PostgrestError) return new TypeError(`Resource '${resource}': ${error.message}`, { cause: error })
  const code = error instanceof Error && 'code' in error ? error.code : undefined
  if (code === '42501') return refused(error, known)
  if (code === '23505' || code === '23503') return problem('conflict', undefined, { cause: error })
  if (code === '42703') return new TypeError(`Resource '${resource}': ${(error as Error).message}`, { cause: error })
  return error
}

/** Signing in may help those whom we don't know. */
export function refused(cause: unknown, known: boolean): Problem {
  return problem(known ? 'forbidden' : 'not-signed-in', undefined, { cause })
}
