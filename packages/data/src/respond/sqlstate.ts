/** Whole codes before classes: the longest that fits holds. */
const statuses: { readonly [state: string]: number } = {
  '08': 503,
  '09': 500,
  '0L': 403,
  '0P': 403,
  '23503': 409,
  '23505': 409,
  '25006': 405,
  '21': 400,
  '21000': 500,
  '25': 500,
  '28': 403,
  '2D': 500,
  '38': 500,
  '39': 500,
  '3B': 500,
  '40': 500,
  '53400': 500,
  '53': 503,
  '54': 500,
  '55': 500,
  '57P01': 503,
  '57': 500,
  '58': 500,
  F0: 500,
  HV: 500,
  XX: 500,
  P0001: 400,
  P0: 500,
  '42883': 404,
  '42P01': 404,
  '42P17': 500,
}

/** The HTTP status for an error of the database; 42501 depends on whether the asker is known, since signing in may help. */
export function statusOfSqlstate(state: string, message: string, authenticated: boolean): number {
  // A write to all rows that was not allowed is the asker's mistake; otherwise it is a subquery that gave too many rows.
  if (state === '21000' && message.endsWith('requires a WHERE clause')) return 400
  if (state === '42501') return authenticated ? 403 : 401
  // The token names a role that there is not: another token may help.
  if (state === '22023' && /^role ".*" does not exist$/s.test(message)) return 401
  const chosen = /^PT([1-5][0-9][0-9])$/.exec(state)
  if (chosen !== null) return Number(chosen[1])
  return statuses[state] ?? statuses[state.slice(0, 2)] ?? 400
}
