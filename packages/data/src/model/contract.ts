import type { Fragment } from '../fragment.ts'

/** A relation of the database as it may be served: what planner, documentation and screens know of it. */
export interface Table {
  readonly schema: string
  /** What requests call it. */
  readonly name: string
  /** What the database calls its schema and itself; the same where the model was read from the database. */
  readonly sqlSchema: string
  readonly sqlName: string
  readonly kind: 'table' | 'view'
  /** Whether rows are kept in partitions, which the model leaves out. */
  readonly partitioned: boolean
  /** By the names that requests use, as all lists of columns below; in the order of the database. */
  readonly columns: ReadonlyMap<string, Column>
  /** Empty without one. */
  readonly primaryKey: readonly string[]
  /** Column sets that are unique, the primary key among them. */
  readonly uniques: readonly (readonly string[])[]
  readonly foreignKeys: readonly ForeignKey[]
  readonly insertable: boolean
  readonly updatable: boolean
  readonly deletable: boolean
  readonly comment: string | undefined
}

export interface Column {
  /** What requests call it. */
  readonly name: string
  /** What the database calls it; of no meaning where it is computed. */
  readonly sqlName: string
  /** What stands for the column where no table has it: an expression over the row of `alias`, which is quoted already. */
  readonly computed?: (alias: string) => Fragment
  /** As PostgreSQL spells it in a cast, with its schema where the search path could mistake it: `integer`, `text[]`, `test."bit"`. */
  readonly type: string
  /** What the type comes down to: domains to their base, for filters and documentation. */
  readonly base: string
  readonly category: 'number' | 'text' | 'boolean' | 'time' | 'json' | 'array' | 'range' | 'enum' | 'composite' | 'search' | 'other'
  readonly nullable: boolean
  readonly hasDefault: boolean
  /** What the database would fill in, as SQL of its own making; undefined without a default and where only the database may write. */
  readonly defaultExpression: string | undefined
  /** Written by the database alone: generated columns, and identities that are `ALWAYS`. */
  readonly generated: boolean
  readonly enumValues: readonly string[] | undefined
  /** Characters, for `varchar(n)` and `char(n)`. */
  readonly maxLength: number | undefined
  readonly comment: string | undefined
}

export interface ForeignKey {
  /** Of the constraint. */
  readonly name: string
  readonly columns: readonly string[]
  readonly schema: string
  readonly table: string
  readonly references: readonly string[]
}

export type Cardinality = 'many-to-one' | 'one-to-one' | 'one-to-many' | 'many-to-many'

/** A way from one table to another through foreign keys, seen from `source`. */
export interface Relationship {
  readonly cardinality: Cardinality
  readonly source: Table
  readonly target: Table
  /** Whether the foreign key is a column set of `source`; never of many-to-many. */
  readonly forward: boolean
  /** The foreign key's name; for many-to-many that of the junction's key to `source`. */
  readonly constraint: string
  /** Which column of `source` equals which of `target`; for many-to-many, of the junction. */
  readonly on: readonly (readonly [source: string, target: string])[]
  /** What requests may call the way beside what PostgREST's rules make of it. */
  readonly names?: readonly string[]
  readonly junction?: {
    readonly table: Table
    readonly constraint: string
    /** Which column of the junction equals which of `target`. */
    readonly on: readonly (readonly [junction: string, target: string])[]
  }
}

/** The tables that one application serves, and how they hang together. Frozen; a change of the database makes another. */
export interface Model {
  /** Served schemas, the first being the default. */
  readonly schemas: readonly string[]
  table(schema: string, name: string): Table | undefined
  tables(schema: string): readonly Table[]
  /** Every way out of a table, in a stable order. */
  relationships(table: Table): readonly Relationship[]
}
