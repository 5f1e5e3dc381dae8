import type { CompareOperator, Condition, Filter, Operation, TextSearchOperator } from '../grammar/request.ts'
import type { Column } from '../model/contract.ts'
import { DatabaseError } from './database-error.ts'
import { fieldSql, readableColumn } from './field.ts'
import type { Level } from './level.ts'
import type { Values } from './statement.ts'

const operators: { readonly [O in CompareOperator]: string } = {
  eq: '=',
  neq: '<>',
  gt: '>',
  gte: '>=',
  lt: '<',
  lte: '<=',
  like: 'LIKE',
  ilike: 'ILIKE',
  match: '~',
  imatch: '~*',
  isdistinct: 'IS DISTINCT FROM',
  cs: '@>',
  cd: '<@',
  ov: '&&',
  sl: '<<',
  sr: '>>',
  nxr: '&<',
  nxl: '&>',
  adj: '-|-',
}

const searches: { readonly [O in TextSearchOperator]: string } = {
  fts: 'to_tsquery',
  plfts: 'plainto_tsquery',
  phfts: 'phraseto_tsquery',
  wfts: 'websearch_to_tsquery',
}

const keywords = { null: 'NULL', not_null: 'NOT NULL', true: 'TRUE', false: 'FALSE', unknown: 'UNKNOWN' } as const

/** What must hold for a row of `level`. `present` says whether an embed has anything, for `embed=is.null`. */
export function conditionSql(condition: Condition, level: Level, values: Values, present: (embed: string) => string): string {
  switch (condition.kind) {
    case 'logic': {
      const terms = condition.terms.map((it) => conditionSql(it, level, values, present))
      const joined = `(${terms.join(condition.operator === 'and' ? ' AND ' : ' OR ')})`
      return condition.not ? `NOT ${joined}` : joined
    }
    case 'embed-is-null': {
      const there = present(condition.embed)
      return condition.not ? there : `NOT ${there}`
    }
    case 'sql':
      return `(${values.fragment(condition.on(level.alias))})`
    case 'filter':
      return filterSql(condition, level, values)
  }
}

function filterSql({ field, not, operation }: Filter, level: Level, values: Values): string {
  const column = readableColumn(level.table, level.access, field.name)
  const expression = fieldSql(field, column, level.alias, values)
  const test = operationSql(expression, field.path.length === 0 ? column : undefined, operation, values)
  return not ? `NOT (${test})` : test
}

/** Values are bound without a type, so that PostgreSQL takes them for what the other side is. */
function operationSql(expression: string, column: Column | undefined, operation: Operation, values: Values): string {
  switch (operation.kind) {
    case 'compare': {
      if (operation.operator === 'like' || operation.operator === 'ilike') checkPattern(operation.value, operation.quantifier !== undefined)
      const value = values.add(operation.value)
      const operand = operation.quantifier === undefined ? value : `${operation.quantifier === 'any' ? 'ANY' : 'ALL'}(${value})`
      return `${expression} ${operators[operation.operator]} ${operand}`
    }
    case 'in':
      return `${expression} = ANY(${values.add(arrayLiteral(operation.values))})`
    case 'is':
      return `${expression} IS ${keywords[operation.value]}`
    case 'fts': {
      // As a value, the configuration's name can't be anything but a name.
      const config = operation.config === undefined ? '' : `${values.add(operation.config)}::text::regconfig, `
      const vector = column?.base === 'tsvector' ? expression : `to_tsvector(${config}${expression})`
      return `${vector} @@ ${searches[operation.operator]}(${config}${values.add(operation.value)}::text)`
    }
  }
}

/**
 * PostgreSQL finds a lone escape at a pattern's end only when it compares, be it with a row or, while it plans, with values from
 * its statistics, where no rule holds. Found here, it never depends on what rows there are.
 */
function checkPattern(value: string, isArray: boolean): void {
  const ends = isArray ? [...value.matchAll(/(\\+)"?\s*[,}]/g)].map((it) => it[1]!.length / 2) : [/\\*$/.exec(value)![0].length]
  if (ends.some((count) => count % 2 === 1)) throw new DatabaseError('22025', 'LIKE pattern must not end with escape character')
}

/** PostgreSQL's literal of an array: every element in quotes, so that none is taken for NULL or an array. */
export function arrayLiteral(elements: readonly string[]): string {
  return `{${elements.map((it) => `"${it.replace(/["\\]/g, '\\$&')}"`).join(',')}}`
}
