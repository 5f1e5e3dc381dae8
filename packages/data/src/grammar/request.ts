import type { Fragment } from '../fragment.ts'
import type { MediaRange, MediaType } from './media-type.ts'
import type { Preferences } from './prefer.ts'

/**
 * Where in its parameter a node was written: offset of its first character in the decoded text of the parameter's value
 * (of its key, for the field of a filter), in UTF-16 units.
 */
export interface Located {
  readonly at: number
}

/** One arrow of a JSON path: `->key`, `->>key`, `->0`, `->>-1`. */
export interface JsonStep extends Located {
  /** `->>`: the result is text. */
  readonly text: boolean
  /** A number indexes an array, from its end when negative; it fits PostgreSQL's `integer`. */
  readonly key: string | number
}

/** A column, or what a JSON path leads to inside it. */
export interface Field extends Located {
  readonly name: string
  readonly path: readonly JsonStep[]
}

/** A function over the rows of a group. */
export type Aggregate = 'sum' | 'avg' | 'count' | 'max' | 'min'

/** `*` */
export interface SelectAll extends Located {
  readonly kind: 'all'
}

/** `alias:column->path::cast.aggregate()::aggregateCast` */
export interface SelectColumn extends Located {
  readonly kind: 'column'
  readonly alias: string | undefined
  readonly field: Field
  /** Letters, digits, `_`, `$` and spaces only. */
  readonly cast: string | undefined
  readonly aggregate: Aggregate | undefined
  /** Cast of the aggregate's result. */
  readonly aggregateCast: string | undefined
}

/** `alias:count()::cast`, the number of rows. */
export interface SelectCount extends Located {
  readonly kind: 'count'
  readonly alias: string | undefined
  readonly cast: string | undefined
}

/** `alias:relation!hint!inner(…)`, or `...relation(…)` when spread. */
export interface SelectEmbed extends Located {
  readonly kind: 'embed'
  /** Undefined when spread. */
  readonly alias: string | undefined
  readonly relation: string
  /** Which of several relationships: a constraint, a column or a junction table. */
  readonly hint: string | undefined
  readonly join: 'inner' | 'left' | undefined
  readonly spread: boolean
  /** Empty for `relation()`, which joins and filters without being shown. */
  readonly select: readonly SelectItem[]
}

/** One thing that `select` lists. */
export type SelectItem = SelectAll | SelectColumn | SelectCount | SelectEmbed

/** Operators with one value. */
export type CompareOperator = QuantifiableOperator | 'neq' | 'isdistinct' | 'cs' | 'cd' | 'ov' | 'sl' | 'sr' | 'nxr' | 'nxl' | 'adj'

/** Operators that take `(any)` and `(all)`. */
export type QuantifiableOperator = 'eq' | 'gte' | 'gt' | 'lte' | 'lt' | 'like' | 'ilike' | 'match' | 'imatch'

/** Operators of full-text search: `to_`, `plainto_`, `phraseto_` and `websearch_to_tsquery`. */
export type TextSearchOperator = 'fts' | 'plfts' | 'phfts' | 'wfts'

/** `gte.5`, `like(any).{a*,b*}` */
export interface Compare {
  readonly kind: 'compare'
  readonly operator: CompareOperator
  /** With one, the value is an array literal of PostgreSQL: `{a,b}`. */
  readonly quantifier: 'any' | 'all' | undefined
  /** Of `like` and `ilike` with `%` where `*` was written. */
  readonly value: string
}

/** `in.(a,b)`; no values at all match nothing. */
export interface In {
  readonly kind: 'in'
  readonly values: readonly string[]
}

/** `is.null`, in any case. */
export interface Is {
  readonly kind: 'is'
  readonly value: 'null' | 'not_null' | 'true' | 'false' | 'unknown'
}

/** `fts(french).amusant` */
export interface TextSearch {
  readonly kind: 'fts'
  readonly operator: TextSearchOperator
  /** Name of a text search configuration. Letters, digits, `_`, `$` and spaces only. */
  readonly config: string | undefined
  readonly value: string
}

/** What a filter asks of its field. */
export type Operation = Compare | In | Is | TextSearch

/** `field=not.operator.value` */
export interface Filter extends Located {
  readonly kind: 'filter'
  readonly field: Field
  readonly not: boolean
  readonly operation: Operation
}

/** `embed=is.null`, true where nothing is embedded; with `not` (`embed=not.is.null`) where something is. */
export interface EmbedIsNull extends Located {
  readonly kind: 'embed-is-null'
  /** Alias of an embed of the same level, or its relation where it has none. */
  readonly embed: string
  readonly not: boolean
}

/** `and=(…)`, `not.or(…)` */
export interface Logic extends Located {
  readonly kind: 'logic'
  readonly operator: 'and' | 'or'
  readonly not: boolean
  /** At least one. */
  readonly terms: readonly Condition[]
}

/** What handwritten code asks for; no request has it. */
export interface SqlCondition {
  readonly kind: 'sql'
  /** On the row of `alias`, which is quoted already. */
  readonly on: (alias: string) => Fragment
}

/** What must hold for a row. */
export type Condition = Filter | EmbedIsNull | Logic | SqlCondition

/** `column.desc.nullslast`, `embed(column)`; what was not said is undefined. */
export interface OrderTerm extends Located {
  /** The embedded resource that the field belongs to. */
  readonly embed: string | undefined
  readonly field: Field
  readonly direction: 'asc' | 'desc' | undefined
  readonly nulls: 'first' | 'last' | undefined
}

/** Which rows of the result; without `limit`, all behind `offset`. Both are safe integers of zero or more. */
export interface Page {
  readonly offset: number
  readonly limit: number | undefined
}

/** A parameter and the level that it is for: `[]` is the root, `['actors', 'roles']` an embed of an embed, by alias or relation. */
export interface Placed<T> {
  readonly path: readonly string[]
  /** The parameter's decoded key, for messages. */
  readonly key: string
  readonly value: T
}

/** A name in a list, such as `columns`. */
export interface NamedColumn extends Located {
  readonly name: string
}

/** Methods that tables answer. */
export type RequestMethod = 'GET' | 'HEAD' | 'POST' | 'PATCH' | 'PUT' | 'DELETE' | 'OPTIONS'

/** A request as PostgREST's grammar reads it; whether what it names exists has not been asked yet. */
export interface DataRequest {
  readonly method: RequestMethod
  readonly relation: string
  /** `Accept-Profile` of reads, `Content-Profile` of writes. */
  readonly schema: string | undefined
  readonly select: readonly SelectItem[]
  /** All must hold. */
  readonly where: readonly Placed<Condition>[]
  /** Several for one level follow each other. */
  readonly order: readonly Placed<readonly OrderTerm[]>[]
  /** One for each level that has `limit` or `offset`. That of the root is in {@link DataRequest.page}. */
  readonly pages: readonly Placed<Page>[]
  /** Of the root: `limit` and `offset`, narrowed by `Range`. Always everything for what is not a read. */
  readonly page: Page
  readonly columns: readonly NamedColumn[] | undefined
  readonly onConflict: readonly NamedColumn[] | undefined
  readonly prefer: Preferences
  /** Best first. */
  readonly accept: readonly MediaRange[]
  /** Of the body; JSON where nothing is said. Undefined for methods without a body. */
  readonly contentType: MediaType | undefined
  /** Of a read: the query with its parameters sorted and encoded in one way, for `Content-Location`. */
  readonly canonicalQuery: string | undefined
}
