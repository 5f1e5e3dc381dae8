import type { ParameterObject } from 'plinth'
import type { Column } from '../model/contract.ts'
import { exampleOf } from './column-schema.ts'

/** What the grammar itself calls its parameters; a column of such a name is filtered inside `and`. */
const reserved: ReadonlySet<string> = new Set(['select', 'order', 'limit', 'offset', 'and', 'or', 'columns', 'on_conflict'])

/** A filter for each column, with what one would write for its type. */
export function filterParameters(columns: readonly Column[]): readonly ParameterObject[] {
  return columns.filter((it) => !reserved.has(it.name)).map(filterParameter)
}

function filterParameter(column: Column): ParameterObject {
  const examples = Object.fromEntries(
    examplesOf(column).map(([summary, value]) => [summary.replaceAll(/[^a-z]+/g, '-'), { summary, value }]),
  )
  return {
    name: column.name,
    in: 'query',
    description: `Rows whose ${column.name} fits: an operator and a value; \`not.\` before it turns it round. Several must all hold.`,
    schema: { type: 'string' },
    examples,
  }
}

/** What it says, and how it is written. */
function examplesOf(column: Column): readonly (readonly [string, string])[] {
  const { category } = column
  const example = exampleOf(column)
  const value = typeof example === 'string' ? example : JSON.stringify(example)
  const isNull = column.nullable ? [['is null', 'is.null'] as const] : []
  switch (category) {
    case 'boolean':
      return [['is true', 'is.true'], ['is not true', 'not.is.true'], ...isNull]
    case 'json':
      return [['contains', `cs.${value}`], ['equals', `eq.${value}`], ...isNull]
    case 'array':
      return [['contains', 'cs.{1,2}'], ['shares one', 'ov.{1,2}'], ...isNull]
    case 'range':
      return [['contains', `cs.${value}`], ['overlaps', `ov.${value}`], ...isNull]
    case 'search':
      return [['full text search', 'fts(english).cat'], ['search as on the web', 'wfts.cats or dogs'], ...isNull]
    case 'number':
      return [['equals', 'eq.5'], ['at least', 'gte.10'], ['one of', 'in.(1,2,3)'], ...isNull]
    case 'time':
      return [['since', `gte.${value}`], ['before', `lt.${value}`], ...isNull]
    case 'enum':
      return [['equals', `eq.${value}`], ['one of', `in.(${(column.enumValues ?? []).map(quoted).join(',')})`], ...isNull]
    case 'text':
      return [['equals', 'eq.word'], ['contains a word', 'ilike.*word*'], ['one of', 'in.("one","an other")'], ...isNull]
    default:
      return [['equals', `eq.${value}`], ...isNull]
  }
}

function quoted(value: string): string {
  return /[,()"\\]/.test(value) ? `"${value.replaceAll(/["\\]/g, '\\$&')}"` : value
}
