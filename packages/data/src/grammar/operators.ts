import type { CompareOperator, QuantifiableOperator, TextSearchOperator } from './request.ts'

const quantifiable: ReadonlySet<string> = new Set<QuantifiableOperator>([
  'eq',
  'gte',
  'gt',
  'lte',
  'lt',
  'like',
  'ilike',
  'match',
  'imatch',
])

const unquantified: readonly CompareOperator[] = ['neq', 'isdistinct', 'cs', 'cd', 'ov', 'sl', 'sr', 'nxr', 'nxl', 'adj']
const comparing: ReadonlySet<string> = new Set<string>([...quantifiable, ...unquantified])

const searching: ReadonlySet<string> = new Set<TextSearchOperator>(['fts', 'plfts', 'phfts', 'wfts'])

export function isQuantifiable(name: string): name is QuantifiableOperator {
  return quantifiable.has(name)
}

export function isCompare(name: string): name is CompareOperator {
  return comparing.has(name)
}

export function isTextSearch(name: string): name is TextSearchOperator {
  return searching.has(name)
}
