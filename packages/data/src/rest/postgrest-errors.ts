import { type ErrorRenderer, type Problem, problemCatalogue } from 'plinth'

/**
 * Problems in the shape of PostgREST's errors, for a module whose clients speak it: `module('rest', { errors: postgrestErrors })`.
 * The code is the problem's own, but where PostgREST has one for the same.
 */
export const postgrestErrors: ErrorRenderer = (problem, ctx) => ({
  type: 'application/json; charset=utf-8',
  body: JSON.stringify({
    ...said(problem, ctx.method, ctx.path),
    ...(problem.status >= 500 && { details: `Request id ${ctx.requestId}` }),
  }),
})

interface Body {
  readonly code: string
  readonly message: string
  readonly details: unknown
  readonly hint: string | null
}

function said(problem: Problem, method: string, path: string): Body {
  if (problem.code === 'not-found' && problem.detail === undefined) {
    const table = decoded(path.slice(path.lastIndexOf('/') + 1))
    const message =
      table === undefined ? 'Invalid path specified in request URL' : `Could not find the table 'public.${table}' in the schema cache`
    return { code: table === undefined ? 'PGRST125' : 'PGRST205', message, details: null, hint: null }
  }
  if (problem.code === 'method-not-allowed') {
    return { code: 'PGRST117', message: `Unsupported HTTP method: ${method}`, details: null, hint: null }
  }
  const { issues } = (problem.params ?? {}) as { readonly issues?: unknown }
  return {
    code: problem.code,
    message: problem.title,
    details: problem.detail ?? issues ?? null,
    hint: problemCatalogue().get(problem.code)?.help ?? null,
  }
}

function decoded(segment: string): string | undefined {
  try {
    const name = decodeURIComponent(segment)
    return name === '' || name.includes('\0') ? undefined : name
  } catch {
    return undefined
  }
}
