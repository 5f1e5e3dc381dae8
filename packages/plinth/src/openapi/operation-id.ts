/** Gives every operation of a document an id of its own. */
export class OperationIds {
  readonly #taken = new Set<string>()

  /** `GET /users/{id}` is `getUsersById`; what a contract says goes before. */
  next(method: string, path: string, given: string | undefined, without: readonly string[]): string {
    const base =
      given === undefined ? `${method.toLowerCase()}${words(path)}` : `${given}${without.map((name) => `Without${capital(name)}`).join('')}`
    let id = base
    for (let count = 2; this.#taken.has(id); count++) id = `${base}${count}`
    this.#taken.add(id)
    return id
  }
}

function words(path: string): string {
  let result = ''
  for (const segment of path.split('/')) {
    if (segment === '') continue
    result += segment.startsWith('{') ? `By${capital(segment.slice(1, -1))}` : pascal(decodeURI(segment))
  }
  return result === '' ? 'Root' : result
}

export function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1)
}

/** `blog-post.v2` is `BlogPostV2`: what every generator of clients can take for a name. */
export function pascal(text: string): string {
  return text
    .split(/[^A-Za-z0-9_]+/)
    .map(capital)
    .join('')
}
