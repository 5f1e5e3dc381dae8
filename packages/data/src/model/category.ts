import type { Column } from './contract.ts'

const byName: { readonly [type: string]: Column['category'] } = {
  json: 'json',
  jsonb: 'json',
  tsvector: 'search',
  tsquery: 'search',
}

const byGroup: { readonly [group: string]: Column['category'] } = {
  N: 'number',
  S: 'text',
  B: 'boolean',
  D: 'time',
  T: 'time',
  A: 'array',
  R: 'range',
  E: 'enum',
  C: 'composite',
}

/** `group` is PostgreSQL's typcategory, `form` its typtype, both of the base type. */
export function categoryOf(base: string, group: string, form: string): Column['category'] {
  if (form === 'r' || form === 'm') return 'range'
  return byName[base] ?? byGroup[group] ?? 'other'
}
