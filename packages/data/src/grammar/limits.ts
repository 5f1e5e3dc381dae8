/** How much one request may ask for. What exceeds a limit is answered with 400 PGRST100, naming the limit. */
export interface GrammarLimits {
  /** Characters of the query string as it was sent. Default 65,536. */
  readonly queryLength: number
  /** Conditions of the whole request, those inside `and` and `or` included. Default 50. */
  readonly filters: number
  /** How deep `and` and `or` may be nested in each other. Default 10. */
  readonly logicDepth: number
  /** How deep resources may be embedded in each other. Default 3. */
  readonly embedDepth: number
  /** Columns and embeds of the whole `select`. Default 500. */
  readonly selectItems: number
  /** Terms of all `order` parameters together. Default 50. */
  readonly orderTerms: number
  /** Values of one `in.(…)`. Default 1,000. */
  readonly listValues: number
  /** Arrows of one JSON path. Default 20. */
  readonly jsonSteps: number
  /** Names in `columns`, and in `on_conflict`. Default 500. */
  readonly names: number
}

/** What holds where {@link GrammarLimits} says nothing else. */
export const defaultLimits: GrammarLimits = {
  queryLength: 65_536,
  filters: 50,
  logicDepth: 10,
  embedDepth: 3,
  selectItems: 500,
  orderTerms: 50,
  listValues: 1_000,
  jsonSteps: 20,
  names: 500,
}
