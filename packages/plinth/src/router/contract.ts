/** What a path led to: the value registered for it and the decoded parameters, in the template's order. */
export interface Match<T> {
  readonly value: T
  readonly params: readonly string[]
}

/**
 * Finds what is registered for a method and a path. Static segments beat parameters, parameters beat wildcards,
 * at every segment from the left; where a better branch leads nowhere for this method, the next is tried.
 *
 * Paths come as they were sent. They are split on raw `/`, then each segment is percent-decoded once: `%2F` is data.
 * Nothing is normalised: `//`, `/./`, a trailing slash and other case are other paths.
 */
export interface Router<T> {
  /** Throws `TemplateError` when `template` is not well-formed, `RouteConflict` when it can't be told from an earlier one. */
  add(method: string, template: string, value: T): void
  /** Throws `MalformedPath` on bad percent-escapes, bytes that are not UTF-8, or NUL. */
  find(method: string, path: string): Match<T> | undefined
  /** Every method that some route offers for this path, sorted; empty when none does. */
  allowed(path: string): readonly string[]
}
