/** A piece of SQL with its values: `texts` has one more member than `values`, which are bound between them. */
export interface Fragment {
  readonly texts: readonly string[]
  readonly values: readonly unknown[]
}
