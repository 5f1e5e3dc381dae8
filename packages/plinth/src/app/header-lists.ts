/** The headers of a route's answers by what their body is, as flat lists. */
export interface HeaderLists {
  readonly json: readonly string[]
  readonly text: readonly string[]
  readonly html: readonly string[]
  readonly bytes: readonly string[]
}

const made = new WeakMap<readonly string[], HeaderLists>()

/**
 * What the lists of all routes with these headers are. Made once for each list, so that frames which have the same one share them: a
 * transport that keeps heads by their list finds one that it used just before.
 */
export function headerLists(headers: readonly string[]): HeaderLists {
  let lists = made.get(headers)
  if (lists === undefined) {
    const of = (type: string): readonly string[] => ['content-type', type, 'x-content-type-options', 'nosniff', ...headers]
    lists = {
      json: of('application/json; charset=utf-8'),
      text: of('text/plain; charset=utf-8'),
      html: of('text/html; charset=utf-8'),
      bytes: of('application/octet-stream'),
    }
    made.set(headers, lists)
  }
  return lists
}
