import type { OrderTerm } from '../grammar/request.ts'

/** `expression` with direction and place of nulls; what was not said is the database's to decide. */
export function orderSql(expression: string, { direction, nulls }: OrderTerm): string {
  const way = direction === 'desc' ? ' DESC' : direction === 'asc' ? ' ASC' : ''
  return `${expression}${way}${nulls === undefined ? '' : nulls === 'first' ? ' NULLS FIRST' : ' NULLS LAST'}`
}

export function orderBy(terms: readonly string[]): string {
  return terms.length === 0 ? '' : ` ORDER BY ${terms.join(', ')}`
}
