/** A row that is not there because another one has its key already. */
export interface UniqueViolation {
  /** As the database calls it: `users_email_unique`. */
  readonly constraint: string
  readonly table: string
  /** The columns of the key by their names in the database; an expression as PostgreSQL writes it. */
  readonly columns: readonly string[]
}

/**
 * Which key was taken, where that is what an error of the database says (SQLSTATE 23505), also where Drizzle has wrapped it; else
 * undefined. Values are not told.
 *
 * ```ts
 * app().catch(Error, (error) => {
 *   const taken = uniqueViolation(error)
 *   return taken && problem('taken', { field: taken.columns[0] })
 * })
 * ```
 */
export function uniqueViolation(error: unknown): UniqueViolation | undefined {
  for (let it: unknown = error, depth = 0; it instanceof Error && depth < 5; it = it.cause, depth++) {
    const { code, constraint, table, detail } = it as Error & { readonly [field in 'code' | 'constraint' | 'table' | 'detail']?: unknown }
    if (code === '23505' && typeof constraint === 'string' && typeof table === 'string') {
      return { constraint, table, columns: typeof detail === 'string' ? keyColumns(detail) : [] }
    }
  }
  return undefined
}

/** Columns in `Key (email, lower(name))=(…) already exists.`: the words around it are in the language of the server. */
export function keyColumns(detail: string): readonly string[] {
  const end = detail.indexOf(')=(')
  if (end === -1) return []
  const text = detail.slice(detail.indexOf('(') + 1, end)
  const columns: string[] = []
  let start = 0
  let depth = 0
  let quoted = false
  for (let at = 0; at <= text.length; at++) {
    const letter = text[at]
    if (letter === '"') quoted = !quoted
    else if (quoted) continue
    else if (letter === '(') depth++
    else if (letter === ')') depth--
    else if (letter === undefined || (letter === ',' && depth === 0)) {
      columns.push(unquoted(text.slice(start, at).trim()))
      start = at + 1
    }
  }
  return columns
}

function unquoted(name: string): string {
  return /^"(?:[^"]|"")+"$/.test(name) ? name.slice(1, -1).replaceAll('""', '"') : name
}
