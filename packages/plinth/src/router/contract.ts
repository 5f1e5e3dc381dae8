/** What a path led to. */
export interface Match<T> {
  /** What was registered. */
  readonly value: T
  /** The decoded parameters in the template's order; `undefined` for an optional one that the path leaves out. */
  readonly params: readonly (string | undefined)[]
  /**
   * What a wildcard took, exactly as it was sent; `undefined` when the template has none. The decoded value in `params` cannot
   * tell `a%2Fb` from `a/b`: whoever maps a wildcard to files, or mounts another application under it, reads this one.
   */
  readonly rest: string | undefined
}

/**
 * Finds what is registered for a method and a path. Static segments beat parameters, parameters beat wildcards,
 * at every segment from the left; where a better branch leads nowhere for this method, the next is tried.
 *
 * Templates: `/static`, `/:name`, `/:name?` (optional), and `/*` or `/*name` last. A parameter takes one segment that is not
 * empty; a wildcard takes everything after its slash, also nothing: `/files/*` matches `/files/` but not `/files`.
 *
 * Paths come as they were sent: ASCII (RFC 3986 §2), without the query. They are split on raw `/`, then each segment is
 * percent-decoded once: `%2F` is data. Nothing is normalised: `//`, `/./`, a trailing slash and other case are other paths.
 */
export interface Router<T> {
  /**
   * `method` is case-sensitive (RFC 9110 §9.1); `*` stands for every method that no route of the same template names.
   * Throws `TemplateError` when `template` is not well-formed, `RouteConflict` when it can't be told from an earlier one;
   * the router is then as it was before.
   */
  add(method: string, template: string, value: T): void
  /** Throws `MalformedPath` on bad percent-escapes, bytes that are not UTF-8, or NUL. */
  find(method: string, path: string): Match<T> | undefined
  /** Every method that some route offers for this path, sorted, `*` among them; empty when none does. Throws as `find`. */
  allowed(path: string): readonly string[]
}
