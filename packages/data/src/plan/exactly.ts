import type { Values } from './statement.ts'

/**
 * A column of a statement that fails where `count` is not `rows`, so that nothing of what the statement wrote remains. What a
 * statement will have written can't be told from the request: triggers leave rows out and write others, a view has no key,
 * a table has heirs. SQL has no expression that raises an error of one's own, but a text that is no number is told as it is.
 */
export function exactlySql(count: string, rows: number, values: Values): string {
  return `CASE WHEN ${count} <> ${values.add(rows)}::bigint THEN ('plinth: ' || ${count} || ' rows')::integer END AS exactly`
}

/** How many rows there were, where a statement has failed by {@link exactlySql}. */
export function miscounted(error: unknown): number | undefined {
  const { code, message } = error as { readonly code?: unknown; readonly message?: unknown }
  if (code !== '22P02' || typeof message !== 'string') return undefined
  // The words around it are in the language of the server.
  const count = /plinth: ([0-9]{1,15}) rows/.exec(message)?.[1]
  return count === undefined ? undefined : Number(count)
}
