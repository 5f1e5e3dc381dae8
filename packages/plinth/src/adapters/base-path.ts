/**
 * `path` without the base under which the application is mounted; `undefined` where it does not stand under it. Compared as it was sent:
 * two spellings of a base would be two paths to whoever guards it in front of us.
 */
export function withoutBase(path: string, base: string): string | undefined {
  if (!path.startsWith(base)) return undefined
  if (path.length === base.length) return '/'
  return path.charCodeAt(base.length) === 47 ? path.slice(base.length) : undefined
}

/** A base as it is compared: `/api`, or `''` for none. Throws `TypeError` for anything that could never match. */
export function checkedBase(base: string | undefined): string {
  if (base === undefined || base === '' || base === '/') return ''
  if (!/^\/[^?#\s]*[^/?#\s]$/.test(base)) {
    throw new TypeError(`basePath must begin with a slash and not end with one, like '/api'; it is ${JSON.stringify(base)}`)
  }
  return base
}
