import type { TableAccess } from '../access/contract.ts'
import type { Condition, OrderTerm, Page, SelectEmbed, SelectItem } from '../grammar/request.ts'
import type { Relationship, Table } from '../model/contract.ts'

/** One table of a request with all that is asked of it: the root, or an embed. */
export interface Level {
  readonly table: Table
  readonly access: TableAccess
  /** Unquoted, never a client's name. */
  readonly alias: string
  /** What stands for the table where rows were just written; undefined for the table itself. */
  readonly source: string | undefined
  readonly select: readonly SelectItem[]
  readonly embeds: Embed[]
  readonly where: Condition[]
  readonly order: OrderTerm[]
  page: Page
}

/** A level inside another one. */
export interface Embed {
  readonly item: SelectEmbed
  readonly relationship: Relationship
  readonly level: Level
  /** Of its result, beside the parent's row. */
  readonly alias: string
  readonly toOne: boolean
  /** Of many-to-many: what the asker may do with the junction, and what it is called. */
  readonly junction: { readonly access: TableAccess; readonly alias: string } | undefined
}
