import type { Field } from '../grammar/request.ts'
import type { Embed, Level } from './level.ts'
import type { Output } from './outputs.ts'
import type { Values } from './statement.ts'

/** How a level is to be written. */
export interface CoreOptions {
  /** The embed that the level belongs to, and the alias of the parent's row. */
  readonly inside?: { readonly embed: Embed; readonly parent: string }
  /** Leave aggregates to the parent, into whose rows this level is spread. */
  readonly hoist?: boolean
  /** Fields by which the parent orders. */
  readonly orderedBy?: readonly Field[]
  /** Only how many rows there are, whatever the page. */
  readonly counting?: boolean
}

/** The SELECT of one level, whose result's members are named later. */
export interface Core {
  readonly outputs: readonly Output[]
  /** With members named for the client. */
  named(): string
  /** With members `c0`, `c1`, …, those that the parent orders by `h0`, `h1`, … */
  numbered(): string
}

/** What writes a level; embeds get it handed, since levels hold embeds and embeds hold levels. */
export type WriteCore = (level: Level, values: Values, options?: CoreOptions) => Core
